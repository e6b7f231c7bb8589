#include "guardian/policy/glob.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/policy/program.h"

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

}  // namespace guardian::policy
