#include "guardian/limits/window.h"

#include <algorithm>

#include "guardian/base/check.h"

namespace guardian::limits {

namespace {

constexpr unsigned kCountBits = 20;
constexpr std::uint64_t kMomentMask = (std::uint64_t{1} << 44U) - 1;
constexpr std::size_t kFirstCapacity = 2;

std::uint64_t pack(const Window::Entry& entry) noexcept {
  return ((static_cast<std::uint64_t>(entry.newest) & kMomentMask) << kCountBits) | entry.count;
}

}  // namespace

Window::Entry Window::entry(std::size_t index) const noexcept {
  const std::uint64_t packed = entries_[slot(index)];
  const std::uint64_t age = (static_cast<std::uint64_t>(newest_) - (packed >> kCountBits)) & kMomentMask;
  return {newest_ - static_cast<std::int64_t>(age), static_cast<std::uint32_t>(packed & kMaxCount)};
}

void Window::put(std::size_t index, const Entry& entry) noexcept { entries_[slot(index)] = pack(entry); }

void Window::push(const Entry& entry) noexcept {
  GUARDIAN_ASSERT(size_ < capacity_);
  newest_ = entry.newest;
  put(size_, entry);
  ++size_;
  total_ += entry.count;
}

void Window::expire(std::int64_t now, const Interval& interval) noexcept {
  while (size_ > 0) {
    const Entry oldest = entry(0);
    if (oldest.newest + interval.length > now) return;
    total_ -= oldest.count;
    head_ = static_cast<std::uint16_t>(slot(1));
    --size_;
    unsaved_ = std::min(unsaved_, size_);
  }
}

std::uint32_t Window::total_since(std::int64_t since) const noexcept {
  std::uint32_t total = 0;
  for (std::size_t i = size_; i-- > 0 && entry(i).newest > since;) total += entry(i).count;
  return total;
}

std::int64_t Window::wait(std::int64_t now, const Interval& interval, std::uint32_t max) const noexcept {
  if (total_ < max) return 0;
  std::uint32_t left = total_;
  std::size_t index = 0;
  while (true) {
    const Entry leaves = entry(index);
    left -= leaves.count;
    if (left < max) return leaves.newest + interval.length - now;
    ++index;
  }
}

bool Window::joins_newest(std::int64_t time, const Interval& interval) const noexcept {
  return size_ > 0 && time / interval.cell == newest_ / interval.cell;
}

std::size_t Window::wants_capacity(std::int64_t now, const Interval& interval) const noexcept {
  if (size_ < capacity_ || joins_newest(std::max(now, newest_), interval)) return 0;
  return std::min(std::max<std::size_t>(kFirstCapacity, std::size_t{2} * capacity_), kMaxEntries);
}

void Window::set_capacity(std::size_t capacity) {
  GUARDIAN_ASSERT(capacity >= size_ && capacity <= kMaxEntries);
  std::unique_ptr<std::uint64_t[]> moved;
  if (capacity > 0) {
    moved = std::make_unique<std::uint64_t[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i) moved[i] = entries_[slot(i)];
  }
  entries_ = std::move(moved);
  head_ = 0;
  capacity_ = static_cast<std::uint16_t>(capacity);
}

void Window::add(std::int64_t now, const Interval& interval) noexcept {
  // A thread that read the clock before another and came after it counts as of the other's time.
  const std::int64_t time = size_ > 0 ? std::max(now, newest_) : now;
  if (!joins_newest(time, interval)) {
    push({time, 1});
    ++unsaved_;
    return;
  }
  Entry last = entry(size_ - 1U);
  last.newest = time;
  if (last.count < kMaxCount) {
    ++last.count;
    ++total_;
  }
  newest_ = time;
  put(size_ - 1U, last);
  unsaved_ = std::max<std::uint16_t>(unsaved_, 1);
}

void Window::restore(const Entry& saved, const Interval& interval) {
  if (size_ == 0 || saved.newest / interval.cell > newest_ / interval.cell) {
    expire(saved.newest, interval);
    if (const std::size_t capacity = wants_capacity(saved.newest, interval); capacity > 0) set_capacity(capacity);
    push(saved);
    return;
  }
  for (std::size_t i = size_; i-- > 0;) {
    Entry known = entry(i);
    if (known.newest / interval.cell != saved.newest / interval.cell) continue;
    total_ = total_ - known.count + saved.count;
    if (i + 1U == size_) newest_ = std::max(newest_, saved.newest);
    put(i, {std::max(known.newest, saved.newest), saved.count});
    return;
  }
}

void Window::pull_back_to(std::int64_t now, const Interval& interval) noexcept {
  if (size_ == 0 || newest_ <= now) return;
  std::uint32_t ahead = 0;
  while (size_ > 0 && entry(size_ - 1U).newest > now) {
    ahead = std::min(ahead + entry(size_ - 1U).count, kMaxCount);
    total_ -= entry(size_ - 1U).count;
    --size_;
  }
  // What was saved of the present cell joins it: two entries of one cell would replace each other the next time.
  if (size_ > 0 && entry(size_ - 1U).newest / interval.cell == now / interval.cell) {
    ahead = std::min(ahead + entry(size_ - 1U).count, kMaxCount);
    total_ -= entry(size_ - 1U).count;
    --size_;
  }
  push({now, ahead});
  unsaved_ = 0;
}

}  // namespace guardian::limits
