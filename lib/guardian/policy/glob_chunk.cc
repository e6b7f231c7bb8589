#include "guardian/policy/glob_chunk.h"

#include <algorithm>
#include <cstdint>

#include "guardian/base/check.h"
#include "guardian/policy/text_search.h"

namespace guardian::policy {

namespace {

// A byte that no valid UTF-8 has.
constexpr char kAny = '\xFF';

constexpr std::size_t kWordBits = 64;
constexpr std::size_t kMaxWords = kMaxPatternBytes / kWordBits;

// Below this product of sizes trying at every place is quicker than setting up the search.
constexpr std::size_t kMaxNaiveSteps = 4096;

bool continues(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::size_t next_code_point(std::string_view text, std::size_t at) noexcept {
  do {
    ++at;
  } while (at < text.size() && continues(text[at]));
  return at;
}

// All places of the chunk that the text read so far may stand at, one bit each: a step is a shift over the whole set
// (Shift-And of Baeza-Yates and Gonnet, with a `?` that stays where it is while its code point goes on).
class ParallelSearch {
 public:
  explicit ParallelSearch(std::string_view chunk) noexcept : words_((chunk.size() + kWordBits - 1) / kWordBits) {
    for (auto& row : rows_) std::fill_n(row.begin(), words_, 0);
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      auto& row = chunk[i] == kAny ? any_ : rows_[static_cast<unsigned char>(chunk[i])];
      row[i / kWordBits] |= std::uint64_t{1} << i % kWordBits;
    }
    last_ = std::uint64_t{1} << (chunk.size() - 1) % kWordBits;
  }

  [[nodiscard]] std::optional<std::size_t> find(std::string_view text, std::size_t from) noexcept {
    for (std::size_t i = from; i < text.size(); ++i) {
      step(text[i]);
      if ((state_[words_ - 1] & last_) == 0) continue;
      const bool ends_in_any = (any_[words_ - 1] & last_) != 0;
      return ends_in_any ? next_code_point(text, i) : i + 1;
    }
    return std::nullopt;
  }

 private:
  using Row = std::array<std::uint64_t, kMaxWords>;

  void step(char byte) noexcept {
    const Row& row = rows_[static_cast<unsigned char>(byte)];
    const std::uint64_t begins = continues(byte) ? 0 : ~std::uint64_t{0};
    std::uint64_t carry = 1;  // a match may begin everywhere
    for (std::size_t w = 0; w < words_; ++w) {
      const std::uint64_t moved = (state_[w] << 1) | carry;
      carry = state_[w] >> (kWordBits - 1);
      state_[w] = (moved & (row[w] | (any_[w] & begins))) | (state_[w] & any_[w] & ~begins);
    }
  }

  std::size_t words_;
  std::uint64_t last_ = 0;
  Row any_{};
  Row state_{};
  std::array<Row, 256> rows_;  // the first words_ of each are set
};

}  // namespace

GlobChunk::GlobChunk(std::string_view& pattern) noexcept {
  GUARDIAN_ASSERT(pattern.size() <= kMaxPatternBytes);
  bool plain = true;
  std::size_t end = 0;
  while (end < pattern.size() && pattern[end] != '*') {
    plain = plain && pattern[end] != '?' && pattern[end] != '\\';
    end += pattern[end] == '\\' ? 2 : 1;
  }
  const std::string_view written = pattern.substr(0, end);
  pattern.remove_prefix(written.size());
  if (plain) {
    bytes_ = written;
  } else {
    unescape(written);
  }
}

void GlobChunk::unescape(std::string_view written) noexcept {
  std::size_t size = 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] == '?') {
      has_any_ = true;
      buffer_[size++] = kAny;
      continue;
    }
    if (written[i] == '\\') ++i;
    buffer_[size++] = written[i];
  }
  bytes_ = {buffer_.data(), size};
}

std::optional<std::size_t> GlobChunk::match_at(std::string_view text, std::size_t at) const noexcept {
  if (!has_any_) {
    return text.substr(at).starts_with(bytes_) ? std::optional(at + bytes_.size()) : std::nullopt;
  }
  for (const char wanted : bytes_) {
    if (at == text.size()) return std::nullopt;
    if (wanted == kAny) {
      at = next_code_point(text, at);
    } else if (text[at++] != wanted) {
      return std::nullopt;
    }
  }
  return at;
}

std::optional<std::size_t> GlobChunk::find(std::string_view text, std::size_t from) const noexcept {
  if (!has_any_) {
    const std::size_t found = find_text(text, bytes_, from);
    return found == std::string_view::npos ? std::nullopt : std::optional(found + bytes_.size());
  }
  if ((text.size() - from) * bytes_.size() > kMaxNaiveSteps) return ParallelSearch(bytes_).find(text, from);
  for (std::size_t at = from; at < text.size(); at = next_code_point(text, at)) {
    if (const auto end = match_at(text, at)) return end;
  }
  return std::nullopt;
}

bool GlobChunk::ends(std::string_view text, std::size_t from) const noexcept {
  if (!has_any_) return text.substr(from).ends_with(bytes_);
  std::size_t at = text.size();
  for (std::size_t i = bytes_.size(); i-- > 0;) {
    if (at == from) return false;
    --at;
    if (bytes_[i] == kAny) {
      while (at > from && continues(text[at])) --at;
    } else if (text[at] != bytes_[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace guardian::policy
