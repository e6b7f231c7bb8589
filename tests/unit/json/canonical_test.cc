#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/json/writer.h"
#include "read.h"

namespace guardian::json {

TEST_CASE("canonical: the example of RFC 8785 3.2.2") {
  const Document document = read(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  CHECK(canonical(document.root()) ==
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
        "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

TEST_CASE("canonical: keys sort by UTF-16 code units, as in RFC 8785 3.2.3") {
  const Document document = read(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  CHECK(canonical(document.root()) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
        "\"\xC3\xB6\":\"Latin Small Letter O With Diaeresis\",\"\xE2\x82\xAC\":\"Euro Sign\","
        "\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\",\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("canonical: a key sorts after its own prefix, at every level") {
  CHECK(canonical(read(R"({"ab":{"b":[{"z":1,"y":2}],"a":0},"a":1,"":2})").root()) ==
        R"({"":2,"a":1,"ab":{"a":0,"b":[{"y":2,"z":1}]}})");
  CHECK(canonical(read(R"({"\ue000":1,"\ud7ff":2,"\udbff\udfff":3,"\ud800\udc00":4,"\uffff":5})").root()) ==
        "{\"\xED\x9F\xBF\":2,\"\xF0\x90\x80\x80\":4,\"\xF4\x8F\xBF\xBF\":3,\"\xEE\x80\x80\":1,\"\xEF\xBF\xBF\":5}");
}

TEST_CASE("canonical: the same value in two spellings has one form") {
  CHECK(canonical(read(R"({ "b" : 1.0, "a" : [ 1e1 , -0 ] })").root()) ==
        canonical(read(R"({"a":[10,0],"b":1})").root()));
}

TEST_CASE("canonical: the number samples of RFC 8785 appendix B") {
  struct Sample {
    std::uint64_t bits;
    std::string_view text;
  };
  constexpr Sample kSamples[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const Sample& sample : kSamples)
    CHECK(canonical(Value::number(std::bit_cast<double>(sample.bits))) == sample.text);
}

}  // namespace guardian::json
