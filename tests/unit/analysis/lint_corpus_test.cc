// The corpus of tests/lint-corpus: each file of mistakes/ says in its first line what must be found and where, and
// nothing else may be; in clean/ nothing may be found.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "guardian/analysis/lint.h"

namespace guardian::analysis {

namespace {

std::string corpus(std::string_view part) {
  const char* const root = std::getenv("GUARDIAN_LINT_CORPUS");
  REQUIRE_MESSAGE(root != nullptr, "GUARDIAN_LINT_CORPUS names the corpus");
  return std::string(root) + "/" + std::string(part);
}

std::vector<std::string> files_of(base::FileSystem& files, const std::string& folder) {
  const auto entries = files.list(folder);
  REQUIRE(entries.ok());
  std::vector<std::string> paths;
  for (const auto& entry : *entries) paths.push_back(folder + "/" + entry.name);
  return paths;
}

// `code@line:column`, sorted.
std::vector<std::string> found_in(base::FileSystem& files, const std::string& path) {
  const auto report = lint(files, {path}, {});
  REQUIRE_MESSAGE(report.ok(), path);
  std::vector<std::string> found;
  for (const Finding& finding : report->findings) {
    found.push_back(std::string(to_string(finding.code)) + "@" + std::to_string(finding.place.line) + ":" +
                    std::to_string(finding.place.column));
    CHECK_MESSAGE(!finding.message.empty(), path);
    CHECK_MESSAGE(!finding.help.empty(), path);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<std::string> wanted_in(base::FileSystem& files, const std::string& path) {
  const auto text = files.read_file(path, 1 << 20);
  REQUIRE(text.ok());
  std::istringstream line(text->substr(1, text->find('\n')));
  std::vector<std::string> wanted;
  for (std::string word; line >> word;) wanted.push_back(word);
  std::ranges::sort(wanted);
  return wanted;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : " ") + word;
  return all;
}

}  // namespace

TEST_CASE("lint: every planted mistake is found at its place, and nothing beside it") {
  base::SystemFileSystem files;
  const auto paths = files_of(files, corpus("mistakes"));
  CHECK(paths.size() >= 60);
  std::set<std::string> codes;
  for (const auto& path : paths) {
    INFO(path);
    const auto wanted = wanted_in(files, path);
    CHECK(joined(found_in(files, path)) == joined(wanted));
    for (const auto& word : wanted) codes.insert(word.substr(0, word.find('@')));
  }
  // What takes a directory or a huge policy has tests of its own.
  const std::set<std::string> apart{"invalid-bundle", "duplicate-name",    "matches-no-agent",
                                    "beyond-ceiling", "unknown-reference", "not-analysed"};
  for (const Code code : all_codes()) {
    const std::string name(to_string(code));
    CHECK_MESSAGE(codes.contains(name) != apart.contains(name), name);
  }
}

TEST_CASE("lint: nothing is found in policies that only look like mistakes") {
  base::SystemFileSystem files;
  const auto paths = files_of(files, corpus("clean"));
  CHECK(paths.size() >= 60);
  for (const auto& path : paths) {
    INFO(path);
    CHECK(joined(found_in(files, path)) == "");
  }
}

}  // namespace guardian::analysis
