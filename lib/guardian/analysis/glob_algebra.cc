#include "guardian/analysis/glob_algebra.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace guardian::analysis {

namespace {

// A character that no pattern holds: what stands for all that only wildcards can match.
constexpr char32_t kFresh = 0x110002;

using Codes = std::span<const char32_t>;

// The code point at text[at] of valid UTF-8; `at` moves behind it.
char32_t take_code_point(std::string_view text, std::size_t& at) noexcept {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = lead & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more && at < text.size(); ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return code;
}

void append_utf8(std::string& out, char32_t code) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_wildcard(char32_t code) noexcept { return code == kAnyOne || code == kAnyRun; }

// Neither is a star.
bool meet(char32_t a, char32_t b) noexcept { return a == b || a == kAnyOne || b == kAnyOne; }

// True when the literal beginnings already exclude each other.
bool heads_differ(const GlobCodes& a, const GlobCodes& b) noexcept {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (is_wildcard(a[i]) || is_wildcard(b[i])) return false;
    if (a[i] != b[i]) return true;
  }
  return false;
}

// For every pair of suffixes: does some text match both?
class SuffixTable {
 public:
  SuffixTable(const GlobCodes& a, const GlobCodes& b) : a_(a), b_(b), meets_((a.size() + 1) * (b.size() + 1)) {
    for (std::size_t i = a.size() + 1; i-- > 0;) {
      for (std::size_t j = b.size() + 1; j-- > 0;) meets_[index(i, j)] = decide(i, j);
    }
  }
  [[nodiscard]] bool at(std::size_t i, std::size_t j) const { return meets_[index(i, j)]; }

 private:
  [[nodiscard]] std::size_t index(std::size_t i, std::size_t j) const noexcept { return i * (b_.size() + 1) + j; }

  [[nodiscard]] bool decide(std::size_t i, std::size_t j) const {
    const bool more_a = i < a_.size();
    const bool more_b = j < b_.size();
    if (!more_a && !more_b) return true;
    if ((more_a && a_[i] == kAnyRun) || (more_b && b_[j] == kAnyRun)) {
      return (more_a && at(i + 1, j)) || (more_b && at(i, j + 1));
    }
    return more_a && more_b && meet(a_[i], b_[j]) && at(i + 1, j + 1);
  }

  const GlobCodes& a_;
  const GlobCodes& b_;
  std::vector<bool> meets_;
};

// `block` holds no star; `word` holds fresh characters and literals and is at least as long.
bool matches_at(Codes block, Codes word) noexcept {
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (block[i] != kAnyOne && block[i] != word[i]) return false;
  }
  return true;
}

// Whether the blocks of `outer` (what stands between its stars; the first is held to the beginning) can always be found
// in that order in the texts of `inner`, whatever its stars stand for. The text is put together from left to right and
// the blocks are placed as early as they fit. A star of `inner` is given the worst of its texts for what follows: none
// at all where the next block has begun to fit and only its trailing `?` hang over (they would swallow what comes),
// else a long run of characters that no literal matches. Anything between is no worse, because of the trailing `?`
// alone some hang over less.
class BlockPlacement {
 public:
  explicit BlockPlacement(std::vector<Codes> blocks) : blocks_(std::move(blocks)) {}

  [[nodiscard]] bool always_fits(Codes inner) {
    for (const char32_t code : inner) {
      if (code != kAnyRun) {
        word_.push_back(code == kAnyOne ? kFresh : code);
        continue;
      }
      place();
      if (next_ == blocks_.size()) return true;
      if (hangs_over()) continue;
      if (next_ == 0) return false;
      from_ = word_.size();
    }
    place();
    return next_ == blocks_.size();
  }

 private:
  [[nodiscard]] Codes rest(std::size_t from) const { return Codes(word_).subspan(from); }

  void place() {
    while (next_ < blocks_.size()) {
      const Codes block = blocks_[next_];
      while (from_ + block.size() <= word_.size() && !matches_at(block, rest(from_))) {
        if (next_ == 0) return;
        ++from_;
      }
      if (from_ + block.size() > word_.size()) return;
      from_ += block.size();
      ++next_;
    }
  }

  // Only starts that place() has not ruled out: from_ and later.
  [[nodiscard]] bool hangs_over() const {
    Codes literal = blocks_[next_];
    while (!literal.empty() && literal.back() == kAnyOne) literal = literal.first(literal.size() - 1);
    for (std::size_t start = from_; start + literal.size() <= word_.size(); ++start) {
      if (matches_at(literal, rest(start)) && start + blocks_[next_].size() > word_.size()) return true;
      if (next_ == 0) return false;
    }
    return false;
  }

  std::vector<Codes> blocks_;
  std::vector<char32_t> word_;
  std::size_t next_ = 0;
  std::size_t from_ = 0;
};

std::vector<Codes> split_at_stars(Codes pattern) {
  std::vector<Codes> blocks;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= pattern.size(); ++i) {
    if (i < pattern.size() && pattern[i] != kAnyRun) continue;
    blocks.push_back(pattern.subspan(start, i - start));
    start = i + 1;
  }
  return blocks;
}

// Every character that `inner` can stand for there is one that `outer` matches.
bool covers(char32_t outer, char32_t inner) noexcept {
  return inner != kAnyRun && (outer == kAnyOne || outer == inner);
}

}  // namespace

GlobCodes read_glob(std::string_view pattern) {
  GlobCodes codes;
  bool star = false;
  const auto end_run = [&] {
    if (star) codes.push_back(kAnyRun);
    star = false;
  };
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '*') {
      star = true;
      ++at;
    } else if (pattern[at] == '?') {
      codes.push_back(kAnyOne);
      ++at;
    } else {
      end_run();
      if (pattern[at] == '\\') ++at;
      codes.push_back(take_code_point(pattern, at));
    }
  }
  end_run();
  return codes;
}

std::string escape_glob(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

bool overlap(const GlobCodes& a, const GlobCodes& b) { return !heads_differ(a, b) && SuffixTable(a, b).at(0, 0); }

std::size_t comparison_cost(const GlobCodes& a, const GlobCodes& b) noexcept {
  constexpr std::size_t kOverhead = 10;
  std::size_t alike = 0;
  const std::size_t shorter = std::min(a.size(), b.size());
  while (alike < shorter && a[alike] == b[alike] && !is_wildcard(a[alike])) ++alike;
  const bool heads = alike < shorter && !is_wildcard(a[alike]) && !is_wildcard(b[alike]);
  return kOverhead + (heads ? alike : kOverhead * kOverhead + a.size() * b.size());
}

bool globs_overlap(std::string_view a, std::string_view b) { return overlap(read_glob(a), read_glob(b)); }

std::optional<std::string> common_text(std::string_view a, std::string_view b) {
  const GlobCodes first = read_glob(a);
  const GlobCodes second = read_glob(b);
  const SuffixTable table(first, second);
  if (!table.at(0, 0)) return std::nullopt;
  std::string text;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto add = [&](char32_t code) { append_utf8(text, code == kAnyOne ? U'x' : code); };
  while (i < first.size() || j < second.size()) {
    const bool star_a = i < first.size() && first[i] == kAnyRun;
    const bool star_b = j < second.size() && second[j] == kAnyRun;
    if (star_a && table.at(i + 1, j)) {
      ++i;
    } else if (star_b && table.at(i, j + 1)) {
      ++j;
    } else if (star_a) {
      add(second[j++]);
    } else if (star_b) {
      add(first[i++]);
    } else {
      add(first[i] == kAnyOne ? second[j] : first[i]);
      ++i;
      ++j;
    }
  }
  return text;
}

bool contains(const GlobCodes& outer, const GlobCodes& inner) {
  if (heads_differ(outer, inner)) return false;
  std::vector<Codes> blocks = split_at_stars(outer);
  if (blocks.size() == 1) return std::ranges::equal(outer, inner, covers);
  // What follows the last star of `outer` is held to the end, and there `inner` must be as definite.
  const Codes tail = blocks.back();
  blocks.pop_back();
  if (inner.size() < tail.size()) return false;
  const Codes body = Codes(inner).first(inner.size() - tail.size());
  if (!std::ranges::equal(tail, Codes(inner).last(tail.size()), covers)) return false;
  return BlockPlacement(std::move(blocks)).always_fits(body);
}

bool glob_contains(std::string_view outer, std::string_view inner) {
  return contains(read_glob(outer), read_glob(inner));
}

}  // namespace guardian::analysis
