#include "guardian/gateway/negotiation.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace guardian::gateway;
using guardian::net::Headers;
using std::chrono::seconds;

namespace {

Headers with(const std::string& name, const std::vector<std::string>& lines) {
  Headers headers;
  for (const std::string& line : lines) headers.add(name, line);
  return headers;
}

}  // namespace

TEST_CASE("negotiation: If-None-Match is a list of tags, weak or strong, or a star") {
  const auto matches = [](const std::vector<std::string>& lines) {
    return if_none_match(with("if-none-match", lines), {"\"a\"", "\"b\""});
  };
  for (const char* line : {"\"a\"", "\"b\"", "\"x\", \"a\"", "W/\"b\"", "*", "\"x,y\" ,\"a\""}) {
    CAPTURE(line);
    CHECK(matches({line}));
  }
  CHECK(matches({"\"x\"", "\"b\""}));
  for (const char* line : {"", "\"c\"", "a", "\"a", "\"x, \"a\""}) {
    CAPTURE(line);
    CHECK_FALSE(matches({line}));
  }
  CHECK_FALSE(matches({}));
}

TEST_CASE("negotiation: gzip is sent to who takes it, and not to who likes it less or not at all") {
  const auto accepts = [](const std::vector<std::string>& lines) {
    return accepts_gzip(with("Accept-Encoding", lines));
  };
  for (const char* line : {"gzip", "GZip", "x-gzip", "deflate, gzip;q=0.5", "*", "br;q=1.0, *;q=0.001", "gzip; q=1",
                           "identity;q=0.5, gzip;q=0.5", "gzip;Q=0.1", "*;q=0, gzip"}) {
    CAPTURE(line);
    CHECK(accepts({line}));
  }
  CHECK(accepts({"br", "gzip"}));
  for (const char* line : {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "*, gzip;q=0", "gzip;q=x",
                           "gzip;q=0.1234", "gzip;q=0.5, identity", "gzip;q=-1", "gzip;q="}) {
    CAPTURE(line);
    CHECK_FALSE(accepts({line}));
  }
  CHECK_FALSE(accepts({}));
}

TEST_CASE("negotiation: the wait preferred is found among other preferences, and never beyond the most") {
  const auto wait = [](const std::vector<std::string>& lines) {
    return preferred_wait(with("PREFER", lines), seconds(300));
  };
  for (const char* line : {"wait=10", "Wait = 10", "wait=\"10\"", "respond-async, wait=10", "a=\"x, wait=7\", wait=10",
                           "wait=10; foo=bar", "return=minimal; wait=5, wait=10", "wait=10, wait=20"}) {
    CAPTURE(line);
    CHECK(wait({line}) == seconds(10));
  }
  CHECK(wait({"respond-async", "wait=10"}) == seconds(10));
  CHECK(wait({"wait=300"}) == seconds(300));
  CHECK(wait({"wait=301"}) == seconds(300));
  CHECK(wait({"wait=4000000000"}) == seconds(300));
  for (const char* line :
       {"", "wait", "wait=", "wait=0", "wait=-1", "wait=1.5", "wait=soon", "await=10", "wait=\"", "\"wait=10\""}) {
    CAPTURE(line);
    CHECK_FALSE(wait({line}).has_value());
  }
  CHECK_FALSE(wait({}).has_value());
}
