// What a policy is once it has been checked: the data behind policy::Policy. Immutable after compile; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guardian/policy/applies_to.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/condition_store.h"
#include "guardian/policy/glob_index.h"
#include "guardian/policy/program.h"
#include "guardian/policy/time_zone.h"

namespace guardian::policy {

struct CompiledRule {
  std::string id;
  Effect effect = Effect::Deny;
  std::vector<Glob> actions;
  std::vector<Glob> resources;  // empty when not given: any, and none
  Condition condition;
  std::string reason;
  Alert alert = Alert::None;
  RateLimits rate_limits;
};

// With no more rules than this, trying each is quicker than the index.
inline constexpr std::size_t kIndexedRules = 8;

struct CompiledPolicy {
  std::string name;
  std::string version;
  std::string description;
  bool enabled = true;
  Enforcement enforcement = Enforcement::Enforce;
  Combining combining = Combining::DenyOverrides;
  Effect default_effect = Effect::Deny;
  RateLimits rate_limits;
  std::optional<Delegation> delegation;
  TimeZone zone;
  AppliesTo applies_to;
  std::vector<CompiledRule> rules;
  GlobIndex rules_by_action;  // filled only where there are more than kIndexedRules
  ConditionStore operands;    // what the tests of the conditions point into
};

// Tests that cannot be decided count against the caller (policy.md section 4).
[[nodiscard]] constexpr Leaning leaning_of(Effect effect) noexcept {
  return effect == Effect::Allow ? Leaning::Allowing : Leaning::Restricting;
}

}  // namespace guardian::policy
