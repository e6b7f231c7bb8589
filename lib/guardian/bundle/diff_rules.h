// Internal to the room: the part of diff that compares the rules of policies.
#pragma once

#include <string>
#include <vector>

#include "guardian/bundle/diff.h"
#include "guardian/json/value.h"
#include "guardian/policy/program.h"

namespace guardian::bundle {

// One rule as written, with what it is called in a difference.
struct NamedRule {
  std::string name;
  bool has_id = false;  // of its own, by which it is found again in the other bundle
  json::Value value;
};

// In the order of the policy. `value` is what `policy` was compiled from.
[[nodiscard]] std::vector<NamedRule> rules_of(const policy::Policy& policy, const json::Value& value);

// Adds up what changed in the rules of one policy after the other.
class RuleComparison {
 public:
  // Of one policy in both bundles; empty where it is in one of them alone.
  void compare(const std::vector<NamedRule>& before, const std::vector<NamedRule>& after);
  [[nodiscard]] Changes take() && { return std::move(changes_); }

 private:
  Changes changes_;
};

}  // namespace guardian::bundle
