#include "guardian/analysis/path_glob_algebra.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace guardian::analysis {

namespace {

policy::PathGlob path_glob(std::string_view pattern) {
  auto glob = policy::PathGlob::compile(pattern);
  REQUIRE_MESSAGE(glob.ok(), pattern);
  return std::move(glob).value();
}

bool meet(std::string_view a, std::string_view b) { return path_globs_overlap(path_glob(a), path_glob(b)); }
bool holds(std::string_view outer, std::string_view inner) {
  return path_glob_contains(path_glob(outer), path_glob(inner));
}

// All paths of up to `depth` segments from these, relative and absolute.
std::vector<std::string> paths(const std::vector<std::string>& segments, std::size_t depth) {
  std::vector<std::string> relative{""};
  for (std::size_t done = 0, level = 0; level < depth; ++level) {
    const std::size_t end = relative.size();
    for (; done < end; ++done) {
      for (const auto& segment : segments) {
        relative.push_back(relative[done].empty() ? segment : relative[done] + "/" + segment);
      }
    }
  }
  std::vector<std::string> all;
  for (const auto& path : relative) {
    all.push_back(path);
    all.push_back("/" + path);
  }
  return all;
}

}  // namespace

TEST_CASE("path glob algebra: what is said of two patterns agrees with trying short paths") {
  const auto patterns = paths({"a", "*", "**", "a*"}, 3);
  const auto values = paths({"a", "ab", "b"}, 4);
  std::vector<policy::PathGlob> globs;
  for (const auto& pattern : patterns) globs.push_back(path_glob(pattern));
  std::vector<std::vector<bool>> matched;
  for (const auto& glob : globs) {
    auto& row = matched.emplace_back();
    for (const auto& value : values) row.push_back(glob.matches(value));
  }
  std::size_t wrong = 0;
  for (std::size_t p = 0; p < globs.size(); ++p) {
    for (std::size_t q = 0; q < globs.size(); ++q) {
      bool some = false;
      bool all = true;
      for (std::size_t v = 0; v < values.size(); ++v) {
        some = some || (matched[p][v] && matched[q][v]);
        all = all && (matched[p][v] || !matched[q][v]);
      }
      // Overlap is exact for these; containment may be missed, never made up.
      const bool right =
          path_globs_overlap(globs[p], globs[q]) == some && (all || !path_glob_contains(globs[p], globs[q]));
      if (!right && ++wrong < 10) MESSAGE(patterns[p] << " and " << patterns[q]);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("path glob algebra: a directory holds what is below it") {
  CHECK(holds("/srv/**", "/srv/data/*.csv"));
  CHECK(holds("/**", "/srv/**"));
  CHECK(holds("**/.env", "/app/.env"));
  CHECK(holds("**", "src/**"));
  CHECK_FALSE(holds("/srv/*", "/srv/**"));
  CHECK_FALSE(holds("src/**", "/src/**"));
  CHECK_FALSE(holds("/srv/**", "**/data"));
}

TEST_CASE("path glob algebra: other roots do not meet") {
  CHECK_FALSE(meet("/srv/**", "/var/**"));
  CHECK_FALSE(meet("/srv/**", "srv/**"));
  CHECK(meet("**/.env", "/srv/**"));
  CHECK(meet("/srv/*/logs", "/srv/app/**"));
  CHECK_FALSE(meet("/srv/*", "/srv/*/logs"));
}

}  // namespace guardian::analysis
