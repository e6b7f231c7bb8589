#include "guardian/json/reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "read.h"

namespace guardian::json {

using base::ErrorCode;

TEST_CASE("parse: every kind of value arrives as it was written") {
  const Document document = read(R"( {"n":null,"t":true,"f":false,"i":-12,"d":2.5e-1,"s":"aé😀","l":[1,[]],"o":{}} )");
  const Value& root = document.root();
  REQUIRE(root.is_object());
  CHECK(root.as_object().size() == 8);
  CHECK(root.find("n")->is_null());
  CHECK(root.find("t")->as_boolean());
  CHECK_FALSE(root.find("f")->as_boolean());
  CHECK(root.find("i")->as_number() == -12);
  CHECK(root.find("i")->is_integer_literal());
  CHECK(root.find("d")->as_number() == 0.25);
  CHECK_FALSE(root.find("d")->is_integer_literal());
  CHECK(root.find("s")->as_text() == "aé😀");
  CHECK(root.find("l")->as_list().size() == 2);
  CHECK(root.find("l")->as_list()[1].as_list().empty());
  CHECK(root.find("o")->as_object().empty());
}

TEST_CASE("parse: a document of one scalar is a document") {
  CHECK(read("\t\r\n 7 ").root().as_number() == 7);
  CHECK(read("\"x\"").root().as_text() == "x");
}

TEST_CASE("parse: every escape is decoded, also to a NUL") {
  CHECK(read(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00")").root().as_text() == "\"\\/\b\f\n\r\tAé😀");
  CHECK(read(R"("a\u0000b")").root().as_text() == std::string_view("a\0b", 3));
}

TEST_CASE("parse: the document does not need the text it was read from") {
  std::string text = R"({"key":["value"]})";
  const Document document = read(text);
  text.assign(text.size(), '#');
  CHECK(document.root().as_object()[0].key == "key");
  CHECK(document.root().find("key")->as_list()[0].as_text() == "value");
}

TEST_CASE("parse: members keep their order") {
  const Document document = read(R"({"b":1,"a":2,"c":3})");
  CHECK(document.root().as_object()[0].key == "b");
  CHECK(document.root().as_object()[2].key == "c");
}

TEST_CASE("parse: values and keys know the byte at which they began") {
  const std::string_view text = R"( {"a" : [ 10 ,"\u0041", {"b":true} ] , "c":null})";
  const Document document = read(text);
  const auto members = document.root().as_object();
  CHECK(document.root().offset() == text.find('{'));
  CHECK(members[0].key_offset == text.find("\"a\""));
  CHECK(members[0].value.offset() == text.find('['));
  const auto items = members[0].value.as_list();
  CHECK(items[0].offset() == text.find("10"));
  CHECK(items[1].offset() == text.find("\"\\u0041"));
  CHECK(items[2].offset() == text.find("{\"b"));
  CHECK(items[2].as_object()[0].value.offset() == text.find("true"));
  CHECK(members[1].key_offset == text.find("\"c\""));
  CHECK(members[1].value.offset() == text.find("null"));
}

TEST_CASE("parse: what is not exactly one JSON value is malformed") {
  for (const std::string_view text :
       {"",          " \n",      "{",       "[",      "[1",    "[1,",      "[1,]", "{\"a\":1,}", "{\"a\"}",
        "{\"a\":}",  "{a:1}",    "{'a':1}", "[1 2]",  "]",     "}",        "{]",   "[}",         "1 2",
        "{}{}",      "{}x",      "nul",     "True",   "NaN",   "Infinity", "-",    "+1",         ".5",
        "1.",        "01",       "1e",      "1e+",    "0x10",  "\"",       "\"a",  "\"\\q\"",    "\"\\u12g4\"",
        "\"\\u12\"", "\"a\nb\"", "\"\t\"",  "[1]//c", "/**/1", ",1"}) {
    CHECK_MESSAGE(refusal(text) == ErrorCode::Malformed, std::string(text));
  }
}

TEST_CASE("parse: bytes after the value other than white space are refused, also after a NUL") {
  CHECK(read("{} \t\r\n").root().is_object());
  CHECK(refusal(std::string_view("{}\0", 3)) == ErrorCode::Malformed);
  CHECK(refusal(std::string_view("{}\0{}", 5)) == ErrorCode::Malformed);
  CHECK(refusal(std::string_view("{\"a\"\0:1}", 8)) == ErrorCode::Malformed);
  CHECK(refusal("{}\v") == ErrorCode::Malformed);
  CHECK(refusal("{}\xC2\xA0") == ErrorCode::Malformed);
}

TEST_CASE("parse: a byte-order mark is refused and named") {
  CHECK(refusal("\xEF\xBB\xBF{}") == ErrorCode::Malformed);
  CHECK(refusal_text("\xEF\xBB\xBF{}").find("byte-order mark") != std::string::npos);
  CHECK(refusal("\xFF\xFE{\x00") == ErrorCode::Malformed);
}

TEST_CASE("parse: invalid UTF-8 in a text or key is refused") {
  for (const std::string_view bytes : {"\xFF", "\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                       "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
    CHECK(refusal("[\"" + std::string(bytes) + "\"]") == ErrorCode::Malformed);
    CHECK(refusal("{\"" + std::string(bytes) + "\":1}") == ErrorCode::Malformed);
  }
  CHECK(read("\"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\"").root().as_text().size() == 10);
}

TEST_CASE("parse: a lone surrogate is refused, in a text and in a key") {
  for (const std::string_view text : {R"("\ud800")", R"("\udc00")", R"("\udfff x")", R"("\ud800\ud800")",
                                      R"("\ud800A")", R"("\ude00\ud83d")", R"({"\udc00":1})"}) {
    CHECK_MESSAGE(refusal(text) == ErrorCode::Malformed, std::string(text));
  }
  CHECK(read(R"("\ud7ff\ue000")").root().as_text() == "\xED\x9F\xBF\xEE\x80\x80");
}

TEST_CASE("parse: a duplicate key is refused at any level and whatever its spelling") {
  CHECK(refusal(R"({"a":1,"a":1})") == ErrorCode::Malformed);
  CHECK(refusal(R"([{"x":{"a":1,"b":2,"a":3}}])") == ErrorCode::Malformed);
  CHECK(refusal(R"({"a":1,"\u0061":2})") == ErrorCode::Malformed);
  CHECK(refusal(R"({"":1,"":2})") == ErrorCode::Malformed);
  CHECK(read(R"({"a":{"a":1},"b":[{"a":1},{"a":2}],"A":1})").root().is_object());
}

TEST_CASE("parse: a duplicate key is found in a large object and placed at the second one") {
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"k" + std::to_string(i) + "\":0,\n";
  CHECK(read(text + "\"last\":0}").root().as_object().size() == 2001);
  CHECK(refusal_text(text + "\"k7\":0}").starts_with("line 2001 column 1: `k7`: "));
}

TEST_CASE("parse: an error names the line, the column and the member") {
  CHECK(refusal_text("{\n  \"context\": {\"amount\": 9007199254740993}}")
            .starts_with("line 2 column 25: `context.amount`: "));
  CHECK(refusal_text("{\"é\": tru}").starts_with("line 1 column 10: `é`: "));
  CHECK(refusal_text(R"({"a":[0,{"b":[1,x]}]})").starts_with("line 1 column 17: `a[1].b[1]`: "));
  CHECK(refusal_text(R"({"a b":{"c":nope}})").find("`[\"a b\"].c`") != std::string::npos);
  CHECK(refusal_text(R"({"a":1)").find("the text ends too early") != std::string::npos);
  CHECK(refusal_text("x").starts_with("line 1 column 1: "));
}

TEST_CASE("parse: an error stays one short line whatever the keys are") {
  const std::string nasty = R"({"\n\u001b[31m)" + std::string(5000, 'k') + R"(":)";
  std::string text;
  for (int i = 0; i < 20; ++i) text += nasty;
  const std::string message = refusal_text(text + "x");
  CHECK(message.size() < 400);
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.find('\x1b') == std::string::npos);
}

TEST_CASE("locate: lines end at line feeds and columns count code points") {
  CHECK(to_string(locate("ab\ncd", 0)) == "line 1 column 1");
  CHECK(to_string(locate("ab\ncd", 4)) == "line 2 column 2");
  CHECK(to_string(locate("é€😀x", 9)) == "line 1 column 4");
  CHECK(to_string(locate("ab", 99)) == "line 1 column 3");
}

}  // namespace guardian::json
