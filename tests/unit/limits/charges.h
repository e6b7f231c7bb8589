// Short ways to say what is charged.
#pragma once

#include <string_view>

#include "guardian/limits/charge.h"

namespace guardian::limits::test_charges {

// The rule's own count of an agent.
[[nodiscard]] inline Charge of_rule(std::string_view agent, const Maxima& maxima, std::string_view rule = "r") {
  Charge charge;
  charge.counters[0] = {"p", rule, agent, maxima};
  charge.size = 1;
  return charge;
}

// The rule's and its policy's.
[[nodiscard]] inline Charge of_both(std::string_view agent, const Maxima& rule, const Maxima& policy) {
  Charge charge = of_rule(agent, rule);
  charge.counters[1] = {"p", "", agent, policy};
  charge.size = 2;
  return charge;
}

[[nodiscard]] constexpr Maxima per_second(std::uint32_t n) { return {n, 0, 0, 0}; }
[[nodiscard]] constexpr Maxima per_minute(std::uint32_t n) { return {0, n, 0, 0}; }
[[nodiscard]] constexpr Maxima per_hour(std::uint32_t n) { return {0, 0, n, 0}; }
[[nodiscard]] constexpr Maxima per_day(std::uint32_t n) { return {0, 0, 0, n}; }

}  // namespace guardian::limits::test_charges
