// Time as a seam: everything that asks for the time is given a Clock, so that tests can move it. system_clock::now()
// and steady_clock::now() appear in clock.cc only.
#pragma once

#include <chrono>

#include "guardian/base/time.h"

namespace guardian::base {

// Any thread may call.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // Wall-clock time: may jump either way.
  [[nodiscard]] virtual TimePoint now() const noexcept = 0;
  // Time since an arbitrary start; never goes back. For durations.
  [[nodiscard]] virtual std::chrono::nanoseconds monotonic() const noexcept = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const noexcept override;
  [[nodiscard]] std::chrono::nanoseconds monotonic() const noexcept override;
};

}  // namespace guardian::base
