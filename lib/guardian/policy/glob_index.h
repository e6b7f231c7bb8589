// Which of many entries (policies of a bundle, rules of a policy) hold a glob that matches a text, without looking at
// the others: a decision must not get slower by policies that cannot concern it. Globs are filed under what they begin
// with, those without wildcards under the whole of it, so that one pass over the text finds the lists to look at. Built
// once, immutable afterwards; any thread; finding allocates nothing and costs (text + what is found), apart from globs
// that begin alike and go on differently.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/policy/program.h"

namespace guardian::policy {

class GlobIndex {
 public:
  class Matches;

  // Of nothing: matches nothing.
  GlobIndex() = default;

 private:
  friend class GlobIndexBuilder;

  // An entry under a head; where the head alone does not prove a match, with the glob that has to.
  struct Filed {
    static constexpr std::uint32_t kNoGlob = UINT32_MAX;
    std::uint32_t entry = 0;
    std::uint32_t glob = kNoGlob;
    friend auto operator<=>(const Filed&, const Filed&) = default;
  };
  // What is filed under one text: the whole text asked about, or its beginning.
  struct Head {
    std::uint64_t hash = 0;
    std::string text;
    bool whole = false;
    std::vector<Filed> filed;  // ascending
  };

  static constexpr std::size_t kMaxHeadBytes = 256;
  [[nodiscard]] const Head* find(std::uint64_t hash, std::string_view text, bool whole) const noexcept;

  std::vector<Head> heads_;
  std::vector<std::uint32_t> slots_;           // open addressing: an index into heads_ plus one, or 0
  std::bitset<kMaxHeadBytes + 1> head_sizes_;  // of heads that are not whole
  std::vector<Glob> globs_;
};

class GlobIndexBuilder {
 public:
  // Entries are numbered as the caller likes and come in any order.
  void add(std::uint32_t entry, const Glob& glob);
  [[nodiscard]] GlobIndex build() &&;

 private:
  using Filed = GlobIndex::Filed;
  struct Row {
    std::string head;
    bool whole = false;
    Filed filed;
    friend auto operator<=>(const Row&, const Row&) = default;
  };
  std::vector<Row> rows_;
  std::vector<Glob> globs_;
};

// The entries that match one text, ascending, each once. Lives on the stack of one look-up and borrows both.
class GlobIndex::Matches {
 public:
  Matches(const GlobIndex& index, std::string_view text) noexcept;
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;

  // The next entry that is at least `from`; nullopt when there is none left.
  [[nodiscard]] std::optional<std::uint32_t> next(std::uint32_t from = 0) noexcept;

 private:
  // What is left of one list. Without initialisers: there is room for many and most look-ups need two or three.
  struct Cursor {
    const Filed* at;
    const Filed* end;
  };

  void add(const Head* head) noexcept;
  // True when one of the globs filed for `entry` proves the match; moves every cursor past it.
  [[nodiscard]] bool take(std::uint32_t entry) noexcept;

  const GlobIndex& index_;
  std::string_view text_;
  std::size_t count_ = 0;
  std::array<Cursor, kMaxHeadBytes + 2> cursors_;  // each size of head once, and the whole text
};

}  // namespace guardian::policy
