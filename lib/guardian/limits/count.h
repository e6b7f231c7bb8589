// One count with its names and windows, as the table keeps it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "guardian/limits/window.h"

namespace guardian::limits {

// The three names that a count is kept by; views.
struct Names {
  std::string_view policy;
  std::string_view rule;
  std::string_view agent;
  friend bool operator==(const Names&, const Names&) = default;
};

[[nodiscard]] inline Names names_of(const Counter& counter) noexcept {
  return {counter.policy, counter.rule, counter.agent};
}

// Of all three together. Longer names have no place: the verdict is Full.
inline constexpr std::size_t kMaxNamesBytes = 32'768;

// Guarded by the lock of the table's bucket that it is in, but for `next_changed`.
class Count {
 public:
  Count(const Names& names, std::size_t hash);

  [[nodiscard]] bool is(const Names& names, std::size_t hash) const noexcept {
    return hash_ == hash && this->names() == names;
  }
  [[nodiscard]] Names names() const noexcept;
  [[nodiscard]] std::size_t hash() const noexcept { return hash_; }
  // Of a count with such names and no entries, the allocator's share included.
  [[nodiscard]] static std::size_t bytes_of(const Names& names) noexcept;
  [[nodiscard]] static std::size_t bytes_of_entries(std::size_t capacity) noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;

  // Lets go of what left the intervals; true when nothing is left at all.
  bool expire(std::int64_t now) noexcept;

  std::array<Window, kIntervalCount> windows;
  std::unique_ptr<Count> next;    // in the bucket
  Count* next_changed = nullptr;  // in the list of those to save; written before it is there, read by who took it off
  bool changed = false;           // is in that list, so it must stay

 private:
  std::unique_ptr<char[]> text_;
  std::size_t hash_;
  std::uint16_t policy_size_;
  std::uint16_t rule_size_;
  std::uint16_t agent_size_;
};

}  // namespace guardian::limits
