#include "guardian/json/writer.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "read.h"

namespace guardian::json {

namespace {

std::string number_text(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

}  // namespace

TEST_CASE("writer: members, items and nesting get their commas and colons") {
  std::string out;
  Writer writer(out);
  writer.begin_object().member("a", "x").key("b").begin_list().integer(-1).boolean(false).null();
  writer.begin_object().end_object().begin_list().end_list().end_list();
  writer.key("c").raw("[1, 2]").key("d").unsigned_integer(std::numeric_limits<std::uint64_t>::max());
  writer.key("e").number(0.5).member("f", Value::boolean(true)).end_object();
  CHECK(out == R"({"a":"x","b":[-1,false,null,{},[]],"c":[1, 2],"d":18446744073709551615,"e":0.5,"f":true})");
}

TEST_CASE("writer: two lines of a log in one string stay apart") {
  std::string out = "prefix ";
  Writer(out).text("a");
  out += '\n';
  Writer(out).integer(1);
  CHECK(out == "prefix \"a\"\n1");
}

TEST_CASE("quoted: quote, backslash and control characters are escaped and nothing else") {
  std::string out;
  append_quoted(out, std::string("\"\\/\b\f\n\r\t\x01\x1f\x7f é😀\0end", 22));
  CHECK(out == "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f é😀\\u0000end\"");
  CHECK(write(read(out).root()) == out);
}

TEST_CASE("number: whole, fraction and exponent forms change where ECMAScript changes them") {
  CHECK(number_text(0) == "0");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(1) == "1");
  CHECK(number_text(-10) == "-10");
  CHECK(number_text(1234567890123456789.0) == "1234567890123456800");
  CHECK(number_text(123456789012345680000.0) == "123456789012345680000");
  CHECK(number_text(1e21) == "1e+21");
  CHECK(number_text(1.5e300) == "1.5e+300");
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(-12.25) == "-12.25");
  CHECK(number_text(0.000001) == "0.000001");
  CHECK(number_text(0.00000125) == "0.00000125");
  CHECK(number_text(0.0000001) == "1e-7");
  CHECK(number_text(1.25e-7) == "1.25e-7");
}

TEST_CASE("write: a document comes back as it was read") {
  const std::string text = R"({"b":[1,2.5,-3,true,null,"é\n"],"a":{"x":{}},"big":9007199254740992})";
  CHECK(write(read(text).root()) == text);
}

TEST_CASE("write: a double that is large and whole can be read again") {
  CHECK(write(read("[1e20,-1.5e17,9007199254740993.0]").root()) == "[1e+20,-1.5e+17,9007199254740992]");
  CHECK(write(read(write(read("[1e20]").root())).root()) == "[1e+20]");
}

TEST_CASE("write: integers of 64 bits stay exact") {
  const ReadLimits limits{.integers = Integers::Unsigned64};
  CHECK(write(read("[18446744073709551615]", limits).root()) == "[18446744073709551615]");
}

TEST_CASE("write_pretty: two spaces a level, empty ones on one line, a final newline") {
  CHECK(write_pretty(read(R"({"a":[],"b":{},"c":[1,{"x":"y"}]})").root()) ==
        "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"x\": \"y\"\n    }\n  ]\n}\n");
  CHECK(write_pretty(Value()) == "null\n");
}

}  // namespace guardian::json
