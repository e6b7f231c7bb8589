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

// The request with what its conditions may see of the chain.
policy::Request with_delegation(const Question& question) noexcept {
  policy::Request request = question.request;
  if (question.chain.empty()) return request;
  request.delegation_depth = static_cast<std::uint32_t>(question.chain.size());
  request.delegation_root = question.chain.front();
  return request;
}

bool approval_fits(const bundle::Approval& approval, const policy::Request& request, base::Instant now) noexcept {
  if (!(now < approval.expires_at) || !approval.action.matches(request.action)) return false;
  return !approval.resource || (request.resource && approval.resource->matches(*request.resource));
}

}  // namespace

struct Engine::Subject {
  policy::Agent agent;
  Applicable policies;
  bool listed = false;      // in the bundle
  PolicyList own_policies;  // a part of `policies` for an agent the bundle does not list
};

// Either all applicable policies, where they are few, or those of them that have a rule for the action: a policy
// without one says nothing of it.
class Engine::Candidates {
 public:
  Candidates(const policy::GlobIndex& by_action, std::string_view action, const Applicable& policies) noexcept
      : matches_(by_action, action), policies_(policies) {
    all_ = policies.size() <= kFewPolicies;
  }

  [[nodiscard]] bool have_a_rule_for_the_action() const noexcept { return !all_; }
  // In bundle order.
  [[nodiscard]] std::optional<std::uint32_t> next() noexcept {
    std::optional<std::uint32_t> found = all_ ? policies_.next(from_) : next_of_both();
    if (found) from_ = *found + 1;
    return found;
  }

 private:
  std::optional<std::uint32_t> next_of_both() noexcept {
    auto match = matches_.next(from_);
    while (match) {
      const auto applicable = policies_.next(*match);
      if (!applicable || *applicable == *match) return applicable;
      match = matches_.next(*applicable);
      if (match == applicable) return match;
    }
    return std::nullopt;
  }

  policy::GlobIndex::Matches matches_;
  const Applicable& policies_;
  bool all_ = false;
  std::uint32_t from_ = 0;
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
  index_policies();
}

void Engine::index_policies() {
  policy::GlobIndexBuilder actions;
  for (std::uint32_t i = 0; i < payload_->policies.size(); ++i) {
    const policy::Policy& policy = payload_->policies[i];
    if (!policy.enabled()) continue;
    policy.add_actions(i, actions);
    if (!counts(policy)) {
      any_dry_run_ = true;
      continue;
    }
    enforced_.push_back(i);
    if (policy.default_effect() == policy::Effect::Deny) denying_by_default_.push_back(i);
    if (policy.delegation() != nullptr) with_delegation_.push_back(i);
  }
  by_action_ = std::move(actions).build();
}

const bundle::AgentRecord* Engine::find_agent(std::string_view id) const noexcept {
  const auto index = agents_.find(id);
  return index ? &payload_->agents[*index] : nullptr;
}

bool Engine::identify(std::string_view agent_id, std::string_view action, Subject& subject, Decision& decision) const {
  const auto index = agents_.find(agent_id);
  std::size_t tier = 0;
  if (index) {
    tier = payload_->agents[*index].tier;
    subject.listed = true;
    subject.agent = payload_->agents[*index].view;
    subject.policies = applicability_.of_agent(*index);
  } else if (payload_->unknown_agents_tier) {
    tier = *payload_->unknown_agents_tier;
    subject.agent.id = agent_id;
    subject.agent.trust_tier = payload_->tiers[tier].name;
    subject.agent.trust_rank = payload_->tiers[tier].rank;
    subject.agent.tags = json::Value::list({});
    subject.policies = applicability_.of_unknown(subject.agent, subject.own_policies);
  } else {
    decision = deny_without_policy(kReasonUnknownAgent);
    return false;
  }
  if (agents_.is_revoked(agent_id)) {
    decision = deny_without_policy(kReasonAgentRevoked);
    return false;
  }
  const auto& ceiling = payload_->tiers[tier].ceiling;
  const auto admits = [&](const policy::Glob& glob) { return glob.matches(action); };
  if (!ceiling.empty() && std::ranges::none_of(ceiling, admits)) {
    decision.policy = tier_texts_[tier].policy;
    decision.rule = kCeilingRule;
    decision.reason = tier_texts_[tier].reason;
    return false;
  }
  return true;
}

Decision Engine::decide(const Question& question, base::TimePoint now,
                        std::optional<base::TimePoint> time_floor) const {
  Decision decision;
  Subject subject;
  if (!identify(question.agent_id, question.request.action, subject, decision)) return decision;
  const policy::Request request = with_delegation(question);
  const Asked input{{subject.agent, request, now}, std::max(now, time_floor.value_or(now))};
  std::vector<Winner> dry_runs;
  const Ruling ruling = apply_rules(input, subject.policies, &dry_runs, decision);
  if (decision.allow && !question.chain.empty()) check_delegation(question, input, subject.policies, decision);
  if (decision.allow) name_charge(ruling, subject, decision);
  add_dry_runs(input, dry_runs, decision);
  return decision;
}

Engine::Ruling Engine::apply_rules(const Asked& input, const Applicable& policies, std::vector<Winner>* dry_runs,
                                   Decision& decision) const {
  Winner winner;
  Candidates candidates(by_action_, input.request.action, policies);
  for (auto index = candidates.next(); index; index = candidates.next()) {
    const policy::Policy& policy = payload_->policies[*index];
    if (counts(policy) ? winner.kind == OutcomeKind::Deny : dry_runs == nullptr) continue;
    const policy::Outcome outcome = policy.evaluate(input);
    const Winner own{*index, outcome.rule, outcome.kind};
    if (!counts(policy)) {
      if (outcome.kind != OutcomeKind::None) dry_runs->push_back(own);
    } else if (precedence(outcome.kind) > precedence(winner.kind)) {
      winner = own;
    }
    if (winner.kind == OutcomeKind::Deny && (dry_runs == nullptr || !any_dry_run_)) break;
  }
  if (winner.kind == OutcomeKind::None) return apply_default(input.request.action, policies, decision);
  apply_winner(winner, input, decision);
  return {winner.policy, winner.rule};
}

std::string_view Engine::deny_reason(const Winner& winner) const noexcept {
  const std::string_view own = payload_->policies[winner.policy].rule_reason(winner.rule);
  return own.empty() ? std::string_view(deny_texts_[winner.policy][winner.rule]) : own;
}

void Engine::apply_winner(const Winner& winner, const Asked& input, Decision& decision) const {
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
      if (const auto* approval = find_approval(winner, input)) {
        decision.allow = true;
        decision.approval_id = approval->id;
      } else {
        decision.requires_approval = true;
        if (!decision.reason) decision.reason = kReasonApprovalRequired;
      }
      break;
  }
}

Engine::Ruling Engine::apply_default(std::string_view action, const Applicable& policies, Decision& decision) const {
  const auto first_applicable = policies.next_of(enforced_);
  if (!first_applicable) {
    decision = deny_without_policy(kReasonNoPolicy);
    return {};
  }
  decision.rule = kDefaultRule;
  auto named = policies.next_of(denying_by_default_);
  if (!named) {
    decision.allow = true;
    decision.policy = payload_->policies[*first_applicable].name();
    return {*first_applicable, std::nullopt};
  }
  // Rather one that speaks of the action.
  Candidates candidates(by_action_, action, policies);
  for (auto index = candidates.next(); index; index = candidates.next()) {
    const policy::Policy& policy = payload_->policies[*index];
    if (!counts(policy) || policy.default_effect() != policy::Effect::Deny) continue;
    if (!candidates.have_a_rule_for_the_action() && !policy.has_rule_for_action(action)) continue;
    named = index;
    break;
  }
  decision.policy = payload_->policies[*named].name();
  decision.reason = kReasonNoRule;
  return {*named, std::nullopt};
}

void Engine::check_delegation(const Question& question, const Asked& input, const Applicable& policies,
                              Decision& decision) const {
  const auto refuse = [&](std::optional<std::string_view> policy, std::string reason) {
    decision = Decision();
    decision.policy = policy;
    decision.rule = kDelegationRule;
    decision.made_reason = std::make_shared<const std::string>(std::move(reason));
    decision.reason = *decision.made_reason;
  };
  const auto chain = question.chain;
  const std::string depth = "Delegation depth " + std::to_string(chain.size()) + " exceeds ";
  if (chain.size() > kMaxDelegationDepth) return refuse(std::nullopt, depth + std::to_string(kMaxDelegationDepth));
  for (auto member = chain.begin(); member != chain.end(); ++member) {
    if (*member == question.agent_id || std::find(chain.begin(), member, *member) != member) {
      return refuse(std::nullopt, "Circular delegation");
    }
  }
  for (const std::string_view member : chain) {
    if (!agents_.find(member)) return refuse(std::nullopt, "Unknown delegator " + std::string(member));
    if (agents_.is_revoked(member)) return refuse(std::nullopt, "Delegator revoked " + std::string(member));
  }
  for (auto index = policies.next_of(with_delegation_); index; index = policies.next_of(with_delegation_, *index + 1)) {
    const policy::Policy& policy = payload_->policies[*index];
    const policy::Delegation& limit = *policy.delegation();
    if (limit.max_depth && chain.size() > *limit.max_depth) {
      return refuse(policy.name(), depth + std::to_string(*limit.max_depth));
    }
    const auto admits = [&](const policy::Glob& glob) { return glob.matches(input.request.action); };
    if (!limit.permission_ceiling.empty() && std::ranges::none_of(limit.permission_ceiling, admits)) {
      return refuse(policy.name(), std::string(kReasonDelegationCeiling));
    }
  }
  for (const std::string_view member : chain) {
    if (!allows_alone(member, input)) {
      return refuse(std::nullopt, "Delegator " + std::string(member) + " is not allowed this action");
    }
  }
}

bool Engine::allows_alone(std::string_view agent_id, const Asked& input) const {
  policy::Request request = input.request;
  request.token = json::Value();
  request.delegation_depth = 0;
  request.delegation_root.reset();
  Decision decision;
  Subject subject;
  if (!identify(agent_id, request.action, subject, decision)) return false;
  apply_rules({{subject.agent, request, input.now}, input.expiry_now}, subject.policies, nullptr, decision);
  return decision.allow;
}

void Engine::name_charge(const Ruling& ruling, const Subject& subject, Decision& decision) const {
  const policy::Policy& policy = payload_->policies[*ruling.policy];
  const auto add = [&](std::string_view rule, const policy::RateLimits& limits) {
    if (!limits.any()) return;
    const limits::Maxima maxima{limits.per_second, limits.per_minute, limits.per_hour, limits.per_day};
    decision.charge.counters[decision.charge.size++] = {policy.name(), rule, subject.listed ? subject.agent.id : "",
                                                        maxima};
  };
  if (ruling.rule) add(policy.rule_id(*ruling.rule), policy.rule_rate_limits(*ruling.rule));
  add("", policy.rate_limits());
}

void Engine::add_dry_runs(const Asked& input, std::span<const Winner> outcomes, Decision& decision) const {
  for (const Winner& own : outcomes) {
    const policy::Policy& policy = payload_->policies[own.policy];
    const bool approved = own.kind == OutcomeKind::RequireApproval && find_approval(own, input) != nullptr;
    const bool allow = own.kind == OutcomeKind::Allow || approved;
    const DryRun dry_run{policy.name(), policy.rule_id(own.rule), allow};
    if (allow != decision.allow) {
      decision.dry_run.push_back(dry_run);
    } else if (decision.charge.size != 0) {
      decision.dry_run_if_limited.push_back(dry_run);
    }
  }
}

const bundle::Approval* Engine::find_approval(const Winner& winner, const Asked& input) const {
  const auto of_agent = approvals_.find(input.agent.id);
  if (of_agent == approvals_.end()) return nullptr;
  const policy::Policy& policy = payload_->policies[winner.policy];
  // A clock behind the bundle's own timestamp must not revive an approval (bundle.md section 4, time floor).
  const base::Instant instant = std::max(base::to_instant(input.expiry_now), payload_->timestamp);
  const auto found = std::ranges::find_if(of_agent->second, [&](const bundle::Approval* approval) {
    return (!approval->policy || *approval->policy == policy.name()) &&
           (!approval->rule || *approval->rule == policy.rule_id(winner.rule)) &&
           approval_fits(*approval, input.request, instant);
  });
  return found == of_agent->second.end() ? nullptr : *found;
}

void Engine::explain(const Question& question, base::TimePoint now, std::size_t max_bytes, json::Writer& out) const {
  out.begin_list();
  Decision ignored;
  Subject subject;
  if (identify(question.agent_id, question.request.action, subject, ignored)) {
    const policy::Request request = with_delegation(question);
    const policy::Input input{subject.agent, request, now};
    for (auto index = subject.policies.next(); index; index = subject.policies.next(*index + 1)) {
      // By then at least one entry has said that rules are missing.
      if (out.size() >= 2 * max_bytes) break;
      payload_->policies[*index].explain(input, max_bytes, out);
    }
  }
  out.end_list();
}

void Engine::each_applicable(const Question& question, base::TimePoint now, const Ask& ask) const {
  Decision ignored;
  Subject subject;
  if (!identify(question.agent_id, question.request.action, subject, ignored)) return;
  const policy::Request request = with_delegation(question);
  const policy::Input input{subject.agent, request, now};
  for (auto index = subject.policies.next(); index; index = subject.policies.next(*index + 1)) ask(*index, input);
}

}  // namespace guardian::decision
