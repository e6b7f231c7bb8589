// The time floor (bundle.md section 4): the latest timestamp of a verified bundle, advanced by the monotonic clock.
// What the wall clock says never raises it, so that a clock set back revives nothing that has expired. Lock-free; any
// thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "guardian/base/clock.h"
#include "guardian/base/time.h"

namespace guardian::bundle {

class TimeFloor {
 public:
  // A clock this little behind is not worth a word: machines differ by as much.
  static constexpr std::chrono::seconds kTolerance{5};

  // `clock` must outlive it.
  explicit TimeFloor(const base::Clock& clock) noexcept : clock_(clock) {}

  // For the timestamp of a bundle that was verified, or what an earlier process saved.
  void raise(base::Instant timestamp) noexcept;
  // As of now; nullopt until it was raised.
  [[nodiscard]] std::optional<base::TimePoint> value() const noexcept;
  // The later of the clock and the floor: what every expiry is judged by.
  [[nodiscard]] base::TimePoint now() const noexcept;
  // How far the clock is behind the floor, where that is more than kTolerance.
  [[nodiscard]] std::optional<std::chrono::seconds> clock_behind() const noexcept;

 private:
  static constexpr std::int64_t kNone = INT64_MIN;

  [[nodiscard]] std::int64_t monotonic_micros() const noexcept;

  const base::Clock& clock_;
  std::atomic<std::int64_t> offset_micros_{kNone};  // the floor less the monotonic clock
};

}  // namespace guardian::bundle
