// parse_in_place with an ItemReader takes what parse takes, refuses what it refuses, and makes the same of it.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/writer.h"
#include "read.h"
#include "tests/support/growth.h"

namespace guardian::json {

namespace {

using base::ErrorCode;

// The text read in place with the list `a` left, written again; or the error.
base::Result<std::string> read_in_parts(std::string_view text, const ReadLimits& limits = {}) {
  std::array<LeftList, 1> left{{{"a", {}}}};
  GUARDIAN_ASSIGN(const Document document, parse_in_place(text, limits, left));
  ItemReader reader(text, left[0], limits);
  Document kept;
  std::vector<Value> items;
  for (std::size_t i = 0; i < left[0].items.size(); ++i) {
    GUARDIAN_ASSIGN(const Value item, reader.read(i));
    items.push_back(kept.add_deep(item, text));
  }
  if (items.empty()) return write(document.root());
  std::vector<Member> members(document.root().as_object().begin(), document.root().as_object().end());
  for (Member& member : members) {
    if (member.key == "a") member.value = Value::list(items);
  }
  return write(Value::object(members));
}

constexpr std::array<std::string_view, 17> kGood = {
    R"({})",
    R"({"a":[]})",
    R"({"a" : [ ] , "b":1})",
    R"({"a":[1]})",
    R"({"a":[1 , "x,]}\"[{" , {"b":[1,2,{"c":"\\"}]} ,[[]],null,true]})",
    R"({"b":[1,2],"a":[{"a":[1,2]},{"a":[3]}],"c":{"a":[1,2]}})",
    R"({"a":"no list"})",
    R"({"a":{"a":[1]}})",
    R"({"\u0061":[1,{"b":2}]})",
    R"({"text":"a plain text that is long enough","a":["é😀\u00e9\n"]})",
    R"({"text":"","a":[""]})",
    R"({"text":"with \"escapes\" and é","more":"\u0041"})",
    "{\"a\":[\n1,\n\t2\r\n]\n}\n",
    R"([{"a":[1,2]}])",
    R"("just a text")",
    R"(12)",
    R"({"a":[1e300,-0,18446744073709551615],"n":[0]})",
};

constexpr std::array<std::string_view, 40> kBad = {
    R"({"a":[1,]})",
    R"({"a":[,1]})",
    R"({"a":[,]})",
    R"({"a":[1 2]})",
    R"({"a":[1}})",
    R"({"a":[{]}]})",
    R"({"a":[{]})",
    R"({"a":[)",
    R"({"a":[1)",
    R"({"a":["x)",
    R"({"a":["x\"]})",
    R"({"a":[1]],"b":1})",
    R"({"a":[1],"a":[2]})",
    R"({"a":[1],"a":2})",
    R"({"b":1,"a":[],"b":2})",
    R"({"a":[{"b":1,"b":2}]})",
    R"({"a":[1]}x)",
    R"({"a":[1]} {})",
    R"({"a":[tru]})",
    R"({"a":[01]})",
    R"({"a":[1}]})",
    R"({"a":["\ud800"]})",
    R"({"x":"\udc00"})",
    "{\"a\":[\"\xFF\"]}",
    "{\"x\":\"\xC3(\"}",
    "{\"a\":[\"\t\"]}",
    "{\"x\":\"a\nb\"}",
    R"({"a":[[[[[[[[[[1]]]]]]]]]]})",
    R"({"a":["\q"]})",
    R"({"a" [1]})",
    R"({"a":[1:2]})",
    R"({"a":[{"b":1},{"b":2]})",
    R"({"a":[1e999]})",
    R"({"a":[1,2],})",
    R"({"x":"unended)",
    "\xEF\xBB\xBF{\"a\":[1]}",
    R"({"a":[1]]})",
    R"({"a":[nul],"b":[})",
    R"({a:[1]})",
    R"({"a":['1']})",
};

ReadLimits limits() {
  ReadLimits limits;
  limits.max_depth = 10;
  limits.integers = Integers::Unsigned64;
  return limits;
}

}  // namespace

TEST_CASE("in place: good texts come out as parse reads them") {
  for (const std::string_view text : kGood) {
    CAPTURE(std::string(text));
    const auto in_parts = read_in_parts(text, limits());
    REQUIRE_MESSAGE(in_parts.ok(), in_parts.error().message());
    CHECK(*in_parts == write(read(text, limits()).root()));
  }
}

TEST_CASE("in place: what parse refuses is refused with the same code") {
  for (const std::string_view text : kBad) {
    CAPTURE(std::string(text));
    const auto in_parts = read_in_parts(text, limits());
    REQUIRE_FALSE(in_parts.ok());
    CHECK(in_parts.error().code() == refusal(text, limits()));
  }
}

TEST_CASE("in place: a good text with any one byte changed is judged as parse judges it") {
  constexpr std::string_view kBytes = "\"\\[]{},:x0 \n\x80";
  for (const std::string_view text : kGood) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char byte : kBytes) {
        std::string changed(text);
        changed[at] = byte;
        CAPTURE(changed);
        const auto whole = parse(changed, limits());
        const auto in_parts = read_in_parts(changed, limits());
        REQUIRE(in_parts.ok() == whole.ok());
        if (whole.ok()) CHECK(*in_parts == write(whole->root()));
      }
    }
  }
}

TEST_CASE("in place: an error in an item says where it stands in the whole text") {
  const std::string text = "{\"a\":[{\"b\":1},\n{\"b\":{\"c\":1,\"c\":2}}]}";
  const auto in_parts = read_in_parts(text);
  REQUIRE_FALSE(in_parts.ok());
  CHECK(in_parts.error().message() == refusal_text(text));
}

TEST_CASE("in place: depth counts the levels around an item") {
  ReadLimits tight;
  tight.max_depth = 4;
  CHECK(read_in_parts(R"({"a":[[[]]]})", tight).ok());
  CHECK(read_in_parts(R"({"a":[[[[]]]]})", tight).error().code() == ErrorCode::TooLarge);
}

TEST_CASE("in place: texts without escapes point into the text, offsets are those of the whole") {
  const std::string text = R"({"key":"value", "a":[ {"k":"item"} , "esc\n" ]})";
  std::array<LeftList, 1> left{{{"a", {}}}};
  const auto document = parse_in_place(text, {}, left);
  REQUIRE(document.ok());
  CHECK(document->root().find("key")->as_text().data() == text.data() + text.find("value"));
  CHECK(document->root().find("a")->as_list().empty());
  REQUIRE(left[0].items.size() == 2);
  ItemReader reader(text, left[0], {});
  const auto item = reader.read(0);
  REQUIRE(item.ok());
  CHECK(item->offset() == text.find("{\"k\""));
  CHECK(item->find("k")->offset() == text.find("\"item\""));
  CHECK(item->find("k")->as_text().data() == text.data() + text.find("item"));
  const auto escaped = reader.read(1);
  REQUIRE(escaped.ok());
  CHECK(escaped->as_text() == "esc\n");
}

TEST_CASE("in place: reading by items is linear in their number") {
  std::array<std::string, 2> texts;
  for (std::size_t step = 0; step < 2; ++step) {
    texts[step] = R"({"a":[0)";
    for (std::size_t i = 0; i < (step + 1) * 4'000; ++i) texts[step] += R"(,{"b":"c"})";
    texts[step] += "]}";
  }
  CHECK(support::grows_at_most(3.0, [&](std::size_t step) { CHECK(read_in_parts(texts[step]).ok()); }));
}

}  // namespace guardian::json
