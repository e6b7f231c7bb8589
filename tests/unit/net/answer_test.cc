#include "guardian/net/answer.h"

#include <doctest/doctest.h>

using guardian::net::error_response;
using guardian::net::Response;
using guardian::net::write_answer_head;

namespace {
constexpr guardian::base::TimePoint kSomeDay{std::chrono::seconds(784'111'777)};
}

TEST_CASE("answer: the head has all that the client needs and no banner") {
  Response response;
  response.body = "{}";
  response.headers.add("ETag", "\"x\"");
  CHECK(write_answer_head(response, {}, kSomeDay) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json; charset=utf-8\r\n"
        "Content-Length: 2\r\nETag: \"x\"\r\n\r\n");
}

TEST_CASE("answer: 204 and 304 speak of no body") {
  for (const int status : {204, 304}) {
    Response response;
    response.status = status;
    const std::string head = write_answer_head(response, {}, kSomeDay);
    CHECK(head.find("Content-") == std::string::npos);
  }
}

TEST_CASE("answer: headers that would break the framing are left out") {
  Response response;
  response.headers.add("X-Trace", "a\r\nSet-Cookie: b");
  response.headers.add("Bad Name", "a");
  response.headers.add("content-length", "100");
  response.headers.add("Transfer-Encoding", "chunked");
  const std::string head = write_answer_head(response, {false, true, false}, kSomeDay);
  CHECK(head.find("X-Trace") == std::string::npos);
  CHECK(head.find("Bad Name") == std::string::npos);
  CHECK(head.find("100") == std::string::npos);
  CHECK(head.find("chunked") == std::string::npos);
  CHECK(head.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("answer: an error is JSON whatever its message holds") {
  const Response response = error_response(400, "bad_request", "a \"b\"\n\xff");
  CHECK(response.status == 400);
  CHECK(response.body == "{\"error\":\"bad_request\",\"message\":\"a \\\"b\\\"??\"}");
}
