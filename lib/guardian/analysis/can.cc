#include "guardian/analysis/can.h"

#include <algorithm>

#include "guardian/analysis/claim.h"
#include "guardian/analysis/glob_algebra.h"
#include "guardian/analysis/meeting.h"
#include "guardian/analysis/outcomes.h"
#include "guardian/analysis/partial.h"
#include "guardian/base/check.h"
#include "guardian/identity/agent_directory.h"
#include "guardian/policy/condition_text.h"

namespace guardian::analysis {

namespace {

using policy::CompiledPolicy;
using policy::CompiledRule;
using policy::Effect;
using policy::Glob;

constexpr Known kAgentAlone = {.request = false, .delegation = false};

// A rule that can match for the agent, with what is left of its condition.
struct LiveRule {
  const CompiledPolicy* policy = nullptr;
  std::size_t index = 0;
  std::string condition;

  [[nodiscard]] const CompiledRule& rule() const { return policy->rules[index]; }
};

std::vector<LiveRule> live_rules(const CompiledPolicy& policy, const policy::Agent& agent) {
  const policy::Request nothing;
  const policy::Input input{agent, nothing, {}};
  Partial partial(policy, input, kAgentAlone);
  std::vector<LiveRule> live;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const CompiledRule& rule = policy.rules[i];
    const policy::Leaning leaning = leaning_of(rule.effect);
    if (partial.truth(rule.condition, leaning) == Truth::False) continue;
    live.push_back({&policy, i, policy::condition_text(rule.condition, [&](const policy::Condition& part) {
                      return partial.truth(part, leaning) != Truth::Unknown;
                    })});
  }
  return live;
}

bool meets(const Glob& glob, const std::vector<Glob>& any_of) {
  return std::ranges::any_of(any_of, [&](const Glob& one) { return globs_overlap(one.pattern(), glob.pattern()); });
}

// Texts that only several of `one_of` together match are not seen.
bool is_covered(const Glob& glob, const std::vector<Glob>& one_of) {
  return std::ranges::any_of(one_of, [&](const Glob& outer) { return glob_contains(outer.pattern(), glob.pattern()); });
}

bool may_match_together(const CompiledRule& a, const CompiledRule& b) {
  const auto any_meets = [](const std::vector<Glob>& some, const std::vector<Glob>& others) {
    return std::ranges::any_of(some, [&](const Glob& glob) { return meets(glob, others); });
  };
  if (!any_meets(a.actions, b.actions)) return false;
  return a.resources.empty() || b.resources.empty() || any_meets(a.resources, b.resources);
}

bool matches_wherever(const CompiledRule& outer, const CompiledRule& inner) {
  const auto all_covered = [](const std::vector<Glob>& by, const std::vector<Glob>& globs) {
    return std::ranges::all_of(globs, [&](const Glob& glob) { return is_covered(glob, by); });
  };
  if (!all_covered(outer.actions, inner.actions)) return false;
  return outer.resources.empty() || (!inner.resources.empty() && all_covered(outer.resources, inner.resources));
}

bool is_about_agent(policy::Root root) noexcept {
  switch (root) {
    case policy::Root::AgentId:
    case policy::Root::AgentName:
    case policy::Root::AgentTrustTier:
    case policy::Root::AgentTrustRank:
    case policy::Root::AgentTags:
    case policy::Root::AgentOrgId:
    case policy::Root::AgentMetadata:
      return true;
    case policy::Root::Action:
    case policy::Root::Resource:
    case policy::Root::Context:
    case policy::Root::Token:
    case policy::Root::Delegation:
    case policy::Root::DelegationDepth:
    case policy::Root::DelegationRoot:
    case policy::Root::TimeYear:
    case policy::Root::TimeMonth:
    case policy::Root::TimeDay:
    case policy::Root::TimeHour:
    case policy::Root::TimeMinute:
    case policy::Root::TimeSecond:
    case policy::Root::TimeMinuteOfDay:
    case policy::Root::TimeWeekday:
    case policy::Root::TimeEpoch:
    case policy::Root::TimeIso:
      return false;
  }
  GUARDIAN_ASSERT(false);
}

// The ways in which the condition comes out as asked, without what is known of the agent.
Alternatives alternatives_for(const LiveRule& live, const policy::Agent& agent, bool holds) {
  const policy::Request nothing;
  const policy::Input input{agent, nothing, {}};
  policy::Facts facts(input, live.policy->zone);
  Alternatives left = alternatives_of(live.rule().condition, leaning_of(live.rule().effect), holds);
  const auto is_known = [](const Claim& claim) { return is_about_agent(claim.test->attribute.root); };
  std::erase_if(left.list, [&](const Claims& claims) {
    return std::ranges::any_of(claims, [&](const Claim& claim) {
      return is_known(claim) && policy::holds(*claim.test, facts, nullptr, claim.leaning) != claim.holds;
    });
  });
  for (Claims& claims : left.list) std::erase_if(claims, is_known);
  return left;
}

// Each policy has a time zone of its own: what two policies ask of the time is not held against each other.
void forget_time(Alternatives& alternatives) {
  for (Claims& claims : alternatives.list) {
    std::erase_if(claims, [](const Claim& claim) { return claim.test->attribute.path.starts_with("time."); });
  }
}

// Proven: no request for which `rule` holds makes the condition of `other` come out so.
bool never_together(const LiveRule& rule, const LiveRule& other, const policy::Agent& agent, bool holds) {
  const Alternatives first = alternatives_for(rule, agent, true);
  Alternatives second = alternatives_for(other, agent, holds);
  if (rule.policy != other.policy) forget_time(second);
  const auto around =
      holds ? around_both(rule.rule(), other.rule(), {}) : Surroundings{{}, rule.rule().actions, rule.rule().resources};
  return impossible(both(first, second), around, {});
}

// True where `other` decides when both match.
bool is_stronger(const LiveRule& other, const LiveRule& rule) {
  const Effect effect = rule.rule().effect;
  if (other.policy == rule.policy && rule.policy->combining == policy::Combining::FirstApplicable) {
    return other.index < rule.index && other.rule().effect != effect;
  }
  return strength(outcome_of(other.rule().effect)) > strength(outcome_of(effect));
}

std::vector<StrongerRule> stronger_rules(const LiveRule& rule, const std::vector<LiveRule>& all,
                                         const policy::Agent& agent) {
  std::vector<StrongerRule> stronger;
  if (rule.rule().effect == Effect::Deny) return stronger;
  for (const LiveRule& other : all) {
    if (!is_stronger(other, rule) || !may_match_together(other.rule(), rule.rule())) continue;
    if (never_together(rule, other, agent, true)) continue;
    const bool always = matches_wherever(other.rule(), rule.rule()) &&
                        (other.condition.empty() || never_together(rule, other, agent, false));
    stronger.push_back({other.policy->name, other.rule().id, other.rule().effect, other.condition, always});
  }
  return stronger;
}

Left left_by(const std::vector<Glob>& ceiling, const Glob& action) {
  if (ceiling.empty() || is_covered(action, ceiling)) return Left::All;
  return meets(action, ceiling) ? Left::Part : Left::Nothing;
}

AbilityRule ability_of(const LiveRule& live, const std::vector<LiveRule>& all, const policy::Agent& agent,
                       const std::vector<Glob>& ceiling) {
  const CompiledRule& rule = live.rule();
  AbilityRule ability{rule.id, rule.effect, {}, {}, live.condition, stronger_rules(live, all, agent), rule.rate_limits};
  for (const Glob& action : rule.actions) ability.actions.push_back({action.pattern(), left_by(ceiling, action)});
  for (const Glob& resource : rule.resources) ability.resources.emplace_back(resource.pattern());
  return ability;
}

AbilityPolicy ability_of(const CompiledPolicy& policy, const std::vector<LiveRule>& all, const policy::Agent& agent,
                         const std::vector<Glob>& ceiling) {
  AbilityPolicy ability{policy.name, policy.combining, policy.default_effect, {}, policy.rate_limits, nullptr};
  if (policy.delegation) ability.delegation = &*policy.delegation;
  for (const LiveRule& live : all) {
    if (live.policy == &policy) ability.rules.push_back(ability_of(live, all, agent, ceiling));
  }
  if (policy.combining == policy::Combining::DenyOverrides) {
    std::ranges::stable_sort(ability.rules, {},
                             [](const AbilityRule& rule) { return strength(outcome_of(rule.effect)); });
  }
  return ability;
}

void add_policies(const bundle::Payload& payload, const policy::Agent& agent, const std::vector<Glob>& ceiling,
                  Ability& ability) {
  std::vector<const CompiledPolicy*> counting;
  std::vector<LiveRule> live;
  for (const policy::Policy& policy : payload.policies) {
    if (!policy.enabled() || !policy.applies_to(agent)) continue;
    if (policy.enforcement() == policy::Enforcement::DryRun) {
      ability.dry_run.push_back(policy.name());
      continue;
    }
    counting.push_back(&policy.compiled());
    std::ranges::move(live_rules(policy.compiled(), agent), std::back_inserter(live));
  }
  for (const CompiledPolicy* const policy : counting)
    ability.policies.push_back(ability_of(*policy, live, agent, ceiling));
  const auto allows = [](const CompiledPolicy* policy) { return policy->default_effect == Effect::Allow; };
  ability.otherwise_allowed = !counting.empty() && std::ranges::all_of(counting, allows);
}

}  // namespace

std::string_view to_string(Left left) noexcept {
  switch (left) {
    case Left::All:
      return "all";
    case Left::Part:
      return "part";
    case Left::Nothing:
      return "nothing";
  }
  GUARDIAN_ASSERT(false);
}

std::optional<Ability> can(const bundle::Payload& payload, std::string_view agent_id, base::TimePoint now) {
  const identity::AgentDirectory directory(payload);
  const auto index = directory.find(agent_id);
  if (!index && !payload.unknown_agents_tier) return std::nullopt;
  Ability ability;
  if (index) ability.agent = &payload.agents[*index];
  const bundle::TrustTier& tier = payload.tiers[index ? ability.agent->tier : *payload.unknown_agents_tier];
  ability.trust_tier = tier.name;
  for (const Glob& glob : tier.ceiling) ability.ceiling.emplace_back(glob.pattern());
  ability.revoked = directory.is_revoked(agent_id);
  if (ability.revoked) return ability;

  policy::Agent agent;
  if (index) {
    agent = ability.agent->view;
  } else {
    agent.id = agent_id;
    agent.trust_tier = tier.name;
    agent.trust_rank = tier.rank;
    agent.tags = json::Value::list({});
  }
  add_policies(payload, agent, tier.ceiling, ability);
  const base::Instant instant = std::max(base::to_instant(now), payload.timestamp);
  for (const bundle::Approval& approval : payload.approvals) {
    if (approval.agent_id == agent_id && instant < approval.expires_at) ability.approvals.push_back(&approval);
  }
  return ability;
}

}  // namespace guardian::analysis
