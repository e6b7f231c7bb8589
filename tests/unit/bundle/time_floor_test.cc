#include "guardian/bundle/time_floor.h"

#include <doctest/doctest.h>

#include "tests/support/fake_clock.h"

namespace guardian::bundle {

using test::instant_of;
using test::time_of;

TEST_CASE("time floor: without one the clock counts") {
  const test::FakeClock clock("2026-04-18T12:00:00Z");
  const TimeFloor floor(clock);
  CHECK_FALSE(floor.value().has_value());
  CHECK(floor.now() == time_of("2026-04-18T12:00:00Z"));
  CHECK_FALSE(floor.clock_behind().has_value());
}

TEST_CASE("time floor: it goes on with the monotonic clock, and a clock set back does not take it along") {
  test::FakeClock clock("2026-04-18T12:00:00Z");
  TimeFloor floor(clock);
  floor.raise(instant_of("2026-04-18T12:00:00Z"));
  clock.set("2020-01-01T00:00:00Z");
  clock.advance(std::chrono::hours(2));
  CHECK(floor.now() == time_of("2026-04-18T14:00:00Z"));
  CHECK(floor.clock_behind().has_value());
}

TEST_CASE("time floor: it never goes back, and a clock ahead of it does not raise it") {
  test::FakeClock clock("2026-04-18T12:00:00Z");
  TimeFloor floor(clock);
  floor.raise(instant_of("2026-04-18T11:00:00Z"));
  floor.raise(instant_of("2026-04-18T10:00:00Z"));
  CHECK(floor.value() == time_of("2026-04-18T11:00:00Z"));
  clock.set("2030-01-01T00:00:00Z");
  CHECK(floor.now() == time_of("2030-01-01T00:00:00Z"));
  CHECK(floor.value() == time_of("2026-04-18T11:00:00Z"));
}

TEST_CASE("time floor: a few seconds behind are no problem worth a word") {
  test::FakeClock clock("2026-04-18T12:00:00Z");
  TimeFloor floor(clock);
  floor.raise(instant_of("2026-04-18T12:00:05Z"));
  CHECK_FALSE(floor.clock_behind().has_value());
  floor.raise(instant_of("2026-04-18T12:00:06Z"));
  CHECK(floor.clock_behind() == std::chrono::seconds(6));
}

}  // namespace guardian::bundle
