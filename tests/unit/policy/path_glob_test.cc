#include "guardian/policy/path_glob.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "pattern_reference.h"

namespace guardian::policy {

namespace {

bool matches(std::string_view pattern, std::string_view value) {
  const auto glob = PathGlob::compile(pattern);
  REQUIRE(glob.ok());
  return glob->matches(value);
}

bool is_refused(std::string_view pattern) { return !PathGlob::compile(pattern).ok(); }

}  // namespace

TEST_CASE("path glob: wildcards stay inside a segment") {
  CHECK(matches("/srv/*.txt", "/srv/a.txt"));
  CHECK_FALSE(matches("/srv/*.txt", "/srv/a/b.txt"));
  CHECK(matches("a?c", "abc"));
  CHECK_FALSE(matches("a?c", "a/c"));
  CHECK_FALSE(matches("a/*", "a"));
}

TEST_CASE("path glob: two stars as a segment match any number of segments") {
  CHECK(matches("/srv/**", "/srv"));
  CHECK(matches("/srv/**", "/srv/a/b"));
  CHECK(matches("/srv/**/x", "/srv/x"));
  CHECK(matches("/srv/**/x", "/srv/x/y/x"));
  CHECK_FALSE(matches("/srv/**/x", "/srv/x/y"));
  CHECK(matches("a/**/b/**/c", "a/1/b/2/b/3/c"));
  CHECK_FALSE(matches("a/**/b/**/c", "a/1/c/2/b"));
  CHECK(matches("a/x**y", "a/xzzy"));
  CHECK_FALSE(matches("a/x**y", "a/x/y"));
}

TEST_CASE("path glob: absolute and relative do not mix, except for a pattern that begins with two stars") {
  CHECK_FALSE(matches("/a", "a"));
  CHECK_FALSE(matches("a", "/a"));
  CHECK(matches("**/a", "/x/a"));
  CHECK(matches("**/a", "x/a"));
  CHECK(matches("**", "/"));
  CHECK(matches("**", ""));
  CHECK_FALSE(matches("/**", "a"));
  CHECK(matches("/**", "/a"));
}

TEST_CASE("path glob: empty segments and single dots count for nothing on either side") {
  CHECK(matches("//a/./b/", "/a//b/."));
  CHECK(matches("a/b", "./a//b/"));
  CHECK_FALSE(matches("a", "/./a"));
}

TEST_CASE("path glob: two dots of the value remove the segment before them") {
  CHECK(matches("/etc/*", "/srv/../etc/passwd"));
  CHECK(matches("/a/d", "/a/b/c/../../d"));
  CHECK(matches("/a", "/../../a"));
  CHECK(matches("a", "x/../a"));
  CHECK_FALSE(matches("/srv/**", "/srv/../etc"));
  CHECK(matches("/a/...", "/a/..."));
}

TEST_CASE("path glob: a relative value that leads above its start climbs") {
  CHECK(climbs_above_start(".."));
  CHECK(climbs_above_start("a/../../b"));
  CHECK(climbs_above_start("./.."));
  CHECK_FALSE(climbs_above_start("a/.."));
  CHECK_FALSE(climbs_above_start("a/b/../../c"));
  CHECK_FALSE(climbs_above_start("/.."));
  CHECK_FALSE(climbs_above_start(""));
  // Removing happens from the front on: what stands later cannot make up for it.
  CHECK(climbs_above_start("../a"));
}

TEST_CASE("path glob: malformed patterns are refused") {
  CHECK(is_refused(".."));
  CHECK(is_refused("a/../b"));
  CHECK(is_refused("a/\\.."));
  CHECK(is_refused("a\\/b"));
  CHECK(is_refused("a\\"));
  CHECK(is_refused(std::string(1025, 'a')));
  CHECK(is_refused("**/**/**/**/**/**/**/**/**"));
  CHECK_FALSE(is_refused("**/**/**/**/**/**/**/**"));
}

TEST_CASE("path glob: escapes make wildcards plain") {
  CHECK(matches("a/\\*\\*", "a/**"));
  CHECK_FALSE(matches("a/\\*\\*", "a/b"));
}

TEST_CASE("path glob: the worst pattern against a long value comes to an end") {
  std::string value;
  for (int i = 0; i < 5000; ++i) value += "a/";
  CHECK_FALSE(matches("**/a/**/a/**/a/**/a/**/a/**/a/**/a/**/a/b", value + "c"));
  std::string detours;
  for (int i = 0; i < 5000; ++i) detours += "a/../";
  CHECK(matches("**/x", detours + "x"));
}

TEST_CASE("path glob: what matches is what the table of all places says") {
  constexpr std::array<std::string_view, 7> kParts{"a", "b", "*", "?", "**", "a*", "ab"};
  constexpr std::array<std::string_view, 3> kSegments{"a", "b", "ab"};
  reference::Dice dice;
  std::size_t matched = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::vector<std::string> pattern;
    std::vector<std::string> value;
    std::string pattern_text;
    std::string value_text;
    const std::size_t long_pattern = round % 10 == 0 ? 130 : 5;  // more places than one machine word has bits
    int any_depth = 0;
    for (std::size_t i = dice.roll(long_pattern); i > 0; --i) {
      std::string_view part = long_pattern > 5 && dice.roll(3) > 0 ? "*" : kParts[dice.roll(kParts.size())];
      if (part == "**" && ++any_depth > 8) part = "a";
      pattern.emplace_back(part);
      pattern_text += "/" + pattern.back();
    }
    for (std::size_t i = dice.roll(long_pattern + 3); i > 0; --i) {
      value.emplace_back(kSegments[dice.roll(kSegments.size())]);
      value_text += "/" + value.back();
    }
    if (pattern_text.empty()) pattern_text = "/";
    if (value_text.empty()) value_text = "/";
    CAPTURE(pattern_text);
    CAPTURE(value_text);
    const bool is_match = matches(pattern_text, value_text);
    matched += is_match ? 1U : 0U;
    REQUIRE(is_match == reference::path_matches(pattern, value));
  }
  CHECK(matched > 300);
}

}  // namespace guardian::policy
