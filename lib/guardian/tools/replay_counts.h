// The counts of rate limits as a trail lets them be rebuilt. A trail says what was allowed and when, to the
// millisecond, in the order of recording; the store that judged had microseconds, a clock of its own and the order of
// asking. So a judgement here has a margin, in which what was recorded decides: without it one limit that was reached a
// millisecond earlier or later would turn every judgement after it around. Cells and windows are those of the store.
// One thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "guardian/base/time.h"
#include "guardian/limits/charge.h"
#include "guardian/limits/window.h"

namespace guardian::tools {

class ReplayCounts {
 public:
  enum class Judged : std::uint8_t {
    Admits,   // fewer than the limit were allowed, whatever the margin
    Refuses,  // the limit was reached, whatever the margin
    Either    // within the margin
  };

  explicit ReplayCounts(std::size_t max_counts = kDefaultMaxCounts) : max_counts_(max_counts) {}

  // `latency`: how much later than `at` the store may have judged.
  [[nodiscard]] Judged judge(const limits::Charge& charge, base::TimePoint at, std::chrono::microseconds latency);
  // One more allow. False when there is no place for it: what is judged later may be wrong.
  [[nodiscard]] bool count(const limits::Charge& charge, base::TimePoint at);

  // The longest interval that the charge is limited in.
  [[nodiscard]] static std::chrono::microseconds longest_interval(const limits::Charge& charge) noexcept;

  static constexpr std::size_t kDefaultMaxCounts = 200'000;

 private:
  using Windows = std::array<limits::Window, limits::kIntervalCount>;

  void let_go(std::int64_t now);

  std::size_t max_counts_;
  std::unordered_map<std::string, Windows> counts_;
};

}  // namespace guardian::tools
