#include "guardian/policy/glob_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace guardian::policy {

namespace {

struct Filed {
  std::uint32_t entry;
  std::string pattern;
};

GlobIndex index_of(const std::vector<Filed>& filed) {
  GlobIndexBuilder builder;
  for (const auto& [entry, pattern] : filed) builder.add(entry, Glob::compile(pattern).value());
  return std::move(builder).build();
}

std::vector<std::uint32_t> found(const GlobIndex& index, std::string_view text, std::uint32_t from = 0) {
  GlobIndex::Matches matches(index, text);
  std::vector<std::uint32_t> entries;
  for (auto entry = matches.next(from); entry; entry = matches.next()) entries.push_back(*entry);
  return entries;
}

using Entries = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("glob index: literals, prefixes and other globs are found in ascending order, each entry once") {
  const GlobIndex index = index_of({{7, "read:*"},
                                    {1, "read:mail"},
                                    {3, "*"},
                                    {7, "read:mail"},
                                    {5, "read:*mail"},
                                    {4, "read:m?il"},
                                    {9, "write:*"},
                                    {2, R"(read\:mai\l)"},
                                    {8, R"(read:\*)"}});
  CHECK(found(index, "read:mail") == Entries{1, 2, 3, 4, 5, 7});
  CHECK(found(index, "read:*") == Entries{3, 7, 8});
  CHECK(found(index, "write:") == Entries{3, 9});
  CHECK(found(index, "") == Entries{3});
  CHECK(found(index, "read:mail", 4) == Entries{4, 5, 7});
  CHECK(found(index, "read:mail", 8).empty());
}

TEST_CASE("glob index: nothing filed, nothing found") {
  CHECK(found(GlobIndex(), "").empty());
  CHECK(found(GlobIndex(), "read:x").empty());
}

TEST_CASE("glob index: beginnings and texts of any length") {
  const std::string long_head(600, 'a');
  const GlobIndex index = index_of({{1, long_head + "*"}, {2, long_head}, {3, std::string(256, 'a') + "*"}, {4, "*a"}});
  CHECK(found(index, long_head) == Entries{1, 2, 3, 4});
  CHECK(found(index, long_head + "b") == Entries{1, 3});
  CHECK(found(index, std::string(255, 'a')) == Entries{4});
  CHECK(found(index, std::string(256, 'a')) == Entries{3, 4});
  std::vector<Filed> every_length;
  for (std::uint32_t size = 0; size <= 300; ++size) every_length.push_back({size, std::string(size, 'x') + "*"});
  CHECK(found(index_of(every_length), std::string(400, 'x')).size() == 301);
}

TEST_CASE("glob index: finds what trying every glob finds") {
  std::mt19937 random(20'260'418);  // NOLINT(cert-msc51-cpp): the same cases every time
  const auto pick = [&](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
  const auto text_of = [&](std::string_view alphabet, std::uint32_t longest) {
    std::string text;
    for (std::uint32_t left = pick(longest + 1); left > 0; --left) {
      text += alphabet[pick(static_cast<std::uint32_t>(alphabet.size()))];
    }
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Filed> filed;
    for (std::uint32_t left = 1 + pick(30); left > 0; --left) filed.push_back({pick(12), text_of("ab:*?", 6)});
    const GlobIndex index = index_of(filed);
    for (int i = 0; i < 30; ++i) {
      const std::string text = text_of("ab:", 6);
      Entries wanted;
      for (const auto& [entry, pattern] : filed) {
        if (Glob::compile(pattern).value().matches(text)) wanted.push_back(entry);
      }
      std::ranges::sort(wanted);
      wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
      CAPTURE(text);
      CHECK(found(index, text) == wanted);
    }
  }
}

}  // namespace guardian::policy
