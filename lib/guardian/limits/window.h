// One limit's sliding window: how many allows there were in the interval that ends now. Exact towards the limit, sparse
// towards memory: allows of one cell (1/128 of the interval) are one entry that counts as if all of it were as new as
// its newest allow, so an allow leaves at most 1/128 late and never early (policy.md section 5: within 1 %).
//
// Pure: the time comes in, in microseconds since 1970. Not for two threads at once; the table holds a lock around it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "guardian/limits/charge.h"

namespace guardian::limits {

struct Interval {
  std::int64_t length = 0;  // microseconds
  std::int64_t cell = 0;    // at most length / 128, rounded down
};

// Second, minute, hour, day: the order of all that has one of each.
inline constexpr std::size_t kIntervalCount = 4;
inline constexpr std::array<Interval, kIntervalCount> kIntervals = {{
    {1'000'000, 7'812},
    {60'000'000, 468'750},
    {3'600'000'000, 28'125'000},
    {86'400'000'000, 675'000'000},
}};
[[nodiscard]] constexpr std::array<std::uint32_t, kIntervalCount> in_order(const Maxima& maxima) noexcept {
  return {maxima.per_second, maxima.per_minute, maxima.per_hour, maxima.per_day};
}

class Window {
 public:
  // An interval touches at most 130 cells.
  static constexpr std::size_t kMaxEntries = 132;
  static constexpr std::uint32_t kMaxCount = (1U << 20U) - 1;  // of one entry; more is not counted

  struct Entry {
    std::int64_t newest = 0;
    std::uint32_t count = 0;
  };

  // Lets go of what left the interval. The calls below take what was last expired with the same `now` for granted.
  void expire(std::int64_t now, const Interval& interval) noexcept;
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::uint32_t total() const noexcept { return total_; }
  // Of entries whose newest moment is after `since`.
  [[nodiscard]] std::uint32_t total_since(std::int64_t since) const noexcept;
  // Microseconds until fewer than `max` are in the interval, if nothing comes meanwhile; 0 when there are fewer now.
  [[nodiscard]] std::int64_t wait(std::int64_t now, const Interval& interval, std::uint32_t max) const noexcept;

  // Entries there would have to be room for so that an allow could be added now; 0 when there is room.
  [[nodiscard]] std::size_t wants_capacity(std::int64_t now, const Interval& interval) const noexcept;
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  // Moves the entries to a place for `capacity` of them, not fewer than there are.
  void set_capacity(std::size_t capacity);
  // One more allow. There must be room.
  void add(std::int64_t now, const Interval& interval) noexcept;

  // Oldest first, index below size().
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Entry entry(std::size_t index) const noexcept;

  // How many of the newest entries were changed since saved() was last called.
  [[nodiscard]] std::size_t unsaved() const noexcept { return unsaved_; }
  void saved() noexcept { unsaved_ = 0; }
  // Takes back a saved entry: it replaces the entry of its cell, or comes after all others. One that is older than
  // others and of no known cell is not taken: nothing writes such. May allocate.
  void restore(const Entry& entry, const Interval& interval);
  // What was saved under a clock that was ahead counts as of now.
  void pull_back_to(std::int64_t now, const Interval& interval) noexcept;

 private:
  [[nodiscard]] bool joins_newest(std::int64_t time, const Interval& interval) const noexcept;
  [[nodiscard]] std::size_t slot(std::size_t index) const noexcept { return (head_ + index) % capacity_; }
  void put(std::size_t index, const Entry& entry) noexcept;
  void push(const Entry& entry) noexcept;

  // An entry is 44 bits of its newest moment and 20 of its count; the moment's other bits follow from newest_, from
  // which no entry is further away than an interval.
  std::unique_ptr<std::uint64_t[]> entries_;
  std::int64_t newest_ = 0;
  std::uint32_t total_ = 0;
  std::uint16_t capacity_ = 0;
  std::uint16_t head_ = 0;
  std::uint16_t size_ = 0;
  std::uint16_t unsaved_ = 0;
};

}  // namespace guardian::limits
