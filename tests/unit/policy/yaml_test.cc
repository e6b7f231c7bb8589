#include "guardian/policy/yaml.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::policy {

namespace {

// The document as compact JSON.
std::string as_json(std::string_view text) {
  const auto document = parse_yaml(text);
  if (!document.ok()) FAIL(document.error().message());
  return json::write(document->root());
}

base::Error refusal(std::string_view text, const YamlLimits& limits = {}) {
  const auto document = parse_yaml(text, limits);
  if (document.ok()) FAIL("not refused: " << text);
  return document.error();
}

std::string nested(std::size_t lists) { return std::string(lists, '[') + "1" + std::string(lists, ']'); }

}  // namespace

TEST_CASE("yaml: plain scalars resolve as the core schema says") {
  CHECK(as_json("[null, Null, NULL, ~, ]") == "[null,null,null,null]");
  CHECK(as_json("[true, True, TRUE, false, yes, on, No, tRue]") == R"([true,true,true,false,"yes","on","No","tRue"])");
  CHECK(as_json("[0, -7, +7, 012, 0o17, 0x1F, 0b1, 1_000, 12:30]") == R"([0,-7,7,12,15,31,"0b1","1_000","12:30"])");
  CHECK(as_json("[1.5, .5, 5., -1e3, 1E+2, 1e, 1.e1, ., -, 1.2.3]") ==
        R"([1.5,0.5,5,-1000,100,"1e",10,".","-","1.2.3"])");
  CHECK(as_json("[2026-04-18, 1.0.0, 0o8, 0xg, -0x2, '1', \"true\"]") ==
        R"(["2026-04-18","1.0.0","0o8","0xg","-0x2","1","true"])");
}

TEST_CASE("yaml: only integers written as such are integer literals") {
  const auto numbers = parse_yaml("[9007199254740992, 1.0, 1e20]");
  REQUIRE(numbers.ok());
  CHECK(numbers->root().as_list()[0].is_integer_literal());
  CHECK_FALSE(numbers->root().as_list()[1].is_integer_literal());
  CHECK_FALSE(numbers->root().as_list()[2].is_integer_literal());
}

TEST_CASE("yaml: numbers that are not exact or not finite are refused") {
  for (const auto* text : {"9007199254740993", "-9007199254740993", "0x20000000000001", "99999999999999999999", ".inf",
                           "-.INF", "+.Inf", ".nan", "1e400"}) {
    CAPTURE(text);
    CHECK(refusal(text).code() == base::ErrorCode::Malformed);
  }
  CHECK(as_json("1e-400") == "0");
}

TEST_CASE("yaml: tags of the core schema are taken, others refused") {
  CHECK(as_json("[!!str 5, !!int '5', !!float 5, !!bool 'true', !!null '', ! 5]") == R"(["5",5,5,true,null,"5"])");
  CHECK(as_json("!!map {a: !!seq [1]}") == R"({"a":[1]})");
  for (const auto* text : {"!!int x", "!!bool 1", "!!null x", "!!binary aGk=", "!!timestamp 2026-01-01", "!custom x",
                           "!!set {a}", "!!omap [a: 1]", "!!seq {a: 1}", "!!map [1]", "!!str [1]", "!<tag:x,1:y> 1"}) {
    CAPTURE(text);
    CHECK(refusal(text).code() == base::ErrorCode::Malformed);
  }
}

TEST_CASE("yaml: keys are text, once, and never merged") {
  for (const auto* text : {"{a: 1, a: 2}", "{a: 1, 'a': 2}", "{1: a}", "{true: a}", "{null: a}", "{: a}", "{[a]: b}",
                           "? {a: 1}\n: b", "a: &x {b: 1}\nc:\n  <<: *x", "{<<: {a: 1}}"}) {
    CAPTURE(text);
    CHECK(refusal(text).code() == base::ErrorCode::Malformed);
  }
  CHECK(as_json("{'<<': 1, '1': 2, on: 3}") == R"({"<<":1,"1":2,"on":3})");
}

TEST_CASE("yaml: aliases repeat their anchor") {
  CHECK(as_json("a: &x [1, {b: 2}]\nc: *x") == R"({"a":[1,{"b":2}],"c":[1,{"b":2}]})");
  CHECK(as_json("a: &k key\n*k : 1") == R"({"a":"key","key":1})");
  CHECK(as_json("[&x 1, *x, &x 2, *x]") == "[1,1,2,2]");
}

TEST_CASE("yaml: an alias of nothing, or of a node that is still open, is refused") {
  CHECK(refusal("[*x]").code() == base::ErrorCode::Malformed);
  CHECK(refusal("&x [*x]").code() == base::ErrorCode::Malformed);
  CHECK(refusal("[&x 1, &x [*x]]").code() == base::ErrorCode::Malformed);
}

TEST_CASE("yaml: depth is counted with aliases expanded") {
  const YamlLimits limits{.max_depth = 4};
  CHECK(parse_yaml(nested(4), limits).ok());
  CHECK(refusal(nested(5), limits).code() == base::ErrorCode::TooLarge);
  CHECK(parse_yaml("[&x [[1]], [*x]]", limits).ok());
  CHECK(refusal("[&x [[1]], [[*x]]]", limits).code() == base::ErrorCode::TooLarge);
  CHECK(refusal(nested(200'000)).code() == base::ErrorCode::TooLarge);
}

TEST_CASE("yaml: nodes are counted with aliases expanded") {
  const YamlLimits limits{.max_nodes = 10};
  CHECK(parse_yaml("[1, 2, 3, 4, 5, 6, 7, 8, 9]", limits).ok());
  CHECK(refusal("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", limits).code() == base::ErrorCode::TooLarge);
  CHECK(parse_yaml("[&x [1, 2, 3], *x, 1]", limits).ok());
  CHECK(refusal("[&x [1, 2, 3], *x, 1, 2]", limits).code() == base::ErrorCode::TooLarge);
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string above = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + above + "," + above + "," + above + "," +
              above + "," + above + "," + above + "," + above + "," + above + "," + above + "," + above + "]\n";
  }
  CHECK(refusal(laughs).code() == base::ErrorCode::TooLarge);
}

TEST_CASE("yaml: exactly one document in UTF-8") {
  CHECK(as_json("---\na: 1\n...\n") == R"({"a":1})");
  CHECK(as_json("%YAML 1.2\n---\na: 1\n") == R"({"a":1})");
  for (const std::string text : {"", "# nothing\n", "a: 1\n---\nb: 2\n", "a: 1\n...\n--- x\n", "%YAML 1.1\n---\na: 1\n",
                                 "a: \xFF", "a: \xC0\x80", "a: \x01", "a: \"\\uD800\"", "[1, 2", "a: b: c", "\t- a"}) {
    CAPTURE(text);
    CHECK(refusal(text).code() == base::ErrorCode::Malformed);
  }
  CHECK_FALSE(parse_yaml({}).ok());
  CHECK_FALSE(parse_yaml(std::string_view("\xFF\xFE"
                                          "a\0:\0 \0"
                                          "1\0",
                                          10))
                  .ok());
}

TEST_CASE("yaml: a file past the byte limit is refused") {
  CHECK(parse_yaml("abcd", {.max_bytes = 4}).ok());
  CHECK(refusal("abcde", {.max_bytes = 4}).code() == base::ErrorCode::TooLarge);
}

TEST_CASE("yaml: values and keys carry their byte offsets") {
  const std::string text = "\xC3\xA9: \xF0\x9F\x98\x80\nlist: &x\n  - \xC3\xA9\xC3\xA9\n  - b\nagain: *x\n";
  const auto document = parse_yaml(text);
  REQUIRE(document.ok());
  const auto members = document->root().as_object();
  CHECK(members[0].value.offset() == 4);
  CHECK(members[1].key_offset == text.find("list"));
  CHECK(members[1].value.as_list()[1].offset() == text.find("b\n"));
  CHECK(members[2].key_offset == text.find("again"));
  CHECK(members[2].value.offset() == members[1].value.offset());
}

TEST_CASE("yaml: offsets stay right past many characters of several bytes") {
  std::string text = "[";
  for (int i = 0; i < 300; ++i) text += "'\xE2\x82\xAC', ";
  const auto at = text.size();
  text += "last]";
  const auto document = parse_yaml(text);
  REQUIRE(document.ok());
  CHECK(document->root().as_list().back().offset() == at);
}

TEST_CASE("yaml: errors begin with line and column") {
  CHECK(refusal("a: 1\nb: [1, .nan]\n").message().starts_with("line 2 column 8: "));
  CHECK(refusal("a: 1\na: 2\n").message().starts_with("line 2 column 1: "));
  CHECK(refusal("a: 1\n\xC3\xA9: \xFF\n").message().starts_with("line 2 column "));
}

TEST_CASE("yaml: escapes and block texts are read whole") {
  CHECK(as_json(R"(["a\0b", "\u00e9\x41\U0001F600\/", 'it''s'])") ==
        "[\"a\\u0000b\",\"\xC3\xA9"
        "A\xF0\x9F\x98\x80/\",\"it's\"]");
  CHECK(as_json("a: |\n  x\n  y\nb: >-\n  x\n  y\n") == R"({"a":"x\ny\n","b":"x y"})");
}

TEST_CASE(
    "yaml: characters that break a line for one reader and not for another are refused, so that no comment hides a "
    "rule") {
  for (const char* text : {"a: b # note\xE2\x80\xA8"
                           "c: d\n",
                           "a: b # note\xE2\x80\xA9"
                           "c: d\n",
                           "a: b # note\xC2\x85"
                           "c: d\n",
                           "a: b # note\r"
                           "c: d\n",
                           "\xEF\xBB\xBF"
                           "a: b\n"}) {
    CAPTURE(text);
    CHECK(parse_yaml(text).error().code() == base::ErrorCode::Malformed);
  }
  CHECK(parse_yaml("a: b\r\nc: \"x\\Ly\"\r\n").ok());
}

TEST_CASE("yaml: aliases of a long text are counted by what they expand to") {
  std::string text = "a: &d '" + std::string(1000, 'x') + "'\nb: [";
  for (int i = 0; i < 100; ++i) text += "*d, ";
  text += "*d]\n";
  YamlLimits limits;
  limits.max_bytes = 50'000;
  CHECK(parse_yaml(text, limits).error().code() == base::ErrorCode::TooLarge);
  limits.max_bytes = 200'000;
  CHECK(parse_yaml(text, limits).ok());
}

}  // namespace guardian::policy
