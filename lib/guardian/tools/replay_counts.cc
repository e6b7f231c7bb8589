#include "guardian/tools/replay_counts.h"

#include <algorithm>
#include <iterator>

namespace guardian::tools {

namespace {

using limits::Interval;

constexpr std::int64_t kClockMargin = 5'000;  // microseconds: two readings, and what a time in milliseconds leaves off

// What is kept is half an interval longer than the limit's own, so cells are wider by as much: a window has room for
// 132 of them.
constexpr Interval kept(const Interval& interval) noexcept {
  const std::int64_t length = interval.length + interval.length / 2;
  return {length, length / 120};
}

// policy.md allows one percent, the cells here are a little wider than that, and the clocks of trail and store part.
constexpr std::int64_t margin(const Interval& interval, std::chrono::microseconds latency) noexcept {
  const std::int64_t late = std::clamp<std::int64_t>(latency.count(), 0, interval.length / 4);
  return interval.length / 50 + kept(interval).cell + kClockMargin + late;
}

// Names may hold any character, so their sizes part them.
std::string key_of(const limits::Counter& counter) {
  std::string key = std::to_string(counter.policy.size()) + " " + std::to_string(counter.rule.size()) + " ";
  return key.append(counter.policy).append(counter.rule).append(counter.agent);
}

std::int64_t micros(base::TimePoint time) noexcept { return time.time_since_epoch().count(); }

}  // namespace

std::chrono::microseconds ReplayCounts::longest_interval(const limits::Charge& charge) noexcept {
  std::int64_t longest = 0;
  for (const limits::Counter& counter : charge.used()) {
    const auto maxima = limits::in_order(counter.maxima);
    for (std::size_t i = 0; i < limits::kIntervalCount; ++i) {
      if (maxima[i] != 0) longest = std::max(longest, limits::kIntervals[i].length);
    }
  }
  return std::chrono::microseconds(longest);
}

ReplayCounts::Judged ReplayCounts::judge(const limits::Charge& charge, base::TimePoint at,
                                         std::chrono::microseconds latency) {
  bool may_refuse = false;
  for (const limits::Counter& counter : charge.used()) {
    const auto found = counts_.find(key_of(counter));
    if (found == counts_.end()) continue;
    const auto maxima = limits::in_order(counter.maxima);
    for (std::size_t i = 0; i < limits::kIntervalCount; ++i) {
      if (maxima[i] == 0) continue;
      const Interval& interval = limits::kIntervals[i];
      const std::int64_t since = micros(at) - interval.length;
      const std::int64_t either_way = margin(interval, latency);
      const limits::Window& window = found->second[i];
      if (window.total_since(since + either_way) >= maxima[i]) return Judged::Refuses;
      may_refuse = may_refuse || window.total_since(since - either_way) >= maxima[i];
    }
  }
  return may_refuse ? Judged::Either : Judged::Admits;
}

bool ReplayCounts::count(const limits::Charge& charge, base::TimePoint at) {
  const std::int64_t now = micros(at);
  for (const limits::Counter& counter : charge.used()) {
    std::string key = key_of(counter);
    if (counts_.size() >= max_counts_ && !counts_.contains(key)) {
      let_go(now);
      if (counts_.size() >= max_counts_) return false;
    }
    Windows& windows = counts_[std::move(key)];
    const auto maxima = limits::in_order(counter.maxima);
    for (std::size_t i = 0; i < limits::kIntervalCount; ++i) {
      if (maxima[i] == 0) continue;
      const Interval interval = kept(limits::kIntervals[i]);
      windows[i].expire(now, interval);
      if (const std::size_t room = windows[i].wants_capacity(now, interval); room != 0) windows[i].set_capacity(room);
      windows[i].add(now, interval);
    }
  }
  return true;
}

void ReplayCounts::let_go(std::int64_t now) {
  for (auto entry = counts_.begin(); entry != counts_.end();) {
    bool empty = true;
    for (std::size_t i = 0; i < limits::kIntervalCount; ++i) {
      entry->second[i].expire(now, kept(limits::kIntervals[i]));
      empty = empty && entry->second[i].empty();
    }
    entry = empty ? counts_.erase(entry) : std::next(entry);
  }
}

}  // namespace guardian::tools
