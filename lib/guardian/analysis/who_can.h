// Which agents of a bundle may do something, without a request: the decision of policy.md section 6 (steps 1 to 4, not
// delegated, as enforce mode decides) while context, token and time are unknown. `Allow` and `Deny` are proofs for
// every context, token and time, rate limits apart; `Conditional` and `Approval` may be more than can happen where
// conditions hang together. Called by `guardian policy who-can`. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/bundle/payload.h"
#include "guardian/policy/types.h"

namespace guardian::analysis {

enum class Verdict : std::uint8_t {
  Allow,        // whatever is not known
  Conditional,  // allowed or not, depending on what is not known
  Approval,     // never without an approval; with one, possibly under conditions
  Deny,
};
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;  // `allow`, `conditional`, `approval`, `deny`

// What is asked. Views are borrowed.
struct WhoCanQuestion {
  std::string_view action;                   // valid (decision::is_valid_action)
  std::optional<std::string_view> resource;  // nullopt: a request without a resource
  std::optional<json::Value> context;        // the whole context, an object; nullopt: not known
  std::optional<base::TimePoint> at;         // nullopt: not known
  base::TimePoint now;                       // tells which approvals have expired when `at` is not known
};

// A rule that may decide, in the order in which the engine would ask.
struct DecidingRule {
  std::string_view policy;
  std::string_view rule;
  policy::Effect effect = policy::Effect::Deny;
  std::string condition;                       // what remains to be known for it to match; empty: it matches
  const bundle::Approval* approval = nullptr;  // of a require-approval rule: the unexpired entry that approves it
  policy::RateLimits limits = {};              // of the rule; count against allows whatever the verdict
  policy::RateLimits policy_limits = {};       // of its policy, for all that it allows
};

// What may happen where no rule decides.
enum class Fallback : std::uint8_t { None, Allow, Deny, Either };  // None: a rule always decides

// How an agent stands to what is asked.
struct Standing {
  const bundle::AgentRecord* agent = nullptr;  // nullptr: the agents that the bundle does not list
  std::string_view trust_tier;
  Verdict verdict = Verdict::Deny;
  std::vector<DecidingRule> rules;  // empty where no policy is reached
  Fallback fallback = Fallback::None;
  policy::RateLimits fallback_limits = {};  // of the policy that an allow by default would name
  std::string reason;                       // of a denial, in the words of a decision; empty otherwise
};

// One standing an agent, in the order of the bundle, then one for unknown agents where the bundle has a tier for them.
// Views point into the payload.
[[nodiscard]] std::vector<Standing> who_can(const bundle::Payload& payload, const WhoCanQuestion& question);

}  // namespace guardian::analysis
