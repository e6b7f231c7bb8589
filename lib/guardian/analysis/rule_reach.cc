#include "guardian/analysis/rule_reach.h"

#include <algorithm>
#include <optional>

#include "guardian/analysis/claim.h"
#include "guardian/analysis/glob_algebra.h"
#include "guardian/analysis/meeting.h"
#include "guardian/base/check.h"

namespace guardian::analysis {

namespace {

using policy::Combining;
using policy::CompiledRule;
using policy::Effect;

struct Patterns {
  std::vector<GlobCodes> actions;
  std::vector<GlobCodes> resources;  // empty: any resource, and none
};

std::vector<GlobCodes> read_all(const std::vector<policy::Glob>& globs) {
  std::vector<GlobCodes> all;
  for (const auto& glob : globs) all.push_back(read_glob(glob.pattern()));
  return all;
}

int strength(Effect effect) noexcept {
  switch (effect) {
    case Effect::Allow:
      return 0;
    case Effect::RequireApproval:
      return 1;
    case Effect::Deny:
      return 2;
  }
  GUARDIAN_ASSERT(false);
}

class Comparison {
 public:
  Comparison(const policy::CompiledPolicy& policy, std::span<const policy::Tier> tiers, std::size_t max_steps)
      : policy_(policy), tiers_(tiers), steps_left_(max_steps) {
    for (const auto& rule : policy.rules) patterns_.push_back({read_all(rule.actions), read_all(rule.resources)});
  }

  [[nodiscard]] Reach run() {
    Reach reach;
    for (std::size_t rule = 0; rule < policy_.rules.size() && !spent_; ++rule) {
      auto by = covered_by(rule);
      if (by) reach.unreachable.push_back({rule, *std::move(by)});
    }
    if (policy_.combining == Combining::FirstApplicable) find_late(reach);
    reach.complete = !spent_;
    return reach;
  }

 private:
  // Asked before `rule` wherever both match.
  [[nodiscard]] bool comes_before(std::size_t other, std::size_t rule) const {
    if (policy_.combining == Combining::FirstApplicable) return other < rule;
    const int difference = strength(policy_.rules[other].effect) - strength(policy_.rules[rule].effect);
    return difference > 0 || (difference == 0 && other < rule);
  }

  [[nodiscard]] Surroundings around(std::size_t rule) const {
    return {tiers_, policy_.rules[rule].actions, policy_.rules[rule].resources};
  }

  // The rules before it that leave nothing to it, for each pair of its patterns one.
  [[nodiscard]] std::optional<std::vector<std::size_t>> covered_by(std::size_t rule) {
    std::vector<std::size_t> by;
    implied_.assign(policy_.rules.size(), std::nullopt);
    for (const GlobCodes& action : patterns_[rule].actions) {
      const auto& resources = patterns_[rule].resources;
      for (std::size_t i = 0; i < std::max<std::size_t>(resources.size(), 1); ++i) {
        const GlobCodes* const resource = resources.empty() ? nullptr : &resources[i];
        const auto found = find_cover(rule, action, resource);
        if (!found) return std::nullopt;
        if (std::ranges::find(by, *found) == by.end()) by.push_back(*found);
      }
    }
    std::ranges::sort(by);
    return by;
  }

  [[nodiscard]] std::optional<std::size_t> find_cover(std::size_t rule, const GlobCodes& action,
                                                      const GlobCodes* resource) {
    for (std::size_t other = 0; other < policy_.rules.size() && !spent_; ++other) {
      if (other == rule || !comes_before(other, rule)) continue;
      if (holds_pair(patterns_[other], action, resource) && implies(rule, other)) return other;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool holds_pair(const Patterns& wide, const GlobCodes& action, const GlobCodes* resource) {
    const auto holds = [&](const GlobCodes& outer, const GlobCodes& inner) {
      return pay(outer, inner) && contains(outer, inner);
    };
    if (std::ranges::none_of(wide.actions, [&](const GlobCodes& outer) { return holds(outer, action); })) return false;
    if (wide.resources.empty()) return true;
    return resource != nullptr &&
           std::ranges::any_of(wide.resources, [&](const GlobCodes& outer) { return holds(outer, *resource); });
  }

  // Whenever the condition of `rule` holds, that of `other` does.
  [[nodiscard]] bool implies(std::size_t rule, std::size_t other) {
    if (!implied_[other]) {
      const CompiledRule& narrow = policy_.rules[rule];
      const CompiledRule& wide = policy_.rules[other];
      const auto alternatives = both(alternatives_of(narrow.condition, leaning_of(narrow.effect), true),
                                     alternatives_of(wide.condition, leaning_of(wide.effect), false));
      implied_[other] = pay(alternatives) && impossible(alternatives, around(rule), {});
    }
    return *implied_[other];
  }

  // With conditions too; an action to show, or nullopt.
  [[nodiscard]] std::optional<std::string> common_example(std::size_t a, std::size_t b, const std::string& plain) {
    const CompiledRule& first = policy_.rules[a];
    const CompiledRule& second = policy_.rules[b];
    const auto alternatives = both_hold(first, second);
    if (!pay(alternatives)) return std::nullopt;
    return common_request(alternatives, around_both(first, second, tiers_), plain);
  }

  // The first pattern pair that meets, as a pair of action patterns.
  [[nodiscard]] std::optional<std::string> common_action(std::size_t a, std::size_t b) {
    const auto& first = patterns_[a];
    const auto& second = patterns_[b];
    const auto meet = [&](const GlobCodes& x, const GlobCodes& y) { return pay(x, y) && overlap(x, y); };
    const bool resources_meet =
        first.resources.empty() || second.resources.empty() || std::ranges::any_of(first.resources, [&](const auto& x) {
          return std::ranges::any_of(second.resources, [&](const auto& y) { return meet(x, y); });
        });
    if (!resources_meet) return std::nullopt;
    for (std::size_t i = 0; i < first.actions.size(); ++i) {
      for (std::size_t j = 0; j < second.actions.size(); ++j) {
        if (!meet(first.actions[i], second.actions[j])) continue;
        return common_text(policy_.rules[a].actions[i].pattern(), policy_.rules[b].actions[j].pattern());
      }
    }
    return std::nullopt;
  }

  // A rule for some cases before one that denies all of them is how first-applicable is meant to be used.
  [[nodiscard]] bool is_exception_to(std::size_t allow, std::size_t deny) {
    implied_.assign(policy_.rules.size(), std::nullopt);
    const auto& narrow = patterns_[allow];
    return implies(allow, deny) && std::ranges::all_of(narrow.actions, [&](const GlobCodes& action) {
             if (narrow.resources.empty()) return holds_pair(patterns_[deny], action, nullptr);
             return std::ranges::all_of(narrow.resources, [&](const GlobCodes& resource) {
               return holds_pair(patterns_[deny], action, &resource);
             });
           });
  }

  void find_late(Reach& reach) {
    const auto unreachable = [&](std::size_t rule) {
      return std::ranges::find(reach.unreachable, rule, &Unreachable::rule) != reach.unreachable.end();
    };
    std::vector<std::size_t> denies;
    for (std::size_t rule = 0; rule < policy_.rules.size(); ++rule) {
      if (policy_.rules[rule].effect == Effect::Deny && !unreachable(rule)) denies.push_back(rule);
    }
    for (std::size_t allow = 0; allow < policy_.rules.size() && !spent_; ++allow) {
      if (policy_.rules[allow].effect != Effect::Allow || unreachable(allow)) continue;
      for (const std::size_t deny : denies) {
        if (deny < allow) continue;
        auto action = common_action(allow, deny);
        if (action) action = common_example(allow, deny, *action);
        if (!action || is_exception_to(allow, deny)) continue;
        reach.late.push_back({allow, deny, *std::move(action)});
        break;
      }
    }
  }

  // Each counts one comparison; false once nothing is left.
  [[nodiscard]] bool pay(const GlobCodes& a, const GlobCodes& b) { return pay(comparison_cost(a, b)); }

  [[nodiscard]] bool pay(const Alternatives& alternatives) {
    constexpr std::size_t kStepsOfClaim = 5000;
    constexpr std::size_t kStepsOfPair = 50;
    std::size_t cost = kStepsOfClaim;
    for (const Claims& claims : alternatives.list) {
      std::size_t constants = claims.size();
      for (const Claim& claim : claims) {
        if (claim.test->operand.is_list()) constants += claim.test->operand.as_list().size();
      }
      cost += claims.size() * kStepsOfClaim + constants * constants * kStepsOfPair;
    }
    return pay(cost);
  }

  [[nodiscard]] bool pay(std::size_t cost) {
    spent_ = spent_ || cost > steps_left_;
    if (!spent_) steps_left_ -= cost;
    return !spent_;
  }

  const policy::CompiledPolicy& policy_;
  std::span<const policy::Tier> tiers_;
  std::vector<Patterns> patterns_;
  std::vector<std::optional<bool>> implied_;  // by the condition of the rule at hand
  std::size_t steps_left_;
  bool spent_ = false;
};

}  // namespace

Reach reach_of(const policy::CompiledPolicy& policy, std::span<const policy::Tier> tiers, std::size_t max_steps) {
  return Comparison(policy, tiers, max_steps).run();
}

}  // namespace guardian::analysis
