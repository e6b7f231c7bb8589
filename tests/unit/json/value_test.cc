#include "guardian/json/value.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include "read.h"

namespace guardian::json {

namespace {

bool same(std::string_view a, std::string_view b) {
  const ReadLimits limits{.integers = Integers::Unsigned64};
  const Document left = read(a, limits);
  const Document right = read(b, limits);
  return equal(left.root(), right.root()) && equal(right.root(), left.root());
}

}  // namespace

TEST_CASE("value: a default value is null") {
  CHECK(Value().is_null());
  CHECK(to_string(Value().kind()) == "null");
}

TEST_CASE("value: an integer keeps its sign and magnitude at the edges of 64 bits") {
  CHECK(Value::integer(std::numeric_limits<std::int64_t>::min()).as_number() == -9223372036854775808.0);
  CHECK(Value::integer(std::int64_t{-1}).as_number() == -1);
  CHECK_FALSE(Value::integer(std::int64_t{-1}).as_unsigned().has_value());
  CHECK(Value::integer(std::numeric_limits<std::uint64_t>::max(), false).as_unsigned() ==
        std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(Value::number(3).as_unsigned().has_value());
}

TEST_CASE("value: find gives the member, or nothing where there is none or no object") {
  const Document document = read(R"({"a":{"b":1}})");
  CHECK(document.root().find("a")->find("b")->as_number() == 1);
  CHECK(document.root().find("A") == nullptr);
  CHECK(Value::boolean(true).find("a") == nullptr);
}

TEST_CASE("equal: numbers by value, integers exactly") {
  CHECK(same("1", "1.0"));
  CHECK(same("0", "-0.0"));
  CHECK(same("100", "1e2"));
  CHECK_FALSE(same("1", "1.5"));
  CHECK_FALSE(same("9007199254740993", "9007199254740992"));
  CHECK_FALSE(same("1", "\"1\""));
  CHECK_FALSE(same("0", "false"));
}

TEST_CASE("equal: lists in order, objects in any") {
  CHECK(same(R"([1,[2,{"a":null}]])", R"([1,[2,{"a":null}]])"));
  CHECK_FALSE(same("[1,2]", "[2,1]"));
  CHECK_FALSE(same("[1]", "[1,1]"));
  CHECK(same(R"({"a":1,"b":[2]})", R"({"b":[2],"a":1})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"a":1,"b":1})"));
  CHECK_FALSE(same(R"({"a":1})", R"({"b":1})"));
  CHECK_FALSE(same("{}", "[]"));
  CHECK_FALSE(same("null", "false"));
}

}  // namespace guardian::json
