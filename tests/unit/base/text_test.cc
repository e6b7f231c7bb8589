#include "guardian/base/text.h"

#include <doctest/doctest.h>

using namespace guardian::base;

TEST_CASE("utf8: well-formed sequences of every length are accepted") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("plain"));
  CHECK(is_utf8("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
}

TEST_CASE("utf8: overlong forms, surrogates, values past U+10FFFF and cut sequences are refused") {
  for (const char* text : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xC3("}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("parse_unsigned: decimal digits within the maximum and nothing else") {
  CHECK(parse_unsigned("0") == 0U);
  CHECK(parse_unsigned("18446744073709551615") == UINT64_MAX);
  CHECK(parse_unsigned("86400", 86'400) == 86'400U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "18446744073709551616", "86401"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unsigned(text, 86'400).has_value());
  }
}

TEST_CASE("json quoting: quote, backslash and control characters are escaped and the rest is kept") {
  std::string out;
  append_json_quoted(out, std::string_view("a\"b\\c\n\t\x01\x7F\xC3\xA9\0z", 13));
  CHECK(out == "\"a\\\"b\\\\c\\n\\t\\u0001\x7F\xC3\xA9\\u0000z\"");
}

TEST_CASE("printable: control characters and invalid bytes are masked and long text is cut at a code point") {
  CHECK(printable("a\nb\x1B[0m") == "a?b?[0m");
  CHECK(printable("\xFFok") == "?ok");
  CHECK(printable("\xC3\xA9\xC3\xA9\xC3\xA9", 5) == "\xC3\xA9\xC3\xA9...");
}

TEST_CASE("printable: what drives a terminal or turns text around is masked, and its neighbours are not") {
  for (const char* text :
       {"\xC2\x80", "\xC2\x9B", "\xC2\x9F", "\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
        "\xE2\x80\xAA", "\xE2\x80\xAE", "\xE2\x81\xA6", "\xE2\x81\xA9", "\x7F"}) {
    CAPTURE(text);
    CHECK(printable(text) == "?");
  }
  for (const char* text : {"~", "\xC2\xA0", "\xD8\x9B", "\xD8\x9D", "\xE2\x80\x8D", "\xE2\x80\x90", "\xE2\x80\xA7",
                           "\xE2\x80\xAF", "\xE2\x81\xA5", "\xE2\x81\xAA", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    CAPTURE(text);
    CHECK(printable(text) == text);
  }
}

TEST_CASE("case: only ASCII letters are folded") {
  CHECK(to_lower("AbC-\xC3\x89") == "abc-\xC3\x89");
  CHECK(equal_ignoring_case("Content-TYPE", "content-type"));
  CHECK_FALSE(equal_ignoring_case("content", "content-type"));
}

TEST_CASE("trim: white space at both ends goes and inside stays") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("  ").empty());
}
