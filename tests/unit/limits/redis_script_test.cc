#include "guardian/limits/redis_script.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "guardian/limits/count_table.h"
#include "tests/unit/limits/charges.h"
#include "tests/unit/limits/redis_server.h"

namespace guardian::limits {

namespace {

using namespace test_charges;
using Kind = Verdict::Kind;

constexpr std::int64_t kStart = 1'776'500'000'000'000;

// The script under a clock that the test sets.
std::string at(std::int64_t now) {
  std::string script(redis_script());
  const std::string_view clock = "redis.call('TIME')";
  const std::size_t place = script.find(clock);
  REQUIRE(place != std::string::npos);
  return script.replace(place, clock.size(),
                        "{" + std::to_string(now / 1'000'000) + "," + std::to_string(now % 1'000'000) + "}");
}

Verdict judge(RedisServer& server, const Charge& charge, std::int64_t now) {
  std::vector<std::string> words = {"EVAL", at(now)};
  for (std::string& word : script_arguments(std::span(&charge, 1))) words.push_back(std::move(word));
  const std::string answer = server.command(words);
  REQUIRE_MESSAGE(answer.starts_with("*1\r\n:"), answer);
  const std::int64_t wait = std::stoll(answer.substr(5));
  return wait == 0 ? Verdict{} : Verdict{Kind::Refused, (wait + 999) / 1000};
}

}  // namespace

TEST_CASE("redis script: gives every verdict and every wait that the local table gives") {
  RedisServer server;
  CountTable table(std::size_t{16} << 20, CountTable::Changes::Forgotten);
  std::mt19937_64 random(7);
  std::int64_t now = kStart;
  int refused = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::uint64_t step = random() % 100 == 0 ? 70'000'000 : random() % 3 == 0 ? 2'000'000 : 300'000;
    now += static_cast<std::int64_t>(random() % step);
    const std::uint32_t lowered = i > 1'000 && i % 2 == 0 ? 5 : 0;
    const Charge charge = of_both(random() % 2 == 0 ? "a" : "b", {0, 40 - lowered, 700, 0}, {0, 60, 0, 100'000});
    const Verdict expected = table.charge(charge, now);
    const Verdict verdict = judge(server, charge, now);
    REQUIRE(verdict.kind == expected.kind);
    REQUIRE(verdict.retry_after_ms == expected.retry_after_ms);
    refused += verdict.kind == Kind::Refused ? 1 : 0;
  }
  CHECK(refused > 100);
  CHECK(refused < 1'900);
}

TEST_CASE("redis script: after the server's clock was set back nothing waits longer than its interval") {
  RedisServer server;
  const Charge charge = of_rule("a", per_hour(3));
  for (int i = 0; i < 3; ++i) CHECK(judge(server, charge, kStart + i * 60'000'000).kind == Kind::Admitted);
  const std::int64_t set_back = kStart - 10'000'000'000;
  const Verdict verdict = judge(server, charge, set_back);
  CHECK(verdict.kind == Kind::Refused);
  CHECK(verdict.retry_after_ms == 3'600'000);
  CHECK(judge(server, charge, set_back + 3'600'000'000).kind == Kind::Admitted);
}

TEST_CASE("redis script: keys go when their interval is over") {
  RedisServer server;
  CHECK(judge(server, of_rule("a", per_minute(3)), kStart).kind == Kind::Admitted);
  const std::string left = server.command({"PTTL", "guardian:1:p1:r1:a:m"});
  REQUIRE(left.starts_with(":"));
  CHECK(std::stoll(left.substr(1)) > 0);
  CHECK(std::stoll(left.substr(1)) <= 61'000);
}

}  // namespace guardian::limits
