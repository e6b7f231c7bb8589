// What an agent may do at all, without a request: the rules of the policies that apply to it, what its tier's ceiling
// leaves of their actions, which stronger rules overlap them, and what happens where no rule matches. Called by
// `guardian policy can`. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/bundle/payload.h"
#include "guardian/policy/types.h"

namespace guardian::analysis {

// What the ceiling leaves of an action pattern.
enum class Left : std::uint8_t { All, Part, Nothing };
[[nodiscard]] std::string_view to_string(Left left) noexcept;  // `all`, `part`, `nothing`

struct ActionPattern {
  std::string_view pattern;
  Left left = Left::All;
};

// A rule that decides instead of another where both match. Left out where their conditions are proven to exclude each
// other.
struct StrongerRule {
  std::string_view policy;
  std::string_view rule;
  policy::Effect effect = policy::Effect::Deny;
  std::string condition;  // empty: whatever is not known
  bool always = false;    // matches wherever the other does, so that the other never decides
};

struct AbilityRule {
  std::string_view rule;
  policy::Effect effect = policy::Effect::Deny;
  std::vector<ActionPattern> actions;
  std::vector<std::string_view> resources;  // empty: any, and none
  std::string condition;                    // what is left of it for this agent; empty: always
  std::vector<StrongerRule> stronger;       // of allow and require-approval rules; all policies
  policy::RateLimits limits = {};
};

struct AbilityPolicy {
  std::string_view name;
  policy::Combining combining = policy::Combining::DenyOverrides;
  policy::Effect default_effect = policy::Effect::Deny;
  // In the order of the policy under first-applicable; else allow, require-approval, deny. Rules whose conditions never
  // hold for this agent are left out.
  std::vector<AbilityRule> rules;
  policy::RateLimits limits = {};                  // of all that the policy allows
  const policy::Delegation* delegation = nullptr;  // nullptr: the policy adds nothing to delegated requests
};

struct Ability {
  const bundle::AgentRecord* agent = nullptr;  // nullptr: not in the bundle, and treated as its unknownAgents say
  std::string_view trust_tier;
  std::vector<std::string_view> ceiling;           // empty: none
  bool revoked = false;                            // then nothing else matters
  std::vector<AbilityPolicy> policies;             // those that apply and count, in the order of the bundle
  std::vector<std::string_view> dry_run;           // names of those that apply and only report
  std::vector<const bundle::Approval*> approvals;  // unexpired ones
  bool otherwise_allowed = false;                  // what no rule decides, within the ceiling
};

// nullopt for an agent that is not in the bundle when the bundle has no tier for unknown agents: it may nothing. Views
// point into the payload and `agent_id`. `now` tells which approvals have expired.
[[nodiscard]] std::optional<Ability> can(const bundle::Payload& payload, std::string_view agent_id,
                                         base::TimePoint now);

}  // namespace guardian::analysis
