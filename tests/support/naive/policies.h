// One policy and its rules for the oracle: whom it applies to, what its rules say, combined. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/value.h"
#include "support/naive/attributes.h"
#include "support/naive/naive.h"

namespace guardian::testing {

// What is asked of the agent, with the whole payload beside it.
struct Question {
  const json::Value& payload;
  const policy::Agent& agent;
  const policy::Request& request;
  base::TimePoint now;
  const NaiveOptions& options;
};

struct NaivePolicy {
  std::string_view name;
  json::Value body;  // the policy itself, or the `spec` of a wrapped one
};

struct NaiveOutcome {
  std::string_view effect;  // `allow`, `deny`, `require-approval`; empty for none
  std::string rule;
  const json::Value* written = nullptr;  // the rule
};

// What keeps a rule from matching.
enum class Stop { Nothing, Action, Resource, Condition };

[[nodiscard]] NaivePolicy unwrap(const json::Value& written);
[[nodiscard]] bool applies(const Question& question, const NaivePolicy& policy);
[[nodiscard]] bool mentions_action(const NaivePolicy& policy, std::string_view action);
[[nodiscard]] std::string_view combining_of(const json::Value& payload, const NaivePolicy& policy);
[[nodiscard]] NaiveOutcome outcome_of(const Question& question, const NaivePolicy& policy);

[[nodiscard]] std::string rule_id(const json::Value& rule, std::size_t index);
// Values that the trace is given may live in `memory`.
[[nodiscard]] Stop stop_of(const Question& question, const NaivePolicy& policy, const json::Value& rule,
                           json::Document& memory, Trace* trace);

// The enabled policies that apply, in order, by enforcement.
struct ApplicablePolicies {
  std::vector<NaivePolicy> all;
  std::vector<NaivePolicy> enforced;
  std::vector<NaivePolicy> dry;
};
[[nodiscard]] ApplicablePolicies applicable_policies(const Question& question);

// What an allow with that outcome counts for; the outcome is empty for the policy's default.
[[nodiscard]] std::vector<NaiveCount> counts_of(const Question& question, const NaivePolicy& policy,
                                                const NaiveOutcome& outcome);

}  // namespace guardian::testing
