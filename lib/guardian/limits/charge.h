// What a rate limit counts (policy.md section 5): the vocabulary between the decision that wants an allow counted and
// the store that counts. Plain values and views; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace guardian::limits {

// How many allows there may be in any interval of each length; 0: not limited by that length. 1 to 1,000,000 each.
struct Maxima {
  std::uint32_t per_second = 0;
  std::uint32_t per_minute = 0;
  std::uint32_t per_hour = 0;
  std::uint32_t per_day = 0;
  friend bool operator==(const Maxima&, const Maxima&) = default;
};

// One count. Counts are kept by these three names, over bundle changes and restarts. An empty `rule` is the policy's
// own count; an empty `agent` the one that all unknown agents share.
struct Counter {
  std::string_view policy;
  std::string_view rule;
  std::string_view agent;
  Maxima maxima;
};

// One decision's counts: that of its rule, that of its policy, or both. All are counted or none.
struct Charge {
  std::array<Counter, 2> counters;
  std::size_t size = 0;  // how many of them are used, at least one

  [[nodiscard]] std::span<const Counter> used() const noexcept { return std::span(counters).first(size); }
};

struct Verdict {
  enum class Kind : std::uint8_t {
    Admitted,  // counted
    Refused,   // some limit is reached; nothing was counted
    Full       // a count has no place in the bounded memory; nothing was counted
  };
  Kind kind = Kind::Admitted;
  // Refused: milliseconds, rounded up, until none of the refusing limits would refuse if nothing else were allowed
  // meanwhile. At least 1.
  std::int64_t retry_after_ms = 0;
};

}  // namespace guardian::limits
