#include "guardian/tools/replay_counts.h"

#include <doctest/doctest.h>

#include <string>

#include "support/fake_clock.h"

namespace guardian {

namespace {

using namespace std::chrono_literals;
using Judged = tools::ReplayCounts::Judged;

limits::Charge charge(limits::Maxima maxima, std::string_view agent = "a") {
  limits::Charge made;
  made.counters[0] = {"policy", "rule", agent, maxima};
  made.size = 1;
  return made;
}

base::TimePoint start() { return test::time_of("2026-04-18T10:30:00Z"); }

}  // namespace

TEST_CASE("replay counts: a limit refuses once it was reached, and admits once the interval is over") {
  tools::ReplayCounts counts;
  const auto two = charge({.per_minute = 2});
  CHECK(counts.judge(two, start(), 0us) == Judged::Admits);
  CHECK(counts.count(two, start()));
  CHECK(counts.judge(two, start() + 1s, 0us) == Judged::Admits);
  CHECK(counts.count(two, start() + 1s));
  CHECK(counts.judge(two, start() + 2s, 0us) == Judged::Refuses);
  CHECK(counts.judge(two, start() + 50s, 0us) == Judged::Refuses);
  CHECK(counts.judge(two, start() + 70s, 0us) == Judged::Admits);
}

TEST_CASE("replay counts: within the margin either is possible") {
  tools::ReplayCounts counts;
  const auto one = charge({.per_minute = 1});
  CHECK(counts.count(one, start()));
  CHECK(counts.judge(one, start() + 60s, 0us) == Judged::Either);
  CHECK(counts.judge(one, start() + 59500ms, 0us) == Judged::Either);
  CHECK(counts.judge(one, start() + 57s, 0us) == Judged::Refuses);
  CHECK(counts.judge(one, start() + 63s, 0us) == Judged::Admits);
}

TEST_CASE("replay counts: who was answered late may have been judged late") {
  tools::ReplayCounts counts;
  const auto one = charge({.per_second = 1});
  CHECK(counts.count(one, start()));
  CHECK(counts.judge(one, start() + 900ms, 0us) == Judged::Refuses);
  CHECK(counts.judge(one, start() + 900ms, 100ms) == Judged::Either);
}

TEST_CASE("replay counts: agents, rules and policies are counted apart") {
  tools::ReplayCounts counts;
  const auto one = charge({.per_hour = 1});
  CHECK(counts.count(one, start()));
  CHECK(counts.judge(one, start() + 1s, 0us) == Judged::Refuses);
  CHECK(counts.judge(charge({.per_hour = 1}, "b"), start() + 1s, 0us) == Judged::Admits);
  auto other = one;
  other.counters[0].policy = "policyr";
  other.counters[0].rule = "ule";
  CHECK(counts.judge(other, start() + 1s, 0us) == Judged::Admits);
}

TEST_CASE("replay counts: each counter and each interval of a charge can refuse") {
  tools::ReplayCounts counts;
  limits::Charge both;
  both.counters[0] = {"policy", "rule", "a", {.per_second = 5}};
  both.counters[1] = {"policy", "", "a", {.per_hour = 1, .per_day = 5}};
  both.size = 2;
  CHECK(counts.count(both, start()));
  CHECK(counts.judge(both, start() + 10min, 0us) == Judged::Refuses);
  CHECK(counts.judge(both, start() + 70min, 0us) == Judged::Admits);
  CHECK(tools::ReplayCounts::longest_interval(both) == 24h);
}

TEST_CASE("replay counts: a long trail is counted in bounded memory") {
  tools::ReplayCounts counts;
  const auto many = charge({.per_second = 1'000'000, .per_day = 1'000'000});
  for (int i = 0; i < 200'000; ++i) CHECK(counts.count(many, start() + i * 977ms));
  CHECK(counts.judge(many, start() + 200'000 * 977ms, 0us) == Judged::Admits);
}

TEST_CASE("replay counts: with no place left what is empty goes first") {
  tools::ReplayCounts counts(2);
  CHECK(counts.count(charge({.per_second = 1}, "a"), start()));
  CHECK(counts.count(charge({.per_hour = 1}, "b"), start()));
  CHECK_FALSE(counts.count(charge({.per_second = 1}, "c"), start()));
  CHECK(counts.count(charge({.per_second = 1}, "c"), start() + 5s));
  CHECK(counts.judge(charge({.per_hour = 1}, "b"), start() + 5s, 0us) == Judged::Refuses);
}

TEST_CASE("replay counts: an allow that was recorded out of order is counted") {
  tools::ReplayCounts counts;
  const auto two = charge({.per_minute = 2});
  CHECK(counts.count(two, start() + 3ms));
  CHECK(counts.count(two, start()));
  CHECK(counts.judge(two, start() + 1s, 0us) == Judged::Refuses);
}

}  // namespace guardian
