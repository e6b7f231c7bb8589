#include "guardian/analysis/outcomes.h"

#include <algorithm>

#include "guardian/base/check.h"

namespace guardian::analysis {

namespace {

using Kind = policy::Outcome::Kind;
using policy::Effect;

constexpr Kind kWeakestFirst[] = {Kind::None, Kind::Allow, Kind::RequireApproval, Kind::Deny};

// The rules of one effect up to the first that certainly matches; true when there is such a rule.
bool add_rules(const std::vector<policy::CompiledRule>& rules, const std::vector<Truth>& truths, Effect effect,
               Outcomes& outcomes) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].effect != effect || truths[i] == Truth::False) continue;
    const bool certain = truths[i] == Truth::True;
    outcomes.possible.add(outcome_of(effect));
    outcomes.rules.push_back({i, certain});
    if (certain) return true;
  }
  return false;
}

Outcomes first_applicable(const std::vector<policy::CompiledRule>& rules, const std::vector<Truth>& truths) {
  Outcomes outcomes;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (truths[i] == Truth::False) continue;
    const bool certain = truths[i] == Truth::True;
    outcomes.possible.add(outcome_of(rules[i].effect));
    outcomes.rules.push_back({i, certain});
    if (certain) return outcomes;
  }
  outcomes.possible.add(Kind::None);
  return outcomes;
}

Outcomes deny_overrides(const std::vector<policy::CompiledRule>& rules, const std::vector<Truth>& truths) {
  Outcomes outcomes;
  const bool decided = add_rules(rules, truths, Effect::Deny, outcomes) ||
                       add_rules(rules, truths, Effect::RequireApproval, outcomes) ||
                       add_rules(rules, truths, Effect::Allow, outcomes);
  if (!decided) outcomes.possible.add(Kind::None);
  std::ranges::sort(outcomes.rules, {}, &ReachedRule::rule);
  return outcomes;
}

}  // namespace

int strength(Kind kind) noexcept {
  return static_cast<int>(std::ranges::find(kWeakestFirst, kind) - std::begin(kWeakestFirst));
}

Kind outcome_of(Effect effect) noexcept {
  switch (effect) {
    case Effect::Allow:
      return Kind::Allow;
    case Effect::Deny:
      return Kind::Deny;
    case Effect::RequireApproval:
      return Kind::RequireApproval;
  }
  GUARDIAN_ASSERT(false);
}

std::uint8_t OutcomeSet::bit(Kind kind) noexcept { return static_cast<std::uint8_t>(1U << strength(kind)); }

Kind OutcomeSet::weakest() const noexcept {
  const auto* const found = std::ranges::find_if(kWeakestFirst, [this](Kind kind) { return has(kind); });
  GUARDIAN_ASSERT(found != std::end(kWeakestFirst));
  return *found;
}

OutcomeSet OutcomeSet::from(Kind kind) const noexcept {
  OutcomeSet kept;
  for (const Kind one : kWeakestFirst) {
    if (has(one) && strength(one) >= strength(kind)) kept.add(one);
  }
  return kept;
}

Outcomes outcomes_of(const policy::CompiledPolicy& policy, const policy::Input& input, Known known) {
  Partial partial(policy, input, known);
  std::vector<Truth> truths;
  truths.reserve(policy.rules.size());
  for (const policy::CompiledRule& rule : policy.rules) truths.push_back(partial.matches(rule));
  return policy.combining == policy::Combining::FirstApplicable ? first_applicable(policy.rules, truths)
                                                                : deny_overrides(policy.rules, truths);
}

}  // namespace guardian::analysis
