#include "guardian/limits/count_table.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "tests/unit/limits/charges.h"

namespace guardian::limits {

namespace {

using namespace test_charges;
using Kind = Verdict::Kind;

constexpr std::int64_t kStart = 1'776'500'000'000'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::size_t kPlenty = std::size_t{64} << 20;

std::string agent(int number) { return "agent_" + std::to_string(number); }

// How many agents find a place, one allow each.
int fill(CountTable& table, const Maxima& maxima, std::int64_t now) {
  int number = 0;
  while (number < 1'000'000 && table.charge(of_rule(agent(number), maxima), now).kind == Kind::Admitted) ++number;
  return number;
}

}  // namespace

TEST_CASE("table: policies, rules and agents are counted apart") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  const Maxima one = per_minute(1);
  CHECK(table.charge(of_rule("a", one), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_rule("a", one), kStart).kind == Kind::Refused);
  CHECK(table.charge(of_rule("b", one), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_rule("a", one, "r2"), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_rule("a", one, ""), kStart).kind == Kind::Admitted);
  // The same letters, divided otherwise.
  CHECK(table.charge(of_rule("2a", one, "r"), kStart).kind == Kind::Admitted);
}

TEST_CASE("table: a charge that one count refuses is counted by none") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  CHECK(table.charge(of_both("a", per_minute(5), per_minute(2)), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_both("a", per_minute(5), per_minute(2)), kStart).kind == Kind::Admitted);
  const std::size_t bytes = table.bytes();
  for (int i = 0; i < 20; ++i) {
    CHECK(table.charge(of_both("a", per_minute(5), per_minute(2)), kStart + kSecond).kind == Kind::Refused);
  }
  Charge other = of_both("a", per_minute(5), per_minute(2));
  other.counters[0].rule = "not counted yet";
  CHECK(table.charge(other, kStart + kSecond).kind == Kind::Refused);
  CHECK(table.bytes() == bytes);
  // Three of the rule's five are left.
  for (int i = 0; i < 3; ++i) CHECK(table.charge(of_rule("a", per_minute(5)), kStart + kSecond).kind == Kind::Admitted);
  CHECK(table.charge(of_rule("a", per_minute(5)), kStart + kSecond).kind == Kind::Refused);
}

TEST_CASE("table: a window that refuses leaves the other windows of its count alone") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  const Maxima both{1, 0, 3, 0};
  CHECK(table.charge(of_rule("a", both), kStart).kind == Kind::Admitted);
  for (int i = 1; i < 50; ++i) CHECK(table.charge(of_rule("a", both), kStart + i).kind == Kind::Refused);
  CHECK(table.charge(of_rule("a", both), kStart + kSecond).kind == Kind::Admitted);
  CHECK(table.charge(of_rule("a", both), kStart + 2 * kSecond).kind == Kind::Admitted);
  const Verdict verdict = table.charge(of_rule("a", both), kStart + 3 * kSecond);
  CHECK(verdict.kind == Kind::Refused);
  CHECK(verdict.retry_after_ms == 3'599'000);  // all of one cell leave with its newest
}

TEST_CASE("table: the wait is the longest of the limits that refuse, in milliseconds rounded up") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  CHECK(table.charge(of_both("a", per_second(1), per_minute(1)), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_both("a", per_second(1), per_minute(1)), kStart + 1).retry_after_ms == 60'000);
  CHECK(table.charge(of_both("a", per_second(1), per_minute(2)), kStart + 1).retry_after_ms == 1'000);
  CHECK(table.charge(of_rule("a", per_second(1)), kStart + kSecond - 1).retry_after_ms == 1);
}

TEST_CASE("table: when memory is full the verdict says so, counts what it knows, and counts nothing by halves") {
  CountTable table(128 * 1024, CountTable::Changes::Forgotten);
  const int places = fill(table, per_hour(10), kStart);
  CHECK(places > 100);
  CHECK(table.bytes() <= 128 * 1024);
  CHECK(table.charge(of_rule("new", per_hour(1)), kStart).kind == Kind::Full);
  CHECK(table.charge(of_rule(agent(0), per_hour(10)), kStart).kind == Kind::Admitted);
  // The known count of a charge whose other count has no place.
  for (int i = 0; i < 20; ++i) {
    CHECK(table.charge(of_both(agent(1), per_hour(3), per_hour(3)), kStart).kind == Kind::Full);
  }
  CHECK(table.charge(of_rule(agent(1), per_hour(2)), kStart).kind == Kind::Admitted);
}

TEST_CASE("table: counts whose windows are all empty give their place up before anything is refused one") {
  CountTable table(128 * 1024, CountTable::Changes::Forgotten);
  const int places = fill(table, per_second(10), kStart);
  CHECK(table.charge(of_rule("new", per_second(1)), kStart).kind == Kind::Full);
  for (int i = 0; i < places; ++i) {
    CHECK(table.charge(of_rule("later" + std::to_string(i), per_second(1)), kStart + 2 * kSecond).kind ==
          Kind::Admitted);
  }
  CHECK(table.bytes() <= 128 * 1024);
}

TEST_CASE("table: sweeping gives back all that is empty") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  const std::size_t bytes = table.bytes();
  for (int i = 0; i < 5'000; ++i) CHECK(table.charge(of_rule(agent(i), per_second(3)), kStart).kind == Kind::Admitted);
  for (int i = 0; i < 200; ++i) table.sweep(512, kStart + kSecond - 1);
  CHECK(table.bytes() > bytes);
  for (int i = 0; i < 200; ++i) table.sweep(512, kStart + kSecond);
  CHECK(table.bytes() == bytes);
}

TEST_CASE("table: names past any measure have no place") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  const std::string longest(kMaxNamesBytes - 2, 'a');  // beside policy and rule of one letter each
  CHECK(table.charge(of_rule(longest, per_second(1)), kStart).kind == Kind::Admitted);
  CHECK(table.charge(of_rule(longest + "a", per_second(1)), kStart).kind == Kind::Full);
}

TEST_CASE("table: 100,000 agents with rule and policy limits, each used at 8 moments, stay under 128 MiB") {
  CountTable table(std::size_t{256} << 20, CountTable::Changes::Forgotten);
  constexpr int kAgents = 100'000;
  const Maxima rule{0, 100, 0, 0};
  const Maxima policy{0, 600, 0, 0};
  for (int moment = 0; moment < 8; ++moment) {
    const std::int64_t now = kStart + moment * 500'000;
    bool all = true;
    for (int i = 0; i < kAgents; ++i) {
      all = table.charge(of_both(agent(i), rule, policy), now).kind == Kind::Admitted && all;
    }
    REQUIRE(all);
  }
  CHECK(table.bytes() < std::size_t{128} << 20);
}

TEST_CASE("table: threads that hammer one count together never get more than the limit") {
  CountTable table(kPlenty, CountTable::Changes::Listed);
  std::atomic<int> admitted = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 2'000; ++i) {
          const std::int64_t now = kStart + i * 10 + t;
          if (table.charge(of_both("a", per_minute(5'000), per_minute(777)), now).kind == Kind::Admitted) ++admitted;
        }
      });
    }
    for (int i = 0; i < 50; ++i) {
      table.drain_changes([](Count& count) { CHECK(count.names().agent == "a"); });
      table.sweep(512, kStart);
    }
  }
  CHECK(admitted == 777);
}

TEST_CASE("table: threads that make, use, save and sweep counts of their own keep the books in order") {
  CountTable table(kPlenty, CountTable::Changes::Listed);
  const std::size_t bytes = table.bytes();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 4'000; ++i) {
          const std::string name = agent(t * 1'000 + i % 100);
          (void)table.charge(of_both(name, per_second(100), per_second(100)), kStart + i * 20'000);
        }
      });
    }
    for (int i = 0; i < 200; ++i) {
      table.drain_changes([](Count& count) {
        for (Window& window : count.windows) window.saved();
      });
    }
  }
  table.drain_changes([](Count&) {});
  for (int i = 0; i < 100; ++i) table.sweep(1'000, kStart + 4'000 * 20'000 + kSecond);
  CHECK(table.bytes() == bytes);
}

TEST_CASE("table: what was recorded from elsewhere counts, up to what the limit lets through here alone") {
  CountTable table(kPlenty, CountTable::Changes::Forgotten);
  const auto charge = of_rule("a", per_minute(2));
  CHECK(table.record(charge, kStart).kind == Kind::Admitted);
  CHECK(table.charge(charge, kStart + kSecond).kind == Kind::Admitted);
  const Verdict third = table.record(charge, kStart + 2 * kSecond);
  CHECK(third.kind == Kind::Refused);
  CHECK(third.retry_after_ms == 58'000);
  // Within 2 % of the interval the other side's clock may be right, and what it admitted counts.
  CHECK(table.charge(charge, kStart + 59 * kSecond).kind == Kind::Refused);
  CHECK(table.record(charge, kStart + 59 * kSecond).kind == Kind::Admitted);
  CHECK(table.record(charge, kStart + 59 * kSecond).kind == Kind::Refused);
}

}  // namespace guardian::limits
