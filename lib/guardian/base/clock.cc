#include "guardian/base/clock.h"

namespace guardian::base {

TimePoint SystemClock::now() const noexcept {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds SystemClock::monotonic() const noexcept {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace guardian::base
