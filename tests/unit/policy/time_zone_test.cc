#include "guardian/policy/time_zone.h"

#include <doctest/doctest.h>

#include <string>
#include <tuple>

namespace guardian::policy {

namespace {

base::TimePoint at(std::string_view text) { return base::to_time_point(base::parse_rfc3339(text).value()); }

LocalTime local(std::string_view zone, std::string_view time) {
  const auto found = TimeZone::find(zone);
  REQUIRE(found.ok());
  return found->local_time(at(time));
}

}  // namespace

TEST_CASE("time zone: UTC is the default and has no offset") {
  const LocalTime time = TimeZone().local_time(at("2026-04-18T10:30:45.9Z"));
  CHECK(std::tuple(time.year, time.month, time.day) == std::tuple(2026, 4, 18));
  CHECK(std::tuple(time.hour, time.minute, time.second) == std::tuple(10, 30, 45));
  CHECK(time.weekday == 6);
  CHECK(time.epoch_seconds == 1776508245);
  CHECK(time.offset_seconds == 0);
}

TEST_CASE("time zone: seconds round down before the epoch too") {
  const LocalTime time = TimeZone().local_time(at("1969-12-31T23:59:59.5Z"));
  CHECK(time.epoch_seconds == -1);
  CHECK(time.second == 59);
  CHECK(time.weekday == 3);
}

TEST_CASE("time zone: summer time moves the clock at its instant") {
  CHECK(local("Europe/Berlin", "2026-03-29T00:59:59Z").hour == 1);
  CHECK(local("Europe/Berlin", "2026-03-29T01:00:00Z").hour == 3);
  CHECK(local("Europe/Berlin", "2026-10-25T00:59:59Z").hour == 2);
  CHECK(local("Europe/Berlin", "2026-10-25T01:00:00Z").hour == 2);
}

TEST_CASE("time zone: offsets of part of an hour and other days") {
  const LocalTime kathmandu = local("Asia/Kathmandu", "2026-04-18T18:20:00Z");
  CHECK(kathmandu.offset_seconds == 20'700);
  CHECK(kathmandu.day == 19);
  CHECK(kathmandu.weekday == 7);
  CHECK(local("America/New_York", "2026-01-01T01:00:00Z").year == 2025);
}

TEST_CASE("time zone: names that are no zone are refused") {
  for (const std::string name : {"", "Mars/Olympus", "+02:00", "../etc/passwd", "/usr/share/zoneinfo/UTC", "Europe",
                                 "right/UTC", "localtime", "europe/berlin", "UTC "}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::find(name).ok());
  }
}

}  // namespace guardian::policy
