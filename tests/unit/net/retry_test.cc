#include "guardian/net/retry.h"

#include <doctest/doctest.h>

using guardian::base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;
using namespace guardian::net;

TEST_CASE("retry: Retry-After is honoured up to ten minutes") {
  Answer answer;
  CHECK_FALSE(retry_after_of(answer).has_value());
  answer.headers.add("Retry-After", " 30 ");
  CHECK(retry_after_of(answer) == std::chrono::seconds(30));
  Answer long_one;
  long_one.headers.add("Retry-After", "86400");
  CHECK(retry_after_of(long_one) == std::chrono::seconds(600));
}

TEST_CASE("retry: a Retry-After that is a date is read against the answer's own date") {
  Answer dated;
  dated.headers.add("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
  CHECK_FALSE(retry_after_of(dated).has_value());
  dated.headers.add("Date", "Fri, 31 Dec 1999 23:59:29 GMT");
  CHECK(retry_after_of(dated) == std::chrono::seconds(30));
  Answer past;
  past.headers.add("Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT");
  past.headers.add("Date", "Sat, 01 Jan 2000 00:00:00 GMT");
  CHECK(retry_after_of(past) == std::chrono::seconds(0));
  Answer garbage;
  garbage.headers.add("Retry-After", "soon");
  garbage.headers.add("Date", "Sat, 01 Jan 2000 00:00:00 GMT");
  CHECK_FALSE(retry_after_of(garbage).has_value());
}

TEST_CASE("retry: 408, 425, 429 and 5xx are worth trying again soon, and nothing else is") {
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 599}) CHECK(is_transient(status));
  for (const int status : {200, 204, 301, 400, 401, 403, 404, 405, 413, 415, 499, 600})
    CHECK_FALSE(is_transient(status));
}

TEST_CASE("retry: a refused token is told apart from all else") {
  CHECK(error_of_status(401).code() == ErrorCode::Unauthorized);
  CHECK(error_of_status(403).code() == ErrorCode::Unauthorized);
  CHECK(error_of_status(404).code() == ErrorCode::Network);
  CHECK(error_of_status(500).code() == ErrorCode::Network);
}

TEST_CASE("retry: backoff doubles from half a second to the longest wait, with full jitter") {
  CHECK(retry_wait({}, 1, seconds(60), 0.5) == milliseconds(250));
  CHECK(retry_wait({}, 1, seconds(60), 0.999'999) < milliseconds(500));
  CHECK(retry_wait({}, 4, seconds(60), 0.5) == milliseconds(2'000));
  CHECK(retry_wait({}, 500, seconds(60), 0.5) == milliseconds(30'000));
  CHECK(retry_wait({}, 9, milliseconds(100), 0.5) == milliseconds(50));
  CHECK(retry_wait({}, 1, seconds(60), 0.0) > milliseconds(0));
}

TEST_CASE("retry: what the server asks for counts before the backoff, but is never a busy loop") {
  CHECK(retry_wait(seconds(120), 1, seconds(60), 0.0) == milliseconds(120'000));
  CHECK(retry_wait(seconds(0), 1, seconds(60), 0.9) == milliseconds(500));
}
