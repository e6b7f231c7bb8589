#include "guardian/decision/engine.h"

#include <algorithm>

#include "guardian/base/check.h"

namespace guardian::decision {

namespace {

using policy::Enforcement;
using OutcomeKind = policy::Outcome::Kind;

bool counts(const policy::Policy& policy) noexcept { return policy.enforcement() == Enforcement::Enforce; }

// How strongly an outcome wins over others across policies: the first deny, else the first require-approval, else the
// first allow.
int precedence(OutcomeKind kind) noexcept {
  switch (kind) {
    case OutcomeKind::None:
      return 0;
    case OutcomeKind::Allow:
      return 1;
    case OutcomeKind::RequireApproval:
      return 2;
    case OutcomeKind::Deny:
      return 3;
  }
  GUARDIAN_ASSERT(false);
}

bool approval_fits(const bundle::Approval& approval, const policy::Request& request, base::Instant now) noexcept {
  if (!(now < approval.expires_at) || !approval.action.matches(request.action)) return false;
  return !approval.resource || (request.resource && approval.resource->matches(*request.resource));
}

}  // namespace

struct Engine::Subject {
  policy::Agent agent;
  std::span<const std::uint32_t> policies;
  Applicability::PolicyList own_policies;  // what `policies` points to for an agent the bundle does not list
};

bool is_valid_action(std::string_view action) noexcept {
  const auto is_control = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  };
  return !action.empty() && action.size() <= kMaxActionBytes && std::ranges::none_of(action, is_control);
}

Engine::Engine(std::shared_ptr<const bundle::Payload> payload)
    : payload_(std::move(payload)), agents_(*payload_), applicability_(*payload_) {
  for (const bundle::TrustTier& tier : payload_->tiers) {
    const std::string name(tier.name);
    tier_texts_.push_back({"trust-tier:" + name, "Action exceeds trust tier " + name});
  }
  deny_texts_.resize(payload_->policies.size());
  for (std::size_t i = 0; i < payload_->policies.size(); ++i) {
    const policy::Policy& policy = payload_->policies[i];
    deny_texts_[i].resize(policy.rule_count());
    for (std::size_t rule = 0; rule < policy.rule_count(); ++rule) {
      const bool needs_text = policy.rule_effect(rule) == policy::Effect::Deny && policy.rule_reason(rule).empty();
      if (needs_text) deny_texts_[i][rule] = "Denied by rule " + std::string(policy.rule_id(rule));
    }
  }
  for (const bundle::Approval& approval : payload_->approvals) approvals_[approval.agent_id].push_back(&approval);
}

const bundle::AgentRecord* Engine::find_agent(std::string_view id) const noexcept {
  const auto index = agents_.find(id);
  return index ? &payload_->agents[*index] : nullptr;
}

std::optional<Engine::Subject> Engine::identify(const Question& question, Decision& decision) const {
  Subject subject;
  const auto index = agents_.find(question.agent_id);
  std::size_t tier = 0;
  if (index) {
    tier = payload_->agents[*index].tier;
    subject.agent = payload_->agents[*index].view;
    subject.policies = applicability_.of_agent(*index);
  } else if (payload_->unknown_agents_tier) {
    tier = *payload_->unknown_agents_tier;
    subject.agent.id = question.agent_id;
    subject.agent.trust_tier = payload_->tiers[tier].name;
    subject.agent.trust_rank = payload_->tiers[tier].rank;
    subject.agent.tags = json::Value::list({});
    subject.policies = applicability_.of_unknown(subject.agent, subject.own_policies);
  } else {
    decision = deny_without_policy(kReasonUnknownAgent);
    return std::nullopt;
  }
  if (agents_.is_revoked(question.agent_id)) {
    decision = deny_without_policy(kReasonAgentRevoked);
    return std::nullopt;
  }
  const auto& ceiling = payload_->tiers[tier].ceiling;
  const auto admits = [&](const policy::Glob& glob) { return glob.matches(question.request.action); };
  if (!ceiling.empty() && std::ranges::none_of(ceiling, admits)) {
    decision.policy = tier_texts_[tier].policy;
    decision.rule = kCeilingRule;
    decision.reason = tier_texts_[tier].reason;
    return std::nullopt;
  }
  return subject;
}

Decision Engine::decide(const Question& question, base::TimePoint now) const {
  Decision decision;
  const auto subject = identify(question, decision);
  if (!subject) return decision;
  const policy::Input input{subject->agent, question.request, now};
  const Winner winner = combine(input, subject->policies);
  if (winner.kind == OutcomeKind::None) {
    apply_default(question.request.action, subject->policies, decision);
  } else {
    apply_winner(winner, question, now, decision);
  }
  add_dry_runs(input, subject->policies, decision);
  return decision;
}

Engine::Winner Engine::combine(const policy::Input& input, std::span<const std::uint32_t> policies) const {
  Winner winner;
  for (const std::uint32_t index : policies) {
    const policy::Policy& policy = payload_->policies[index];
    if (!counts(policy)) continue;
    const policy::Outcome outcome = policy.evaluate(input);
    if (precedence(outcome.kind) > precedence(winner.kind)) winner = {index, outcome.rule, outcome.kind};
    if (winner.kind == OutcomeKind::Deny) break;
  }
  return winner;
}

std::string_view Engine::deny_reason(const Winner& winner) const noexcept {
  const std::string_view own = payload_->policies[winner.policy].rule_reason(winner.rule);
  return own.empty() ? std::string_view(deny_texts_[winner.policy][winner.rule]) : own;
}

void Engine::apply_winner(const Winner& winner, const Question& question, base::TimePoint now,
                          Decision& decision) const {
  const policy::Policy& policy = payload_->policies[winner.policy];
  decision.policy = policy.name();
  decision.rule = policy.rule_id(winner.rule);
  decision.alert = policy.rule_alert(winner.rule);
  const std::string_view own_reason = policy.rule_reason(winner.rule);
  if (!own_reason.empty()) decision.reason = own_reason;
  switch (winner.kind) {
    case OutcomeKind::None:
      GUARDIAN_ASSERT(false);
      break;
    case OutcomeKind::Allow:
      decision.allow = true;
      break;
    case OutcomeKind::Deny:
      decision.reason = deny_reason(winner);
      break;
    case OutcomeKind::RequireApproval:
      if (const auto* approval = find_approval(winner, question.agent_id, question.request, now)) {
        decision.allow = true;
        decision.approval_id = approval->id;
      } else {
        decision.requires_approval = true;
        if (!decision.reason) decision.reason = kReasonApprovalRequired;
      }
      break;
  }
}

void Engine::apply_default(std::string_view action, std::span<const std::uint32_t> policies, Decision& decision) const {
  const policy::Policy* first_applicable = nullptr;
  const policy::Policy* first_denying = nullptr;
  const policy::Policy* first_with_action = nullptr;
  for (const std::uint32_t index : policies) {
    const policy::Policy& policy = payload_->policies[index];
    if (!counts(policy)) continue;
    if (first_applicable == nullptr) first_applicable = &policy;
    if (policy.default_effect() != policy::Effect::Deny) continue;
    if (first_denying == nullptr) first_denying = &policy;
    if (policy.has_rule_for_action(action)) {
      first_with_action = &policy;
      break;
    }
  }
  if (first_applicable == nullptr) {
    decision = deny_without_policy(kReasonNoPolicy);
    return;
  }
  decision.rule = kDefaultRule;
  if (first_denying == nullptr) {
    decision.allow = true;
    decision.policy = first_applicable->name();
    return;
  }
  decision.policy = (first_with_action != nullptr ? first_with_action : first_denying)->name();
  decision.reason = kReasonNoRule;
}

void Engine::add_dry_runs(const policy::Input& input, std::span<const std::uint32_t> policies,
                          Decision& decision) const {
  for (const std::uint32_t index : policies) {
    const policy::Policy& policy = payload_->policies[index];
    if (counts(policy)) continue;
    const policy::Outcome outcome = policy.evaluate(input);
    if (outcome.kind == OutcomeKind::None) continue;
    const Winner own{index, outcome.rule, outcome.kind};
    const bool approved = outcome.kind == OutcomeKind::RequireApproval &&
                          find_approval(own, input.agent.id, input.request, input.now) != nullptr;
    const bool allow = outcome.kind == OutcomeKind::Allow || approved;
    if (allow != decision.allow) decision.dry_run.push_back({policy.name(), policy.rule_id(outcome.rule), allow});
  }
}

const bundle::Approval* Engine::find_approval(const Winner& winner, std::string_view agent_id,
                                              const policy::Request& request, base::TimePoint now) const {
  const auto of_agent = approvals_.find(agent_id);
  if (of_agent == approvals_.end()) return nullptr;
  const policy::Policy& policy = payload_->policies[winner.policy];
  // A clock behind the bundle's own timestamp must not revive an approval (bundle.md section 4, time floor).
  const base::Instant instant = std::max(base::to_instant(now), payload_->timestamp);
  const auto found = std::ranges::find_if(of_agent->second, [&](const bundle::Approval* approval) {
    return (!approval->policy || *approval->policy == policy.name()) &&
           (!approval->rule || *approval->rule == policy.rule_id(winner.rule)) &&
           approval_fits(*approval, request, instant);
  });
  return found == of_agent->second.end() ? nullptr : *found;
}

void Engine::explain(const Question& question, base::TimePoint now, std::size_t max_bytes, json::Writer& out) const {
  out.begin_list();
  Decision ignored;
  if (const auto subject = identify(question, ignored)) {
    const policy::Input input{subject->agent, question.request, now};
    for (const std::uint32_t index : subject->policies) {
      // By then at least one entry has said that rules are missing.
      if (out.size() >= 2 * max_bytes) break;
      payload_->policies[index].explain(input, max_bytes, out);
    }
  }
  out.end_list();
}

}  // namespace guardian::decision
