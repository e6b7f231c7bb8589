#include "guardian/bundle/version.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"

namespace guardian::bundle {

namespace {

Version version(std::string_view text) { return Version::parse(text).value(); }

base::Result<Version> from_json(std::string_view json) {
  json::ReadLimits limits;
  limits.integers = json::Integers::Unsigned64;
  const auto document = json::parse(json, limits);
  REQUIRE(document.ok());
  return Version::from_json(document->root());
}

}  // namespace

TEST_CASE("version: dates compare as instants whatever their text") {
  CHECK(version("2026-04-18T10:30:00Z").compare(version("2026-04-18T10:30:00+00:00")) == 0);
  CHECK(version("2026-04-18T10:30:00Z").compare(version("2026-04-18T10:30:00.000Z")) == 0);
  CHECK(version("2026-04-18T10:30:00Z").compare(version("2026-04-18T10:30:00.000000001Z")) < 0);
  CHECK(version("2027-01-01T00:00:00Z").compare(version("2026-12-31T23:59:59Z")) > 0);
}

TEST_CASE("version: integers compare as numbers up to 2^64-1") {
  CHECK(version("9").compare(version("10")) < 0);
  CHECK(version("007").compare(version("7")) == 0);
  CHECK(version("18446744073709551615").compare(version("18446744073709551614")) > 0);
}

TEST_CASE("version: a number and its decimal text are the same version") {
  CHECK(from_json("41")->text() == "41");
  CHECK(from_json("\"41\"")->compare(*from_json("41")) == 0);
  CHECK(from_json("18446744073709551615")->text() == "18446744073709551615");
  CHECK_FALSE(from_json("41")->is_date());
}

TEST_CASE("version: a date keeps the gateway's text") {
  const auto parsed = from_json("\"2026-04-18T10:30:00+00:00\"");
  CHECK(parsed->text() == "2026-04-18T10:30:00+00:00");
  CHECK(parsed->is_date());
  CHECK(parsed->date().has_value());
  CHECK_FALSE(parsed->same_kind(version("1")));
}

TEST_CASE("version: what is neither a date in UTC nor an unsigned integer is refused") {
  for (const char* json :
       {"\"2026-04-18T10:30:00+02:00\"", "\"2026-04-18T10:30:00-00:00\"", "\"2026-04-18\"", "\"\"", "\"-1\"", "\"+1\"",
        "\" 1\"", "\"1.0\"", "\"v1\"", "\"18446744073709551616\"", "-1", "1.0", "1e3", "true", "null", "[]", "{}"}) {
    CAPTURE(json);
    const auto refused = from_json(json);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code() == base::ErrorCode::SchemaInvalid);
  }
  CHECK(Version::parse("soon").error().code() == base::ErrorCode::InvalidInput);
}

}  // namespace guardian::bundle
