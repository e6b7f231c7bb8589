#include "guardian/bundle/time_floor.h"

#include <algorithm>
#include <chrono>

namespace guardian::bundle {

std::int64_t TimeFloor::monotonic_micros() const noexcept {
  return std::chrono::floor<std::chrono::microseconds>(clock_.monotonic()).count();
}

void TimeFloor::raise(base::Instant timestamp) noexcept {
  const std::int64_t wanted = base::to_time_point(timestamp).time_since_epoch().count() - monotonic_micros();
  std::int64_t seen = offset_micros_.load(std::memory_order_relaxed);
  while (seen < wanted && !offset_micros_.compare_exchange_weak(seen, wanted, std::memory_order_relaxed)) {
  }
}

std::optional<base::TimePoint> TimeFloor::value() const noexcept {
  const std::int64_t offset = offset_micros_.load(std::memory_order_relaxed);
  if (offset == kNone) return std::nullopt;
  return base::TimePoint(std::chrono::microseconds(offset + monotonic_micros()));
}

base::TimePoint TimeFloor::now() const noexcept {
  const base::TimePoint clock = clock_.now();
  return std::max(clock, value().value_or(clock));
}

std::optional<std::chrono::seconds> TimeFloor::clock_behind() const noexcept {
  const base::TimePoint clock = clock_.now();
  const auto floor = value();
  if (!floor || *floor <= clock + kTolerance) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*floor - clock);
}

}  // namespace guardian::bundle
