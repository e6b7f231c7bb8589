#include "guardian/analysis/who_can.h"

#include <algorithm>

#include "guardian/analysis/outcomes.h"
#include "guardian/base/check.h"
#include "guardian/decision/decision.h"
#include "guardian/identity/agent_directory.h"
#include "guardian/policy/condition_text.h"

namespace guardian::analysis {

namespace {

using policy::CompiledPolicy;
using Kind = policy::Outcome::Kind;

// A policy that counts for the agent in question.
struct Applied {
  const CompiledPolicy* policy = nullptr;
  bool certain = true;  // false: for some of the agents that the bundle does not list
};

struct Subject {
  const bundle::AgentRecord* record = nullptr;
  policy::Agent agent;
  std::size_t tier = 0;
  std::vector<Applied> policies;
};

bool is_every_text(const policy::Glob& glob) { return glob.pattern().find_first_not_of('*') == std::string::npos; }

// `agent.id MATCHES 'ghost' AND (...)`: what an agent that the bundle does not list must be called besides.
std::string with_agent_id(const CompiledPolicy& policy, const std::string& condition) {
  std::vector<json::Value> patterns;
  for (const policy::Glob& glob : policy.applies_to.agent_ids()) patterns.push_back(json::Value::text(glob.pattern()));
  const json::Value operand = patterns.size() == 1 ? patterns.front() : json::Value::list(patterns);
  const std::string named = "agent.id MATCHES " + policy::operand_text(operand);
  return condition.empty() ? named : named + " AND (" + condition + ")";
}

class Inquiry {
 public:
  Inquiry(const bundle::Payload& payload, const WhoCanQuestion& question)
      : payload_(payload), question_(question), directory_(payload) {
    request_.action = question.action;
    request_.resource = question.resource;
    if (question.context) request_.context = *question.context;
  }

  [[nodiscard]] Standing listed_agent(std::size_t index) const {
    Subject subject;
    subject.record = &payload_.agents[index];
    subject.agent = subject.record->view;
    subject.tier = subject.record->tier;
    for (const policy::Policy& policy : payload_.policies) {
      if (policy.enabled() && policy.applies_to(subject.agent)) add(subject, policy, true);
    }
    if (!directory_.is_revoked(subject.agent.id)) return find(subject);
    return denial(subject, std::string(decision::kReasonAgentRevoked));
  }

  [[nodiscard]] Standing unlisted_agents(std::size_t tier) const {
    Subject subject;
    subject.tier = tier;
    subject.agent.trust_tier = payload_.tiers[tier].name;
    subject.agent.trust_rank = payload_.tiers[tier].rank;
    subject.agent.tags = json::Value::list({});
    for (const policy::Policy& policy : payload_.policies) {
      if (!policy.enabled() || !policy.applies_apart_from_id(subject.agent)) continue;
      const Truth applies = applies_to_unlisted(policy.compiled());
      if (applies != Truth::False) add(subject, policy, applies == Truth::True);
    }
    return find(subject);
  }

 private:
  static void add(Subject& subject, const policy::Policy& policy, bool certain) {
    if (policy.enforcement() == policy::Enforcement::Enforce) {
      subject.policies.push_back({&policy.compiled(), certain});
    }
  }

  // Whether `agentIds` match every id that is neither listed nor revoked, some, or none.
  [[nodiscard]] Truth applies_to_unlisted(const CompiledPolicy& policy) const {
    if (!policy.applies_to.constrains_agent_ids()) return Truth::True;
    Truth result = Truth::False;
    for (const policy::Glob& glob : policy.applies_to.agent_ids()) {
      if (is_every_text(glob)) return Truth::True;
      const bool is_another =
          glob.is_literal() && (directory_.find(glob.literal()) || directory_.is_revoked(glob.literal()));
      if (!is_another) result = Truth::Unknown;
    }
    return result;
  }

  [[nodiscard]] Standing denial(const Subject& subject, std::string reason) const {
    Standing standing;
    standing.agent = subject.record;
    standing.trust_tier = payload_.tiers[subject.tier].name;
    standing.reason = std::move(reason);
    return standing;
  }

  // Steps 2 to 4 of section 6.
  [[nodiscard]] Standing find(const Subject& subject) const {
    const bundle::TrustTier& tier = payload_.tiers[subject.tier];
    const auto admits = [&](const policy::Glob& glob) { return glob.matches(question_.action); };
    if (!tier.ceiling.empty() && std::ranges::none_of(tier.ceiling, admits)) {
      return denial(subject, "Action exceeds trust tier " + std::string(tier.name));
    }
    Standing standing = denial(subject, "");
    OutcomeSet possible;
    // What the policies so far come to at least: a weaker outcome cannot decide any more.
    Kind floor = Kind::None;
    for (const Applied& applied : subject.policies) {
      if (floor == Kind::Deny) break;
      const Kind floor_here = add_rules(subject, applied, floor, possible, standing.rules);
      if (strength(floor_here) > strength(floor)) floor = floor_here;
    }
    std::erase_if(standing.rules,
                  [&](const DecidingRule& rule) { return strength(outcome_of(rule.effect)) < strength(floor); });
    if (floor == Kind::None) standing.fallback = fallback_of(subject);
    if (standing.fallback == Fallback::Allow) {
      standing.fallback_limits = subject.policies.front().policy->rate_limits;
    }
    conclude(subject, possible.from(floor), standing);
    return standing;
  }

  // Adds what a policy may contribute; returns the weakest outcome it may have.
  Kind add_rules(const Subject& subject, const Applied& applied, Kind floor, OutcomeSet& possible,
                 std::vector<DecidingRule>& rules) const {
    const CompiledPolicy& policy = *applied.policy;
    const policy::Input input{subject.agent, request_, question_.at.value_or(question_.now)};
    const Known known = known_of(subject);
    Outcomes outcomes = outcomes_of(policy, input, known);
    if (!applied.certain) outcomes.possible.add(Kind::None);
    possible.add(outcomes.possible);
    Partial partial(policy, input, known);
    for (const ReachedRule& reached : outcomes.rules) {
      const policy::CompiledRule& rule = policy.rules[reached.rule];
      if (strength(outcome_of(rule.effect)) <= strength(floor)) continue;
      DecidingRule deciding{policy.name, rule.id, rule.effect, {}, nullptr};
      if (!reached.certain) {
        const policy::Leaning leaning = leaning_of(rule.effect);
        deciding.condition = policy::condition_text(rule.condition, [&](const policy::Condition& part) {
          return partial.truth(part, leaning) != Truth::Unknown;
        });
      }
      if (rule.effect != policy::Effect::Deny) {
        deciding.limits = rule.rate_limits;
        deciding.policy_limits = policy.rate_limits;
      }
      if (!applied.certain) deciding.condition = with_agent_id(policy, deciding.condition);
      if (rule.effect == policy::Effect::RequireApproval) deciding.approval = approval_of(subject, deciding);
      rules.push_back(std::move(deciding));
    }
    return outcomes.possible.weakest();
  }

  [[nodiscard]] Known known_of(const Subject& subject) const {
    Known known;
    known.agent_id = subject.record != nullptr;
    known.context = question_.context.has_value();
    known.time = question_.at.has_value();
    return known;
  }

  // The entry that the engine would find (policy.md section 6, step 4).
  [[nodiscard]] const bundle::Approval* approval_of(const Subject& subject, const DecidingRule& rule) const {
    if (subject.record == nullptr) return nullptr;
    const base::Instant instant = std::max(base::to_instant(question_.at.value_or(question_.now)), payload_.timestamp);
    const auto fits = [&](const bundle::Approval& approval) {
      return approval.agent_id == subject.agent.id && instant < approval.expires_at &&
             approval.action.matches(question_.action) &&
             (!approval.resource || (question_.resource && approval.resource->matches(*question_.resource))) &&
             (!approval.policy || *approval.policy == rule.policy) && (!approval.rule || *approval.rule == rule.rule);
    };
    const auto found = std::ranges::find_if(payload_.approvals, fits);
    return found == payload_.approvals.end() ? nullptr : &*found;
  }

  // Every policy that applies must allow by default, and there must be one.
  static Fallback fallback_of(const Subject& subject) {
    bool any_certain = false;
    bool may_allow = false;
    bool may_deny = false;
    for (const Applied& applied : subject.policies) {
      const bool denies = applied.policy->default_effect == policy::Effect::Deny;
      if (denies && applied.certain) return Fallback::Deny;
      any_certain = any_certain || applied.certain;
      (denies ? may_deny : may_allow) = true;
    }
    may_deny = may_deny || !any_certain;
    if (!may_allow) return Fallback::Deny;
    return may_deny ? Fallback::Either : Fallback::Allow;
  }

  static void conclude(const Subject& subject, OutcomeSet possible, Standing& standing) {
    const Fallback fallback = standing.fallback;
    const bool may_allow = possible.has(Kind::Allow) || fallback == Fallback::Allow || fallback == Fallback::Either;
    const bool may_approve = possible.has(Kind::RequireApproval);
    const bool may_deny = possible.has(Kind::Deny) || fallback == Fallback::Deny || fallback == Fallback::Either;
    if (may_allow) {
      standing.verdict = may_approve || may_deny ? Verdict::Conditional : Verdict::Allow;
    } else if (may_approve) {
      standing.verdict = Verdict::Approval;
    } else {
      standing.verdict = Verdict::Deny;
      standing.reason = reason_of_denial(subject, standing);
    }
  }

  static std::string reason_of_denial(const Subject& subject, const Standing& standing) {
    const auto certain = std::ranges::find_if(standing.rules, [](const DecidingRule& rule) {
      return rule.effect == policy::Effect::Deny && rule.condition.empty();
    });
    if (standing.fallback == Fallback::None && certain != standing.rules.end()) {
      return "Denied by rule " + std::string(certain->rule);
    }
    return std::string(subject.policies.empty() ? decision::kReasonNoPolicy : decision::kReasonNoRule);
  }

  const bundle::Payload& payload_;
  const WhoCanQuestion& question_;
  identity::AgentDirectory directory_;
  policy::Request request_;
};

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Allow:
      return "allow";
    case Verdict::Conditional:
      return "conditional";
    case Verdict::Approval:
      return "approval";
    case Verdict::Deny:
      return "deny";
  }
  GUARDIAN_ASSERT(false);
}

std::vector<Standing> who_can(const bundle::Payload& payload, const WhoCanQuestion& question) {
  const Inquiry inquiry(payload, question);
  std::vector<Standing> standings;
  for (std::size_t i = 0; i < payload.agents.size(); ++i) standings.push_back(inquiry.listed_agent(i));
  if (payload.unknown_agents_tier) standings.push_back(inquiry.unlisted_agents(*payload.unknown_agents_tier));
  return standings;
}

}  // namespace guardian::analysis
