#include "guardian/net/received_head.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace net = guardian::net;
using guardian::base::ErrorCode;
using guardian::base::Result;
using net::BodyForm;
using net::Headers;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Result<BodyForm> judge(const Fields& fields, int status = 200, std::string_view version = "HTTP/1.1") {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return net::judge_head(status, version, headers);
}

}  // namespace

TEST_CASE("received head: the three kinds of body are told apart") {
  const auto sized = judge({{"content-length", "10"}});
  REQUIRE(sized.ok());
  CHECK(sized->length == 10);
  CHECK_FALSE(sized->until_end);
  const auto chunked = judge({{"Transfer-Encoding", "Chunked"}});
  REQUIRE(chunked.ok());
  CHECK_FALSE(chunked->length.has_value());
  CHECK_FALSE(chunked->until_end);
  CHECK(judge({})->until_end);
}

TEST_CASE("received head: one gzip is undone, and no other coding is taken") {
  CHECK(judge({{"Content-Encoding", "gzip"}})->gzip);
  CHECK(judge({{"content-encoding", "X-GZIP"}})->gzip);
  CHECK_FALSE(judge({{"Content-Encoding", "Identity"}})->gzip);
  for (const Fields& fields : std::vector<Fields>{{{"Content-Encoding", "br"}},
                                                  {{"Content-Encoding", "deflate"}},
                                                  {{"Content-Encoding", ""}},
                                                  {{"Content-Encoding", "gzip, gzip"}},
                                                  {{"Content-Encoding", "gzip"}, {"Content-Encoding", "gzip"}}}) {
    CHECK_FALSE(judge(fields).ok());
  }
}

TEST_CASE("received head: a length that is none, or one of several, is refused") {
  for (const char* length : {"abc", "-1", "+3", "3x", "3, 3", "", "99999999999999999999999"}) {
    CAPTURE(length);
    const auto form = judge({{"Content-Length", length}});
    REQUIRE_FALSE(form.ok());
    CHECK(form.error().code() == ErrorCode::Network);
  }
  CHECK_FALSE(judge({{"Content-Length", "3"}, {"content-length", "3"}}).ok());
  CHECK_FALSE(judge({{"Content-Length", "3"}, {"Transfer-Encoding", "chunked"}}).ok());
  CHECK_FALSE(judge({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}).ok());
  CHECK_FALSE(judge({{"Transfer-Encoding", "gzip, chunked"}}).ok());
  CHECK_FALSE(judge({{"Transfer-Encoding", "identity"}}).ok());
  CHECK_FALSE(judge({{"Transfer-Encoding", "chunked"}}, 200, "HTTP/1.0").ok());
}

TEST_CASE("received head: an interim status and headers that are none are refused") {
  CHECK_FALSE(judge({}, 103).ok());
  CHECK(judge({{"A", "b\tc"}}).ok());
  CHECK_FALSE(judge({{"A ", "b"}}).ok());
  CHECK_FALSE(judge({{" A", "b"}}).ok());
  CHECK_FALSE(judge({{"A", "b\rc"}}).ok());
  CHECK_FALSE(judge({{"A", std::string("b\0c", 3)}}).ok());
}
