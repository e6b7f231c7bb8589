#include "guardian/policy/glob.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "guardian/policy/program.h"
#include "pattern_reference.h"

namespace guardian::policy {

namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto glob = Glob::compile(pattern);
  REQUIRE(glob.ok());
  // The shapes that Glob recognises must not change what a pattern means.
  CHECK(glob->matches(text) == glob_matches(pattern, text));
  return glob->matches(text);
}

}  // namespace

TEST_CASE("glob: a pattern without wildcards matches itself only") {
  CHECK(matches("read:email", "read:email"));
  CHECK_FALSE(matches("read:email", "read:emails"));
  CHECK_FALSE(matches("read:email", "Read:email"));
  CHECK(matches("", ""));
  CHECK_FALSE(matches("", "x"));
}

TEST_CASE("glob: a star matches any run and crosses separators") {
  CHECK(matches("read:*", "read:"));
  CHECK(matches("read:*", "read:a/b.c:d"));
  CHECK(matches("a*c*e", "abcde"));
  CHECK(matches("*@example.com", "x@y@example.com"));
  CHECK(matches("**@example.com", "@example.com"));
  CHECK_FALSE(matches("*@example.com", "example.com"));
  CHECK_FALSE(matches("*@example.com", "x@example.com.org"));
  CHECK(matches("*\\*", "a*"));
  CHECK_FALSE(matches("*\\*", "ab"));
  CHECK_FALSE(matches("a*c*e", "abcd"));
  CHECK(matches("a**b", "ab"));
  CHECK(matches("*", ""));
  CHECK(matches("x**", "xyz"));
}

TEST_CASE("glob: a question mark is one code point") {
  CHECK(matches("?", "\xC3\xA9"));
  CHECK_FALSE(matches("??", "\xC3\xA9"));
  CHECK(matches("*?x", "\xC3\xA9x"));
  CHECK_FALSE(matches("?", ""));
  CHECK_FALSE(matches("*??", "\xF0\x9F\x98\x80"));
}

TEST_CASE("glob: a backslash takes the next character as it is") {
  CHECK(matches("a\\*", "a*"));
  CHECK_FALSE(matches("a\\*", "ab"));
  CHECK(matches("a\\\\*", "a\\b"));
  CHECK(matches("\\*\\?*", "*?z"));
  CHECK(matches("a\\**", "a*z"));
  CHECK_FALSE(matches("a\\**", "az"));
  CHECK_FALSE(matches("a?*", "a"));
  CHECK(Glob::compile("a\\").error().code() == base::ErrorCode::PolicyInvalid);
  CHECK(Glob::compile("a\\\\\\").error().code() == base::ErrorCode::PolicyInvalid);
}

TEST_CASE("glob: 1024 bytes are the limit") {
  CHECK(Glob::compile(std::string(1024, 'a')).ok());
  CHECK_FALSE(Glob::compile(std::string(1025, 'a')).ok());
}

TEST_CASE("glob: a literal is told apart from a pattern, escapes taken") {
  CHECK(Glob::compile("a\\*b")->is_literal());
  CHECK(Glob::compile("a\\*b")->literal() == "a*b");
  CHECK_FALSE(Glob::compile("a*b")->is_literal());
  CHECK_FALSE(Glob::compile("ab?")->is_literal());
}

TEST_CASE("glob: many stars against a long text that does not match come to an end") {
  std::string pattern;
  for (int i = 0; i < 300; ++i) pattern += "*a";
  CHECK_FALSE(glob_matches(pattern + "b", std::string(20'000, 'a')));
}

TEST_CASE("glob: what is found is what the table of all places finds") {
  constexpr std::array<std::string_view, 8> kParts{"a", "b", "\xC3\xA9", "*", "?", "?", "\\*", "ab"};
  constexpr std::array<std::string_view, 4> kLetters{"a", "b", "\xC3\xA9", "\xF0\x9F\x98\x80"};
  reference::Dice dice;
  std::size_t matched = 0;
  for (int round = 0; round < 4'000; ++round) {
    // Every fourth round is long enough for question marks to be searched for in parallel.
    const bool is_long = round % 4 == 0;
    std::string pattern;
    std::string text;
    for (std::size_t i = dice.roll(is_long ? 40 : 8); i > 0; --i) pattern += kParts[dice.roll(kParts.size())];
    if (is_long) pattern = "*" + pattern + "*";
    for (std::size_t i = dice.roll(is_long ? 400 : 10); i > 0; --i) text += kLetters[dice.roll(is_long ? 2 : 4)];
    if (is_long && dice.roll(2) == 0) text += "\xC3\xA9";
    const bool matches = glob_matches(pattern, text);
    matched += matches ? 1U : 0U;
    CAPTURE(pattern);
    CAPTURE(text);
    REQUIRE(matches == reference::glob_matches(pattern, text));
  }
  CHECK(matched > 200);
}

TEST_CASE("glob: a chunk longer than one machine word is found wherever it stands") {
  std::string chunk;
  std::string text;
  for (int i = 0; i < 150; ++i) {
    chunk += i % 3 == 0 ? "?" : "a";
    text += i % 3 == 0 ? "\xF0\x9F\x98\x80" : "a";
  }
  for (const std::size_t before : {0U, 1U, 63U, 64U, 65U, 500U}) {
    const std::string filler(before, 'b');
    CHECK(glob_matches("*" + chunk + "*", filler + text + "bb"));
    CHECK(glob_matches("*" + chunk + "*?", filler + text + "b"));
    CHECK(glob_matches("*" + chunk, filler + text));
    CHECK_FALSE(glob_matches("*" + chunk + "c*", filler + text + "bb"));
  }
  // A question mark at the end takes the whole of its code point.
  CHECK(glob_matches("*" + chunk + "?*z", text + "\xC3\xA9z"));
  CHECK_FALSE(glob_matches("*" + chunk + "??z", text + "\xC3\xA9z"));
}

}  // namespace guardian::policy
