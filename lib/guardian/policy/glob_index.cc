#include "guardian/policy/glob_index.h"

#include <algorithm>
#include <bit>

#include "guardian/policy/glob.h"

namespace guardian::policy {

namespace {

// FNV-1a, because it grows byte by byte: one pass over a text gives the hashes of all that it begins with.
constexpr std::uint64_t kHashStart = 0xCBF29CE484222325U;
constexpr std::uint64_t add_to_hash(std::uint64_t hash, char c) noexcept {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
}

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = kHashStart;
  for (const char c : text) hash = add_to_hash(hash, c);
  return hash;
}

// The upper bits of FNV are the better mixed ones.
std::size_t slot_of(std::uint64_t hash, bool whole, std::size_t slots) noexcept {
  const std::uint64_t mixed = (hash + (whole ? 0x9E3779B97F4A7C15U : 0U)) * 0xFF51AFD7ED558CCDU;
  return static_cast<std::size_t>(mixed >> 32U) & (slots - 1);
}

}  // namespace

void GlobIndexBuilder::add(std::uint32_t entry, const Glob& glob) {
  if (glob.is_literal()) {
    rows_.push_back({glob.literal(), true, {entry, Filed::kNoGlob}});
    return;
  }
  std::string head = literal_head_of_glob(glob.pattern());
  const bool proves = glob.is_prefix() && head.size() <= GlobIndex::kMaxHeadBytes;
  if (head.size() > GlobIndex::kMaxHeadBytes) head.resize(GlobIndex::kMaxHeadBytes);
  std::uint32_t verifying = Filed::kNoGlob;
  if (!proves) {
    verifying = static_cast<std::uint32_t>(globs_.size());
    globs_.push_back(glob);
  }
  rows_.push_back({std::move(head), false, {entry, verifying}});
}

GlobIndex GlobIndexBuilder::build() && {
  std::ranges::sort(rows_);
  GlobIndex index;
  index.globs_ = std::move(globs_);
  for (Row& row : rows_) {
    auto& heads = index.heads_;
    if (heads.empty() || heads.back().text != row.head || heads.back().whole != row.whole) {
      if (!row.whole) index.head_sizes_.set(row.head.size());
      const std::uint64_t hash = hash_of(row.head);
      heads.push_back({hash, std::move(row.head), row.whole, {}});
    }
    heads.back().filed.push_back(row.filed);
  }
  index.slots_.resize(index.heads_.empty() ? 0 : std::bit_ceil(index.heads_.size() * 2));
  for (std::size_t i = 0; i < index.heads_.size(); ++i) {
    std::size_t slot = slot_of(index.heads_[i].hash, index.heads_[i].whole, index.slots_.size());
    while (index.slots_[slot] != 0) slot = (slot + 1) & (index.slots_.size() - 1);
    index.slots_[slot] = static_cast<std::uint32_t>(i + 1);
  }
  return index;
}

const GlobIndex::Head* GlobIndex::find(std::uint64_t hash, std::string_view text, bool whole) const noexcept {
  std::size_t slot = slot_of(hash, whole, slots_.size());
  while (slots_[slot] != 0) {
    const Head& head = heads_[slots_[slot] - 1];
    if (head.hash == hash && head.whole == whole && head.text == text) return &head;
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return nullptr;
}

GlobIndex::Matches::Matches(const GlobIndex& index, std::string_view text) noexcept : index_(index), text_(text) {
  if (index.heads_.empty()) return;
  std::uint64_t hash = kHashStart;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    if (size <= kMaxHeadBytes && index.head_sizes_.test(size)) add(index.find(hash, text.substr(0, size), false));
    if (size < text.size()) hash = add_to_hash(hash, text[size]);
  }
  add(index.find(hash, text, true));
}

void GlobIndex::Matches::add(const Head* head) noexcept {
  if (head != nullptr) cursors_[count_++] = {head->filed.data(), head->filed.data() + head->filed.size()};
}

std::optional<std::uint32_t> GlobIndex::Matches::next(std::uint32_t from) noexcept {
  while (true) {
    std::optional<std::uint32_t> first;
    for (std::size_t i = 0; i < count_; ++i) {
      Cursor& cursor = cursors_[i];
      if (cursor.at != cursor.end && cursor.at->entry < from) {
        cursor.at = std::ranges::lower_bound(cursor.at, cursor.end, from, {}, &Filed::entry);
      }
      if (cursor.at != cursor.end && (!first || cursor.at->entry < *first)) first = cursor.at->entry;
    }
    if (!first || take(*first)) return first;
    from = *first;
  }
}

bool GlobIndex::Matches::take(std::uint32_t entry) noexcept {
  bool matches = false;
  for (std::size_t i = 0; i < count_; ++i) {
    Cursor& cursor = cursors_[i];
    for (; cursor.at != cursor.end && cursor.at->entry == entry; ++cursor.at) {
      const std::uint32_t glob = cursor.at->glob;
      matches = matches || glob == Filed::kNoGlob || index_.globs_[glob].matches(text_);
    }
  }
  return matches;
}

}  // namespace guardian::policy
