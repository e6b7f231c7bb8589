// How the cost of something grows with its input, as a ratio of processor times: what a machine or its load make slower
// drops out, and the least of several runs is taken. For costs that differ as n and n * n do; never for a speed.
#pragma once

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime is POSIX, not C++

#include <algorithm>
#include <cstddef>
#include <limits>

namespace guardian::support {

inline double thread_seconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// `work(0)` does something at one size, `work(1)` the same at twice that size. True when the second costs at most
// `factor` times the first. Tries again before it says no.
template <typename Work>
[[nodiscard]] bool grows_at_most(double factor, Work work) {
  constexpr int kTries = 4;
  constexpr int kRuns = 5;
  double least[2] = {std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
  for (int attempt = 0; attempt < kTries; ++attempt) {
    for (int run = 0; run < kRuns; ++run) {
      for (std::size_t step = 0; step < 2; ++step) {
        const double began = thread_seconds();
        work(step);
        least[step] = std::min(least[step], thread_seconds() - began);
      }
    }
    if (least[1] <= factor * least[0]) return true;
  }
  return false;
}

}  // namespace guardian::support
