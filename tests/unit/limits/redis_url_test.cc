#include "guardian/limits/redis_url.h"

#include <doctest/doctest.h>

namespace guardian::limits {

TEST_CASE("redis url: all its parts, and what stands for those that are missing") {
  const auto full = RedisUrl::parse("redis://bot:s%40cret%2F@Cache.Example:7000/3");
  REQUIRE(full.ok());
  CHECK(full->user == "bot");
  CHECK(full->password == "s@cret/");
  CHECK(full->host == "cache.example");
  CHECK(full->port == 7000);
  CHECK(full->database == 3);
  CHECK(full->place() == "cache.example:7000");

  const auto least = RedisUrl::parse("redis://cache");
  REQUIRE(least.ok());
  CHECK(least->password.empty());
  CHECK(least->place() == "cache:6379");
  CHECK(least->database == 0);

  const auto v6 = RedisUrl::parse("redis://:secret@[::1]:7000/");
  REQUIRE(v6.ok());
  CHECK(v6->user.empty());
  CHECK(v6->password == "secret");
  CHECK(v6->host == "::1");
  CHECK(v6->place() == "[::1]:7000");
}

TEST_CASE("redis url: what is none is refused without a word of the secret in it") {
  for (const std::string_view text : {"",
                                      "local",
                                      "redis:/cache",
                                      "rediss://cache",
                                      "http://cache",
                                      "redis://",
                                      "redis://:6379",
                                      "redis://cache:0",
                                      "redis://cache:65536",
                                      "redis://cache:port",
                                      "redis://cache/x",
                                      "redis://cache/-1",
                                      "redis://cache/65536",
                                      "redis://cache/1/2",
                                      "redis://cache?db=1",
                                      "redis://cache#1",
                                      "redis://ca che",
                                      "redis://[::1",
                                      "redis://[::1]x",
                                      "redis://::1",
                                      "redis://user@cache",
                                      "redis://user:@cache",
                                      "redis://u:hunter2%@cache",
                                      "redis://u:hunter2%4@c",
                                      "redis://u:hunter2%zz@cache",
                                      "redis://u:hunter2@",
                                      "redis://u:hunter2@cache:no",
                                      "redis://u:hunter2/@ca/che",
                                      "redis://u:hunter2@cache\n"}) {
    const auto url = RedisUrl::parse(text);
    CAPTURE(text);
    REQUIRE_FALSE(url.ok());
    CHECK(url.error().code() == base::ErrorCode::InvalidInput);
    CHECK(url.error().message().find("hunter2") == std::string::npos);
  }
}

}  // namespace guardian::limits
