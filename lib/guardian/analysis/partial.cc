#include "guardian/analysis/partial.h"

#include <algorithm>
#include <optional>

#include "guardian/base/check.h"
#include "guardian/policy/globs.h"

namespace guardian::analysis {

namespace {

using policy::Condition;
using policy::Root;

Truth truth_of(bool value) noexcept { return value ? Truth::True : Truth::False; }

}  // namespace

bool Partial::is_known(Root root) const noexcept {
  switch (root) {
    case Root::Action:
    case Root::Resource:
      return known_.request;
    case Root::AgentId:
      return known_.agent_id;
    case Root::AgentName:
    case Root::AgentTrustTier:
    case Root::AgentTrustRank:
    case Root::AgentTags:
    case Root::AgentOrgId:
    case Root::AgentMetadata:
      return true;
    case Root::Delegation:
    case Root::DelegationDepth:
    case Root::DelegationRoot:
      return known_.delegation;
    case Root::Context:
      return known_.context;
    case Root::Token:
      return known_.token;
    case Root::TimeYear:
    case Root::TimeMonth:
    case Root::TimeDay:
    case Root::TimeHour:
    case Root::TimeMinute:
    case Root::TimeSecond:
    case Root::TimeMinuteOfDay:
    case Root::TimeWeekday:
    case Root::TimeEpoch:
    case Root::TimeIso:
      return known_.time;
  }
  GUARDIAN_ASSERT(false);
}

Truth Partial::truth(const policy::Test& test, policy::Leaning leaning) noexcept {
  if (is_known(test.attribute.root)) return truth_of(holds(test, facts_, nullptr, leaning));
  const auto range = policy::range_of(test.attribute.root);
  if (!range) return Truth::Unknown;
  std::optional<bool> all_so_far;
  for (std::int64_t i = range->low; i <= range->high; ++i) {
    const json::Value value = json::Value::integer(i);
    const bool one = holds(test, facts_, &value, leaning);
    if (all_so_far && *all_so_far != one) return Truth::Unknown;
    all_so_far = one;
  }
  return truth_of(*all_so_far);
}

Truth Partial::truth(const Condition& condition, policy::Leaning leaning) noexcept {
  if (condition.kind == Condition::Kind::Test) return truth(*condition.test, leaning);
  // What decides `all` is a false part, what decides `any` a true one.
  const bool all = condition.kind == Condition::Kind::All;
  const Truth deciding = all ? Truth::False : Truth::True;
  Truth result = all ? Truth::True : Truth::False;
  for (const Condition& child : condition.children) {
    const Truth one = truth(child, leaning);
    if (one == deciding) return deciding;
    if (one == Truth::Unknown) result = Truth::Unknown;
  }
  return result;
}

Truth Partial::matches(const policy::CompiledRule& rule) noexcept {
  const policy::Request& request = input_.request;
  if (!any_matches(rule.actions, request.action)) return Truth::False;
  if (!rule.resources.empty() && !(request.resource && any_matches(rule.resources, *request.resource))) {
    return Truth::False;
  }
  return truth(rule.condition, leaning_of(rule.effect));
}

}  // namespace guardian::analysis
