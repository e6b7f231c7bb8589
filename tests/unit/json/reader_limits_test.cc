#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "guardian/json/reader.h"
#include "read.h"

namespace guardian::json {

using base::ErrorCode;

namespace {

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

ReadLimits with_integers(Integers integers) {
  ReadLimits limits;
  limits.integers = integers;
  return limits;
}

}  // namespace

TEST_CASE("limits: depth is taken at the limit and refused one over, for lists and objects") {
  CHECK(read(nested(64, '[', ']')).root().is_list());
  CHECK(refusal(nested(65, '[', ']')) == ErrorCode::TooLarge);
  std::string objects;
  for (int i = 0; i < 63; ++i) objects += "{\"a\":";
  CHECK(read(objects + "{}" + std::string(63, '}')).root().is_object());
  CHECK(refusal(objects + "[{}]" + std::string(63, '}')) == ErrorCode::TooLarge);
}

TEST_CASE("limits: a depth of one takes a flat list and a scalar") {
  ReadLimits limits;
  limits.max_depth = 1;
  CHECK(read("[1,2]", limits).root().is_list());
  CHECK(read("1", limits).root().is_number());
  CHECK(refusal("[[]]", limits) == ErrorCode::TooLarge);
}

TEST_CASE("limits: half a million open brackets cost no stack") {
  CHECK(refusal(std::string(500'000, '[')) == ErrorCode::TooLarge);
  ReadLimits limits;
  limits.max_depth = 1'000'000;
  CHECK(refusal(std::string(500'000, '['), limits) == ErrorCode::Malformed);
  CHECK(read(nested(200'000, '[', ']'), limits).root().is_list());
}

TEST_CASE("limits: bytes are taken at the limit and refused one over") {
  ReadLimits limits;
  limits.max_bytes = 10;
  CHECK(read("\"12345678\"", limits).root().is_text());
  CHECK(refusal("\"123456789\"", limits) == ErrorCode::TooLarge);
  CHECK(refusal(std::string((std::size_t{1} << 20) + 1, ' ')) == ErrorCode::TooLarge);
}

TEST_CASE("limits: the number of values is taken at the limit and refused one over") {
  ReadLimits limits;
  limits.max_values = 4;
  CHECK(read("[1,{\"a\":2}]", limits).root().is_list());
  CHECK(refusal("[1,{\"a\":2,\"b\":3}]", limits) == ErrorCode::TooLarge);
}

TEST_CASE("numbers: exact integers end at 2^53 on both sides") {
  CHECK(read("9007199254740992").root().as_unsigned() == 9007199254740992U);
  CHECK(read("-9007199254740992").root().as_number() == -9007199254740992.0);
  CHECK(refusal("9007199254740993") == ErrorCode::Malformed);
  CHECK(refusal("-9007199254740993") == ErrorCode::Malformed);
  CHECK(refusal("100000000000000000000000") == ErrorCode::Malformed);
}

TEST_CASE("numbers: with 64 bits asked for, integers are exact up to 2^64-1 and refused beyond") {
  const ReadLimits limits = with_integers(Integers::Unsigned64);
  const Document largest = read("18446744073709551615", limits);
  CHECK(largest.root().as_unsigned() == 18446744073709551615U);
  CHECK(largest.root().is_beyond_exact());
  CHECK(refusal("18446744073709551616", limits) == ErrorCode::Malformed);
  CHECK(refusal("-18446744073709551616", limits) == ErrorCode::Malformed);
}

TEST_CASE("numbers: canonical integers beyond 64 bits are read where doubles will do") {
  const ReadLimits limits = with_integers(Integers::AsDouble);
  CHECK(read("100000000000000000000", limits).root().as_number() == 1e20);
  CHECK(read("-100000000000000000000", limits).root().as_number() == -1e20);
  CHECK(read("18446744073709551615", limits).root().as_unsigned() == 18446744073709551615U);
  CHECK(refusal("1" + std::string(400, '0'), limits) == ErrorCode::Malformed);
}

TEST_CASE("numbers: a fraction or an exponent makes a double, whatever its size") {
  CHECK_FALSE(read("1.0").root().is_integer_literal());
  CHECK_FALSE(read("1e2").root().is_integer_literal());
  CHECK(read("1E23").root().as_number() == 1e23);
  CHECK(read("9007199254740993.0").root().as_number() == 9007199254740992.0);
  CHECK(read("-0").root().as_number() == 0);
  CHECK(read("5e-324").root().as_number() > 0);
  CHECK(read("0.1").root().as_number() == 0.1);
  CHECK(read("1.7976931348623157e308").root().as_number() == 1.7976931348623157e308);
  CHECK(read("2.2250738585072011e-308").root().as_number() == 2.2250738585072011e-308);
  CHECK(read("-" + std::string(1, '1') + "." + std::string(3000, '3')).root().as_number() < -1.3);
}

TEST_CASE("numbers: what a double cannot hold is refused") {
  CHECK(refusal("1e309") == ErrorCode::Malformed);
  CHECK(refusal("-1e309") == ErrorCode::Malformed);
  CHECK(refusal("1.8e308") == ErrorCode::Malformed);
  CHECK(refusal("1e99999999999999999999") == ErrorCode::Malformed);
  CHECK(refusal("1e-400") == ErrorCode::Malformed);
  CHECK(refusal("1e-99999999999999999999") == ErrorCode::Malformed);
}

}  // namespace guardian::json
