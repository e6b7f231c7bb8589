#include "guardian/audit/delivery.h"

#include <doctest/doctest.h>

using guardian::audit::Delivered;
using guardian::audit::Delivery;
using guardian::audit::read_delivery;
using guardian::base::Error;
using guardian::base::ErrorCode;
using guardian::net::Answer;

namespace {

Delivery of(int status, std::string body = {}, std::size_t events = 3) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return read_delivery(answer, events);
}

}  // namespace

TEST_CASE("delivery: a 200 with the document is stored, with what was rejected") {
  const Delivery all = of(200, R"({"accepted":2,"duplicates":1,"rejected":[]})");
  CHECK(all.what == Delivered::Stored);
  CHECK(all.rejected == 0);
  CHECK(all.problem.empty());
  const Delivery some = of(200, R"({"accepted":2,"duplicates":0,"rejected":[{"id":"a","error":"too old"}],"more":1})");
  CHECK(some.what == Delivered::Stored);
  CHECK(some.rejected == 1);
  CHECK(some.problem == "the gateway rejected 1 of 3 events: too old");
  CHECK(of(200, R"({"accepted":2,"duplicates":0,"rejected":[{"id":null,"error":"no id"}]})").rejected == 1);
}

TEST_CASE("delivery: a 200 without the document is no delivery") {
  for (const char* const body :
       {"", "OK", "{}", "[]", R"({"accepted":3})", R"({"accepted":3,"duplicates":0})",
        R"({"accepted":"3","duplicates":0,"rejected":[]})", R"({"accepted":-3,"duplicates":0,"rejected":[]})",
        R"({"accepted":3,"duplicates":0,"rejected":{}})", R"({"accepted":3,"duplicates":0,"rejected":["a"]})",
        R"({"accepted":2,"duplicates":0,"rejected":[{"error":"e"}]})", "<html>login</html>"}) {
    CAPTURE(body);
    const Delivery delivery = of(200, body);
    CHECK(delivery.what == Delivered::TrySoon);
    CHECK_FALSE(delivery.problem.empty());
  }
}

TEST_CASE("delivery: a document that leaves events out is no delivery") {
  CHECK(of(200, R"({"accepted":2,"duplicates":0,"rejected":[]})").what == Delivered::TrySoon);
  CHECK(of(200, R"({"accepted":0,"duplicates":0,"rejected":[{"id":"a","error":"e"}]})").what == Delivered::TrySoon);
  CHECK(of(200, R"({"accepted":3,"duplicates":3,"rejected":[]})").what == Delivered::Stored);
}

TEST_CASE("delivery: statuses are told apart by what is to be done") {
  for (const int status : {400, 413}) CHECK(of(status).what == Delivered::BatchRefused);
  for (const int status : {404, 405, 501}) CHECK(of(status).what == Delivered::TakesNone);
  for (const int status : {401, 403, 202, 204, 301, 409, 415}) CHECK(of(status).what == Delivered::TryAtInterval);
  for (const int status : {408, 425, 429, 500, 502, 503}) CHECK(of(status).what == Delivered::TrySoon);
  CHECK(of(401).problem == "the gateway refused the token (401): check ADMIN_TOKEN");
}

TEST_CASE("delivery: no answer is worth another try, and Retry-After is passed on") {
  CHECK(read_delivery(Error(ErrorCode::Network, "connection refused"), 1).what == Delivered::TrySoon);
  CHECK(read_delivery(Error(ErrorCode::Network, "connection refused"), 1).problem == "connection refused");
  Answer answer;
  answer.status = 429;
  answer.headers.add("Retry-After", "7");
  CHECK(read_delivery(answer, 1).retry_after == std::chrono::seconds(7));
}
