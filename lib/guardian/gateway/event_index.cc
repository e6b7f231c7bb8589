#include "guardian/gateway/event_index.h"

#include <algorithm>
#include <optional>

#include "guardian/crypto/digest.h"

namespace guardian::gateway {

namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::uint32_t kStretchEvents = 256;
constexpr std::uint64_t kStretchBytes = std::uint64_t{256} << 10;

std::optional<std::uint64_t> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint64_t>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<EventKey> key_of_uuid(std::string_view id) noexcept {
  if (id.size() != kUuidLength) return std::nullopt;
  EventKey key;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (id[i] != '-') return std::nullopt;
      continue;
    }
    const auto digit = hex_digit(id[i]);
    if (!digit) return std::nullopt;
    key.high = key.high << 4 | key.low >> 60;
    key.low = key.low << 4 | *digit;
  }
  key.is_timed = id[14] == '7';
  return key;
}

std::uint64_t read_word(const crypto::Digest& digest, std::size_t at) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word = word << 8 | digest[at + i];
  return word;
}

}  // namespace

EventKey key_of(std::string_view id) {
  if (const auto uuid = key_of_uuid(id)) return *uuid;
  const crypto::Digest digest = crypto::sha256(id);
  return {read_word(digest, 0), read_word(digest, 8), false};
}

void EventIndex::add(const EventKey& key, std::uint64_t begin, std::uint64_t end) {
  if (!key.is_timed) {
    others_.insert(key);
    return;
  }
  const bool is_full = stretches_.empty() || stretches_.back().events == kStretchEvents ||
                       end - stretches_.back().stretch.begin > kStretchBytes;
  if (is_full) {
    stretches_.push_back({{begin, end}, key.high, key.high, 1});
    return;
  }
  Known& newest = stretches_.back();
  newest.stretch.end = end;
  newest.lowest = std::min(newest.lowest, key.high);
  newest.highest = std::max(newest.highest, key.high);
  ++newest.events;
}

base::Result<std::set<EventKey>> EventIndex::find(std::span<const EventKey> keys, const Look& look) const {
  std::set<EventKey> found;
  std::vector<EventKey> timed;
  for (const EventKey& key : keys) {
    if (key.is_timed) {
      timed.push_back(key);
    } else if (others_.contains(key)) {
      found.insert(key);
    }
  }
  std::ranges::sort(timed);
  for (const Known& known : stretches_) {
    const auto first = std::ranges::lower_bound(timed, known.lowest, {}, &EventKey::high);
    if (first == timed.end() || first->high > known.highest) continue;
    GUARDIAN_ASSIGN(const auto there, look(known.stretch));
    for (const EventKey& key : there) {
      if (std::ranges::binary_search(timed, key)) found.insert(key);
    }
  }
  return found;
}

}  // namespace guardian::gateway
