#include "support/naive/naive_limits.h"

#include <doctest/doctest.h>

#include <chrono>

#include "guardian/json/reader.h"

using namespace std::chrono_literals;
using guardian::testing::NaiveCount;
using guardian::testing::NaiveLimits;
using Demand = NaiveLimits::Demand;

namespace {

const NaiveCount kTwoAMinute{"p", "r", "a", {{2, 60s}}};
const NaiveCount kOneASecond{"p", "", "a", {{1, 1s}, {3, 60s}}};

Demand demand(const NaiveLimits& limits, const NaiveCount& count, NaiveLimits::Time now) {
  return limits.judge({&count, 1}, now).demand;
}

}  // namespace

TEST_CASE("naive limits: N allows in half an interval refuse up to its end, and 1 % of it is open") {
  NaiveLimits limits;
  limits.record({&kTwoAMinute, 1}, 10s);
  CHECK(demand(limits, kTwoAMinute, 11s) == Demand::Admit);
  limits.record({&kTwoAMinute, 1}, 20s);
  CHECK(demand(limits, kTwoAMinute, 20s) == Demand::Refuse);
  CHECK(demand(limits, kTwoAMinute, 70s - 1us) == Demand::Refuse);
  CHECK(demand(limits, kTwoAMinute, 70s) == Demand::Either);
  CHECK(demand(limits, kTwoAMinute, 70'600ms) == Demand::Either);
  CHECK(demand(limits, kTwoAMinute, 70'600ms + 1us) == Demand::Admit);
}

TEST_CASE("naive limits: the wait is the longest of those that refuse, rounded up") {
  NaiveLimits limits;
  const NaiveCount both[] = {kTwoAMinute, kOneASecond};
  limits.record(both, 0s);
  limits.record(both, 2s);
  const auto judgement = limits.judge(both, 2s + 1us);
  CHECK(judgement.demand == Demand::Refuse);
  CHECK(judgement.least_retry_ms == 58'000);
  CHECK(judgement.most_retry_ms == 58'600);
  const auto second = limits.judge({&kOneASecond, 1}, 2s + 1us);
  CHECK(second.least_retry_ms == 1'000);
  CHECK(second.most_retry_ms == 1'010);
}

TEST_CASE("naive limits: policy, rule and agent have counts of their own") {
  NaiveLimits limits;
  const NaiveCount one{"p", "r", "a", {{1, 60s}}};
  limits.record({&one, 1}, 0s);
  CHECK(demand(limits, one, 1s) == Demand::Refuse);
  for (const NaiveCount& other : {NaiveCount{"q", "r", "a", {{1, 60s}}}, NaiveCount{"p", "", "a", {{1, 60s}}},
                                  NaiveCount{"p", "r", "", {{1, 60s}}}}) {
    CHECK(demand(limits, other, 1s) == Demand::Admit);
  }
}

TEST_CASE("naive limits: every spelling is read") {
  const auto read = [](std::string_view json) {
    const auto document = guardian::json::parse(json).value();
    return guardian::testing::read_limits(document.root());
  };
  using Limits = std::vector<guardian::testing::NaiveLimit>;
  CHECK(read(R"("100/minute")") == Limits{{100, 60s}});
  CHECK(read(R"({"requestsPerDay": 5, "max_per_second": 2})") == Limits{{2, 1s}, {5, 86'400s}});
  CHECK(read(R"({"requests_per_minute": 7, "maxPerHour": 8})") == Limits{{7, 60s}, {8, 3'600s}});
}
