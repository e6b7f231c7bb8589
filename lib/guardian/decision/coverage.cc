#include "guardian/decision/coverage.h"

namespace guardian::decision {

static_assert(policy::kMaxCoveredDepth == kMaxDelegationDepth);

namespace {

constexpr std::size_t kDisabled = static_cast<std::size_t>(-1);

}  // namespace

double Share::percent() const noexcept {
  return total == 0 ? 100.0 : 100.0 * static_cast<double>(reached) / static_cast<double>(total);
}

Coverage::Coverage(const Engine& engine) : engine_(engine) {
  for (const policy::Policy& policy : engine.payload().policies) {
    index_of_policy_.push_back(policy.enabled() ? policies_.size() : kDisabled);
    if (policy.enabled()) policies_.push_back(policy.nothing_covered());
  }
}

void Coverage::count(const Question& question, base::TimePoint now) {
  engine_.each_applicable(question, now, [this](std::size_t index, const policy::Input& input) {
    // Only enabled policies apply to anyone.
    engine_.payload().policies[index].cover(input, policies_[index_of_policy_[index]]);
  });
}

Share Coverage::rules() const noexcept {
  Share share;
  for (const policy::PolicyCoverage& policy : policies_) {
    share.total += policy.rules.size();
    for (const policy::RuleCoverage& rule : policy.rules) share.reached += rule.matched ? 1U : 0U;
  }
  return share;
}

Share Coverage::outcomes() const noexcept {
  Share share;
  for (const policy::PolicyCoverage& policy : policies_) {
    for (const policy::RuleCoverage& rule : policy.rules) {
      for (const policy::TestCoverage& test : rule.tests) {
        for (const policy::TestOutcome outcome : policy::kTestOutcomes) {
          share.total += test.can_have(outcome) ? 1U : 0U;
          share.reached += test.can_have(outcome) && test.has_had(outcome) ? 1U : 0U;
        }
      }
    }
  }
  return share;
}

}  // namespace guardian::decision
