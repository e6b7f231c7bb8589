// The time that counts are kept in: the wall clock at the start and what the monotonic clock went on since, so that a
// wall clock that is set while the process runs neither forgives nor prolongs anything.
#pragma once

#include <chrono>
#include <cstdint>

#include "guardian/base/clock.h"

namespace guardian::limits {

// Any thread.
class RunningTime {
 public:
  // `clock` must outlive this.
  explicit RunningTime(const base::Clock& clock)
      : clock_(clock), wall_(clock.now().time_since_epoch()), monotonic_(clock.monotonic()) {}

  // Microseconds since 1970; never goes back.
  [[nodiscard]] std::int64_t now() const noexcept {
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(clock_.monotonic() - monotonic_);
    return (wall_ + elapsed).count();
  }

 private:
  const base::Clock& clock_;
  const std::chrono::microseconds wall_;
  const std::chrono::nanoseconds monotonic_;
};

}  // namespace guardian::limits
