// The members of a policy that bound its allows rather than match requests: rate limits (policy.md section 5) and the
// delegation section (section 7).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/place.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

inline constexpr std::uint32_t kMaxRatePerInterval = 1'000'000;

// A `rateLimit` or `rateLimits`: a map of intervals, or text such as `100/minute`. PolicyInvalid with its place.
[[nodiscard]] base::Result<RateLimits> read_rate_limits(const Scope& scope, const json::Value& written);

// A policy's `delegation` section.
[[nodiscard]] base::Result<Delegation> read_delegation(const Scope& scope, const json::Value& written);

}  // namespace guardian::policy
