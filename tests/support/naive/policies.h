// One policy and its rules for the oracle: whom it applies to, what its rules say, combined. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "guardian/json/value.h"
#include "support/naive/attributes.h"

namespace guardian::testing {

// What a question is about, with the whole payload beside it.
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
  const json::Value* reason = nullptr;
};

[[nodiscard]] NaivePolicy unwrap(const json::Value& written);
[[nodiscard]] bool applies(const Question& question, const NaivePolicy& policy);
[[nodiscard]] bool mentions_action(const NaivePolicy& policy, std::string_view action);
[[nodiscard]] NaiveOutcome outcome_of(const Question& question, const NaivePolicy& policy);

}  // namespace guardian::testing
