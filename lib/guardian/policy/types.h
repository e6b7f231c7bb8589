// The vocabulary of policy.md that the other rooms share: effects, combining algorithms, and what a policy may see of
// an agent and a request. Plain views; they own nothing and must not outlive what they point to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "guardian/base/time.h"
#include "guardian/json/value.h"

namespace guardian::policy {

enum class Effect : std::uint8_t { Allow, Deny, RequireApproval };
enum class Combining : std::uint8_t { DenyOverrides, FirstApplicable };
enum class Enforcement : std::uint8_t { Enforce, DryRun };
enum class Alert : std::uint8_t { None, Info, Warning, Critical };

// As written in policies, answers and events: `require-approval`, `first-applicable`, `dry-run`. Static storage.
[[nodiscard]] std::string_view to_string(Effect effect) noexcept;
[[nodiscard]] std::string_view to_string(Combining combining) noexcept;
[[nodiscard]] std::string_view to_string(Enforcement enforcement) noexcept;
// `info`, `warning`, `critical`; empty for None.
[[nodiscard]] std::string_view to_string(Alert alert) noexcept;
[[nodiscard]] std::optional<Combining> parse_combining(std::string_view text) noexcept;

// How many allows there may be in any interval of each length (policy.md section 5), 1 to 1,000,000; 0: not limited by
// that length.
struct RateLimits {
  std::uint32_t per_second = 0;
  std::uint32_t per_minute = 0;
  std::uint32_t per_hour = 0;
  std::uint32_t per_day = 0;

  [[nodiscard]] constexpr bool any() const noexcept {
    return per_second != 0 || per_minute != 0 || per_hour != 0 || per_day != 0;
  }
  friend bool operator==(const RateLimits&, const RateLimits&) = default;
};

// A trust tier as policies rank it (`appliesTo.trustTiers: [">=verified"]`).
struct Tier {
  std::string_view name;
  std::int64_t rank = 0;
};

// What conditions and appliesTo see of an agent (policy.md section 4, Attributes). Null values are absent attributes.
struct Agent {
  std::string_view id;
  std::string_view trust_tier;
  std::int64_t trust_rank = 0;
  json::Value name;      // text or null
  json::Value tags;      // list of text; the empty list when the agent has none
  json::Value org_id;    // text or null
  json::Value metadata;  // object or null
};

// One action that is asked about. Context and token are objects or null.
struct Request {
  std::string_view action;
  std::optional<std::string_view> resource;
  json::Value context;
  json::Value token;
  std::uint32_t delegation_depth = 0;
  std::optional<std::string_view> delegation_root;
};

// All that an evaluation depends on: the same input gives the same outcome, always.
struct Input {
  const Agent& agent;
  const Request& request;
  base::TimePoint now;
};

}  // namespace guardian::policy
