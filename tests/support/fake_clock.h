// A clock that stands still until a test moves it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/base/clock.h"

namespace guardian::test {

// `rfc3339` must be a date-time.
[[nodiscard]] inline base::Instant instant_of(std::string_view rfc3339) {
  const auto instant = base::parse_rfc3339(rfc3339);
  GUARDIAN_ASSERT(instant.has_value());
  return *instant;
}
[[nodiscard]] inline base::TimePoint time_of(std::string_view rfc3339) {
  return base::to_time_point(instant_of(rfc3339));
}

// Any thread.
class FakeClock final : public base::Clock {
 public:
  explicit FakeClock(std::string_view rfc3339 = "2026-04-18T12:00:00Z") { set(rfc3339); }

  // Moves both clocks on, as time does.
  void advance(std::chrono::microseconds duration) {
    wall_micros_ += duration.count();
    monotonic_micros_ += duration.count();
  }
  // Moves the wall clock alone, either way, as an operator does.
  void set(std::string_view rfc3339) { set(time_of(rfc3339)); }
  void set(base::TimePoint time) { wall_micros_ = time.time_since_epoch().count(); }

  [[nodiscard]] base::TimePoint now() const noexcept override {
    return base::TimePoint(std::chrono::microseconds(wall_micros_.load()));
  }
  [[nodiscard]] std::chrono::nanoseconds monotonic() const noexcept override {
    return std::chrono::microseconds(monotonic_micros_.load());
  }

 private:
  std::atomic<std::int64_t> wall_micros_ = 0;
  std::atomic<std::int64_t> monotonic_micros_ = 1'000'000;
};

}  // namespace guardian::test
