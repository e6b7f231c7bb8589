// How long ago the gateway last confirmed that the active bundle is its newest (api.md, bundleAge; cli.md,
// MAX_BUNDLE_AGE). Counted on the monotonic clock, so that moving the wall clock makes no bundle younger. Lock-free;
// any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "guardian/base/clock.h"

namespace guardian::sync {

class BundleAge {
 public:
  // `clock` must outlive it.
  explicit BundleAge(const base::Clock& clock) noexcept : clock_(clock) {}

  void confirm() noexcept { set(std::chrono::seconds(0), true); }
  // At the start: confirmed that long ago by what the cache remembers, or, when not `confirmed`, issued that long ago.
  void set(std::chrono::nanoseconds age, bool confirmed) noexcept {
    confirmed_ = confirmed;
    since_ = (clock_.monotonic() - std::max(age, std::chrono::nanoseconds(0))).count();
  }

  // Of a bundle that was never confirmed: since it was issued.
  [[nodiscard]] std::chrono::nanoseconds age() const noexcept {
    return clock_.monotonic() - std::chrono::nanoseconds(since_.load());
  }
  [[nodiscard]] bool confirmed() const noexcept { return confirmed_; }

 private:
  const base::Clock& clock_;
  std::atomic<std::int64_t> since_{0};  // nanoseconds of the monotonic clock
  std::atomic<bool> confirmed_{false};
};

}  // namespace guardian::sync
