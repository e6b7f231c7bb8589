#include "guardian/net/framing.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using guardian::net::FramedRequest;
using guardian::net::Framer;
using guardian::net::FramingLimits;
using Progress = guardian::net::Framer::Progress;

namespace {

// 0 for a complete request, -1 for one that needs more, else the status of the refusal.
int verdict(std::string_view bytes, const FramingLimits& limits = {}) {
  Framer whole(limits);
  const Progress progress = whole.feed(bytes);
  // What arrives in pieces must be judged alike.
  Framer pieces(limits);
  Progress by_byte = Progress::NeedMore;
  for (const char c : bytes) {
    by_byte = pieces.feed({&c, 1});
    if (by_byte != Progress::NeedMore) break;
  }
  CHECK(by_byte == progress);
  if (progress == Progress::Refused && by_byte == Progress::Refused) {
    CHECK(whole.refusal().status == pieces.refusal().status);
  }
  if (progress == Progress::NeedMore) return -1;
  return progress == Progress::Complete ? 0 : whole.refusal().status;
}

FramedRequest read(std::string_view bytes) {
  Framer framer{FramingLimits()};
  REQUIRE(framer.feed(bytes) == Progress::Complete);
  return framer.take();
}

std::string get(std::string_view fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n"; }

std::string post(std::string_view fields, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("framing: a request is taken apart") {
  const FramedRequest framed =
      read("POST /a%20b/c?d=%20e HTTP/1.1\r\nHost: a\r\nX-One:  1 \t\r\nx-one: 2\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(framed.request.method == "POST");
  CHECK(framed.request.path == "/a b/c");
  CHECK(framed.request.query == "d=%20e");
  CHECK(framed.request.headers.find("X-ONE") == "1");
  CHECK(framed.request.headers.count("x-one") == 2);
  CHECK(framed.request.body == "abc");
  CHECK(framed.keep_alive);
}

TEST_CASE("framing: every beginning of a request needs more") {
  const std::string bytes = post("Content-Length: 2\r\n", "ab");
  for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(verdict(bytes.substr(0, i)) == -1);
  CHECK(verdict(bytes) == 0);
}

TEST_CASE("framing: requests sent in one go come out in order") {
  Framer framer{FramingLimits()};
  const std::string one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string two = "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
  REQUIRE(framer.feed(one + two + one) == Progress::Complete);
  CHECK(framer.take().request.path == "/1");
  CHECK_FALSE(framer.idle());
  REQUIRE(framer.advance() == Progress::Complete);
  const FramedRequest second = framer.take();
  CHECK(second.request.path == "/2");
  CHECK(second.request.body == "x");
  REQUIRE(framer.advance() == Progress::Complete);
  CHECK(framer.take().request.path == "/1");
  CHECK(framer.idle());
}

TEST_CASE("framing: the target may be absolute, and only OPTIONS may ask for `*`") {
  CHECK(read("GET http://b:1/x?y HTTP/1.1\r\nHost: a\r\n\r\n").request.path == "/x");
  CHECK(read("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n").request.path == "/");
  CHECK(read("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n").request.query == "q");
  CHECK(read("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").request.path == "*");
  for (const char* target : {"*", "a", "a:1", "ftp://b/", "http:///x", "/a#b", "/%", "/%2", "/%zz", "/%00", "/%0a",
                             "/%ff", "/a b", "/\x80"}) {
    CAPTURE(target);
    CHECK(verdict("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  }
}

TEST_CASE("framing: lines that are not HTTP are refused") {
  for (const char* bytes :
       {"GET /\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1\r\nHost: a\r\n\r\n", "GET / http/1.1\r\nHost: a\r\n\r\n", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    CAPTURE(bytes);
    CHECK(verdict(bytes) == 400);
  }
  CHECK(verdict("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
}

TEST_CASE("framing: stray CR and LF, folded lines and bad names are refused") {
  for (const char* fields : {"A: b\nC: d\r\n", "A: b\rC: d\r\n", "A: b\r\n c\r\n", "A : b\r\n", ": b\r\n", "A b\r\n",
                             "A: b\x01\r\n", "A: b\x7f\r\n", "A(: b\r\n"}) {
    CAPTURE(fields);
    CHECK(verdict(get(fields)) == 400);
  }
  CHECK(verdict("GET / HTTP/1.1\n") == 400);
  CHECK(verdict(get(std::string("A: b\0c\r\n", 8))) == 400);
}

TEST_CASE("framing: there is one Host") {
  CHECK(verdict("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(verdict(get("Host: b\r\n")) == 400);
  CHECK(verdict("GET / HTTP/1.0\r\n\r\n") == 0);
}

TEST_CASE("framing: a body's length is told once and in one way") {
  CHECK(verdict(post("Content-Length: 1\r\nContent-Length: 1\r\n", "a")) == 400);
  CHECK(verdict(post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")) == 400);
  CHECK(verdict(post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n")) == 400);
  for (const char* length : {"", "+1", "-1", "1,1", "0x1", "1 1"}) {
    CAPTURE(length);
    CHECK(verdict(post("Content-Length: " + std::string(length) + "\r\n", "a")) == 400);
  }
  for (const char* coding : {"gzip", "gzip, chunked", "chunked, chunked", "identity", ""}) {
    CAPTURE(coding);
    CHECK(verdict(post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n")) == 400);
  }
  CHECK(verdict("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
}

TEST_CASE("framing: a body at the limit is taken, one over is refused") {
  const FramingLimits limits{1'024, 4};
  CHECK(verdict(post("Content-Length: 4\r\n", "abcd"), limits) == 0);
  CHECK(verdict(post("Content-Length: 5\r\n", ""), limits) == 413);
  CHECK(verdict(post("Content-Length: 99999999999999999999999\r\n", ""), limits) == 413);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"), limits) == 0);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\n"), limits) == 413);
  CHECK(verdict(post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n"), limits) == 413);
}

TEST_CASE("framing: headers at the limit are taken, one byte over is refused") {
  const std::string bytes = get("A: bcd\r\n");
  CHECK(verdict(bytes, {bytes.size(), 0}) == 0);
  CHECK(verdict(bytes, {bytes.size() - 1, 0}) == 431);
}

TEST_CASE("framing: chunks are put together, extensions and trailers dropped") {
  const FramedRequest framed = read(post("Transfer-Encoding: Chunked\r\n",
                                         "3;a=b\r\nabc\r\nA\r\n0123456789\r\n000\r\nX-Late: 1\r\nX-Two: 2\r\n\r\n"));
  CHECK(framed.request.body == "abc0123456789");
  CHECK_FALSE(framed.request.headers.find("X-Late"));
}

TEST_CASE("framing: a chunked body that is not one is refused") {
  for (const char* body : {"\r\n", "g\r\n", "-1\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "1\na\r\n", "1\r\nab\r\n",
                           "1\r\na\n0\r\n\r\n", "0\r\nbad trailer\r\n\r\n", "0\r\n\n", "1;\x01\r\na\r\n"}) {
    CAPTURE(body);
    CHECK(verdict(post("Transfer-Encoding: chunked\r\n", body)) == 400);
  }
  CHECK(verdict(post("Transfer-Encoding: chunked\r\n", "1;" + std::string(300, 'x'))) == 400);
}

TEST_CASE("framing: trailers at the limit are taken, one byte over is refused") {
  const std::string head = post("Transfer-Encoding: chunked\r\n", "");
  const FramingLimits limits{head.size(), 0};
  const auto trailers = [&](std::size_t bytes) { return head + "0\r\nA:" + std::string(bytes - 4, 'x') + "\r\n\r\n"; };
  CHECK(verdict(trailers(head.size()), limits) == 0);
  CHECK(verdict(trailers(head.size() + 1), limits) == 431);
}

TEST_CASE("framing: unknown expectations are refused, and codings are the route's business") {
  CHECK(verdict(post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "a")) == 0);
  CHECK(verdict(post("Expect: something\r\nContent-Length: 1\r\n", "a")) == 417);
}

TEST_CASE("framing: 100-continue is due once, and only while the body waits for it") {
  Framer framer{FramingLimits()};
  REQUIRE(framer.feed(post("Expect: 100-continue\r\nContent-Length: 2\r\n", "")) == Progress::NeedMore);
  CHECK(framer.take_continue());
  CHECK_FALSE(framer.take_continue());
  REQUIRE(framer.feed("ab") == Progress::Complete);

  Framer eager{FramingLimits()};
  REQUIRE(eager.feed(post("Expect: 100-continue\r\nContent-Length: 2\r\n", "a")) == Progress::NeedMore);
  CHECK_FALSE(eager.take_continue());
}

TEST_CASE("framing: who keeps the connection is read from version and Connection") {
  CHECK(read(get("")).keep_alive);
  CHECK_FALSE(read(get("Connection: Close\r\n")).keep_alive);
  CHECK_FALSE(read(get("Connection: x\r\nConnection: y, close\r\n")).keep_alive);
  CHECK_FALSE(read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST_CASE("framing: one empty line before a request is let pass") {
  CHECK(verdict("\r\n" + get("")) == 0);
  CHECK(verdict("\r\n\r\n" + get("")) == 400);
  CHECK(verdict("\n" + get("")) == 400);
}
