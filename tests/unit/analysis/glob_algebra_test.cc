#include "guardian/analysis/glob_algebra.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "guardian/policy/glob.h"

namespace guardian::analysis {

namespace {

// All words over the letters, from the shortest to `length`.
std::vector<std::string> words(std::string_view letters, std::size_t length) {
  std::vector<std::string> all{""};
  for (std::size_t done = 0, size = 0; size < length; ++size) {
    const std::size_t end = all.size();
    for (; done < end; ++done) {
      for (const char letter : letters) all.push_back(all[done] + letter);
    }
  }
  return all;
}

struct Truth {
  bool overlap = false;
  bool contained = true;
};

Truth by_trying(const std::string& outer, const std::string& inner, const std::vector<std::string>& texts) {
  Truth truth;
  for (const std::string& text : texts) {
    if (!policy::glob_matches(inner, text)) continue;
    if (policy::glob_matches(outer, text)) {
      truth.overlap = true;
    } else {
      truth.contained = false;
    }
  }
  return truth;
}

void compare(const std::string& outer, const std::string& inner, const std::vector<std::string>& texts) {
  const Truth truth = by_trying(outer, inner, texts);
  INFO("outer " << outer << " inner " << inner);
  CHECK(globs_overlap(outer, inner) == truth.overlap);
  CHECK(glob_contains(outer, inner) == truth.contained);
  const auto common = common_text(outer, inner);
  CHECK(common.has_value() == truth.overlap);
  if (!common) return;
  CHECK(policy::glob_matches(outer, *common));
  CHECK(policy::glob_matches(inner, *common));
}

}  // namespace

// `c` is in no pattern and stands for all other characters; the texts are long enough to tell these patterns apart.
TEST_CASE("glob algebra: every two patterns of up to four signs agree with trying all short texts") {
  const auto patterns = words("ab?*", 4);
  const auto texts = words("abc", 6);
  std::vector<std::vector<bool>> matched;
  for (const auto& pattern : patterns) {
    auto& row = matched.emplace_back();
    for (const auto& text : texts) row.push_back(policy::glob_matches(pattern, text));
  }
  std::size_t wrong = 0;
  for (std::size_t p = 0; p < patterns.size(); ++p) {
    for (std::size_t q = 0; q < patterns.size(); ++q) {
      Truth truth;
      for (std::size_t t = 0; t < texts.size(); ++t) {
        truth.overlap = truth.overlap || (matched[p][t] && matched[q][t]);
        truth.contained = truth.contained && (matched[p][t] || !matched[q][t]);
      }
      const bool right = globs_overlap(patterns[p], patterns[q]) == truth.overlap &&
                         glob_contains(patterns[p], patterns[q]) == truth.contained;
      if (!right && ++wrong < 10) MESSAGE("outer " << patterns[p] << " inner " << patterns[q]);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("glob algebra: longer random patterns agree with trying all short texts") {
  const auto texts = words("abc", 9);
  std::mt19937 random(20261128);
  std::uniform_int_distribution<std::size_t> size(3, 6);
  std::uniform_int_distribution<std::size_t> letter(0, 7);
  const auto pattern = [&] {
    std::string made;
    for (std::size_t left = size(random); left > 0; --left) made += "aaab??**"[letter(random)];
    return made;
  };
  for (int i = 0; i < 300; ++i) {
    const std::string outer = pattern();
    // Half of the time the one is made from the other, since two random patterns rarely contain each other.
    std::string inner = pattern();
    if (i % 2 == 0) {
      inner = outer;
      inner[letter(random) % inner.size()] = "ab?*"[letter(random) % 4];
    }
    compare(outer, inner, texts);
  }
}

TEST_CASE("glob algebra: a star that must hold more than nothing is understood") {
  CHECK(glob_contains("a?*", "a*b"));
  CHECK(glob_contains("?*", "*?"));
  CHECK(glob_contains("*a??*b", "a*bbb"));
  CHECK_FALSE(glob_contains("a?*", "a*"));
  CHECK_FALSE(glob_contains("*ab*", "a*b"));
  CHECK(glob_contains("read:*", "read:public*"));
  CHECK_FALSE(glob_contains("read:public*", "read:*"));
}

TEST_CASE("glob algebra: escapes are taken, and a question mark is one code point") {
  CHECK_FALSE(globs_overlap("a\\*", "ab"));
  CHECK(globs_overlap("a\\*", "a?"));
  CHECK(glob_contains("a?", "a\\?"));
  CHECK_FALSE(glob_contains("a\\?", "a?"));
  CHECK(glob_contains("gr?n", "gr\xC3\xBCn"));
  CHECK_FALSE(globs_overlap("gr??n", "gr\xC3\xBCn"));
  CHECK(common_text("\xF0\x9F\x94\x91*", "*\xE2\x82\xAC") == "\xF0\x9F\x94\x91\xE2\x82\xAC");
  CHECK(policy::glob_matches(escape_glob("a*b?\\"), "a*b?\\"));
  CHECK_FALSE(policy::glob_matches(escape_glob("a*b"), "axb"));
}

TEST_CASE("glob algebra: the text that both match is a short one") {
  CHECK(common_text("read:*", "*:secret") == "read:secret");
  CHECK(common_text("*", "*") == "");
  CHECK(common_text("write:?", "write:*") == "write:x");
  CHECK_FALSE(common_text("read:*", "write:*").has_value());
}

TEST_CASE("glob algebra: the largest patterns are decided") {
  std::string stars;
  while (stars.size() < policy::kMaxPatternBytes) stars += "a*";
  CHECK(globs_overlap(stars, stars));
  CHECK(glob_contains(stars, stars));
  CHECK_FALSE(glob_contains(stars + "b", stars));
  std::string gaps(policy::kMaxPatternBytes / 2, '?');
  CHECK(glob_contains("*a" + gaps + "*", "*a*" + gaps + "*"));
}

}  // namespace guardian::analysis
