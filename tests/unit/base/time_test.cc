#include "guardian/base/time.h"

#include <doctest/doctest.h>

using guardian::base::format_go_duration;
using guardian::base::format_rfc3339;
using guardian::base::format_rfc3339_millis;
using guardian::base::Instant;
using guardian::base::parse_rfc3339;
using guardian::base::parse_rfc3339_utc;
using guardian::base::to_instant;
using guardian::base::to_time_point;

TEST_CASE("rfc3339: a date-time in UTC is read to the second") {
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == Instant{0, 0});
  CHECK(parse_rfc3339("2026-04-18T10:30:00Z") == Instant{1776508200, 0});
}

TEST_CASE("rfc3339: equal instants with different offsets compare equal") {
  CHECK(parse_rfc3339("2026-04-18T12:30:00+02:00") == parse_rfc3339("2026-04-18T10:30:00Z"));
  CHECK(parse_rfc3339("2026-04-18T05:00:00-05:30") == parse_rfc3339("2026-04-18T10:30:00Z"));
}

TEST_CASE("rfc3339: a fraction orders instants within a second and digits past the ninth are dropped") {
  CHECK(*parse_rfc3339("2026-04-18T10:30:00.1Z") > *parse_rfc3339("2026-04-18T10:30:00.09Z"));
  CHECK(parse_rfc3339("1970-01-01T00:00:00.1234567899Z") == Instant{0, 123456789});
}

TEST_CASE("rfc3339: instants before 1970 and the last year are held") {
  CHECK(parse_rfc3339("1969-12-31T23:59:59Z") == Instant{-1, 0});
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z").has_value());
  CHECK(parse_rfc3339("0000-01-01T00:00:00Z").has_value());
}

TEST_CASE("rfc3339: a leap second counts as the second after :59") {
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST_CASE("rfc3339: what is not a date-time is refused") {
  for (const char* text :
       {"", "2026-04-18", "2026-04-18T10:30:00", "2026-04-18 10:30:00Z", "2026-4-18T10:30:00Z", "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-04-18T24:00:00Z", "2026-04-18T10:60:00Z", "2026-04-18T10:30:61Z",
        "2026-04-18T10:30:00.Z", "2026-04-18T10:30:00+2:00", "2026-04-18T10:30:00+24:00", "2026-04-18T10:30:00Zx",
        "2026-04-18T10:30:00+0200", "+026-04-18T10:30:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text).has_value());
  }
}

TEST_CASE("rfc3339: only Z and +00:00 are UTC as written") {
  CHECK(parse_rfc3339_utc("2026-04-18T10:30:00Z").has_value());
  CHECK(parse_rfc3339_utc("2026-04-18T10:30:00+00:00").has_value());
  CHECK_FALSE(parse_rfc3339_utc("2026-04-18T10:30:00-00:00").has_value());
  CHECK_FALSE(parse_rfc3339_utc("2026-04-18T12:30:00+02:00").has_value());
}

TEST_CASE("rfc3339: a formatted time reads back as the same instant") {
  const auto instant = *parse_rfc3339("2026-04-18T10:30:07.25Z");
  CHECK(format_rfc3339(to_time_point(instant)) == "2026-04-18T10:30:07Z");
  CHECK(format_rfc3339_millis(to_time_point(instant)) == "2026-04-18T10:30:07.250Z");
  CHECK(to_instant(to_time_point(instant)) == instant);
}

TEST_CASE("go duration: hours and minutes appear once they are reached") {
  using std::chrono::seconds;
  CHECK(format_go_duration(seconds(0)) == "0s");
  CHECK(format_go_duration(seconds(59)) == "59s");
  CHECK(format_go_duration(seconds(272)) == "4m32s");
  CHECK(format_go_duration(seconds(3600)) == "1h0m0s");
  CHECK(format_go_duration(seconds(90061)) == "25h1m1s");
  CHECK(format_go_duration(seconds(-5)) == "0s");
}
