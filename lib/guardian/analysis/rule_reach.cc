#include "guardian/analysis/rule_reach.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "guardian/analysis/claim.h"
#include "guardian/analysis/glob_algebra.h"
#include "guardian/analysis/meeting.h"
#include "guardian/base/check.h"
#include "guardian/json/document.h"

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

// Of rules that are put together to cover another.
constexpr std::size_t kMaxTogether = 16;
constexpr std::size_t kMaxTogetherSteps = 100'000'000;

// The path that all tests of the condition are about; empty where there are several or none.
std::string_view sole_attribute(const policy::Condition& condition) {
  if (condition.kind == policy::Condition::Kind::Test) return condition.test->attribute.path;
  std::string_view sole;
  for (const auto& child : condition.children) {
    const std::string_view path = sole_attribute(child);
    if (path.empty() || (!sole.empty() && path != sole)) return {};
    sole = path;
  }
  return sole;
}

bool asks_about(const policy::Condition& condition, policy::Root root) {
  if (condition.kind == policy::Condition::Kind::Test) return condition.test->attribute.root == root;
  return std::ranges::any_of(condition.children, [root](const auto& child) { return asks_about(child, root); });
}

// The `resources` of a rule as a test that a condition could have. Outlives the claims made of it.
class ResourceTest {
 public:
  explicit ResourceTest(const std::vector<policy::Glob>& globs) {
    std::vector<json::Value> patterns;
    for (const auto& glob : globs) patterns.push_back(json::Value::text(glob.pattern()));
    test_.attribute = {policy::Root::Resource, {}, "resource"};
    test_.op = policy::Operator::Matches;
    test_.operand = operands_.add_list(patterns);
    test_.compiled = globs;
  }

  // There is no resource, or it matches none of the globs.
  [[nodiscard]] Alternatives fails() const { return {{{{&test_, policy::Leaning::Allowing, false, 0}}}, true}; }

 private:
  json::Document operands_;
  policy::Test test_;
};

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
    std::set<std::size_t> by;
    implied_.assign(policy_.rules.size(), std::nullopt);
    for (const GlobCodes& action : patterns_[rule].actions) {
      const auto& resources = patterns_[rule].resources;
      for (std::size_t i = 0; i < std::max<std::size_t>(resources.size(), 1); ++i) {
        const GlobCodes* const resource = resources.empty() ? nullptr : &resources[i];
        const auto found = find_cover(rule, action, resource);
        if (found.empty()) return std::nullopt;
        by.insert(found.begin(), found.end());
      }
    }
    return std::vector(by.begin(), by.end());
  }

  // One rule, or several that split the values of one attribute between them; empty where there are none.
  [[nodiscard]] std::vector<std::size_t> find_cover(std::size_t rule, const GlobCodes& action,
                                                    const GlobCodes* resource) {
    std::map<std::string_view, std::vector<std::size_t>> by_attribute;
    for (std::size_t other = 0; other < policy_.rules.size() && !spent_; ++other) {
      if (other == rule || !comes_before(other, rule)) continue;
      if (!holds_pair(patterns_[other], action, resource)) {
        if (resource == nullptr && implies_resource(rule, other, action)) return {other};
        continue;
      }
      if (implies(rule, other)) return {other};
      const std::string_view attribute = sole_attribute(policy_.rules[other].condition);
      if (!attribute.empty()) by_attribute[attribute].push_back(other);
    }
    for (auto& [attribute, others] : by_attribute) {
      if (others.size() < 2 || others.size() > kMaxTogether || !cover_together(rule, others)) continue;
      drop_needless(rule, others);
      return others;
    }
    return {};
  }

  // No request that `rule` matches is left by all the others.
  [[nodiscard]] bool cover_together(std::size_t rule, const std::vector<std::size_t>& others) {
    const CompiledRule& narrow = policy_.rules[rule];
    Alternatives left = alternatives_of(narrow.condition, leaning_of(narrow.effect), true);
    for (const std::size_t other : others) {
      const CompiledRule& wide = policy_.rules[other];
      left = both(left, alternatives_of(wide.condition, leaning_of(wide.effect), false));
      if (!left.complete || !pay_together(left)) return false;
      std::erase_if(left.list, [&](const Claims& claims) { return impossible(claims, around(rule), {}); });
      if (left.list.empty()) return true;
    }
    return false;
  }

  void drop_needless(std::size_t rule, std::vector<std::size_t>& others) {
    for (std::size_t i = others.size(); i-- > 0 && others.size() > 2;) {
      std::vector<std::size_t> fewer = others;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (cover_together(rule, fewer)) others = std::move(fewer);
    }
  }

  // The condition of `rule`, which has no resources, asks for those of `other`, and implies its condition.
  [[nodiscard]] bool implies_resource(std::size_t rule, std::size_t other, const GlobCodes& action) {
    const Patterns& wide = patterns_[other];
    if (wide.resources.empty() || !asks_about(policy_.rules[rule].condition, policy::Root::Resource)) return false;
    if (!holds_pair({wide.actions, {}}, action, nullptr) || !implies(rule, other)) return false;
    const CompiledRule& narrow = policy_.rules[rule];
    ResourceTest test(policy_.rules[other].resources);
    auto outside = both(alternatives_of(narrow.condition, leaning_of(narrow.effect), true), test.fails());
    return pay(outside) && impossible(outside, around(rule), {});
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

  [[nodiscard]] bool pay(const Alternatives& alternatives) { return pay(cost_of(alternatives)); }

  [[nodiscard]] static std::size_t cost_of(const Alternatives& alternatives) {
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
    return cost;
  }

  // What several rules come to together is looked for as long as it is cheap, and not missed where it is not.
  [[nodiscard]] bool pay_together(const Alternatives& alternatives) {
    const std::size_t cost = cost_of(alternatives);
    if (cost > together_left_) return false;
    together_left_ -= cost;
    return true;
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
  std::size_t together_left_ = kMaxTogetherSteps;
  bool spent_ = false;
};

}  // namespace

Reach reach_of(const policy::CompiledPolicy& policy, std::span<const policy::Tier> tiers, std::size_t max_steps) {
  return Comparison(policy, tiers, max_steps).run();
}

}  // namespace guardian::analysis
