#include "support/naive/decide.h"

#include <algorithm>
#include <span>

#include "support/naive/naive.h"
#include "support/naive/patterns.h"
#include "support/naive/policies.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

struct Verdict {
  NaivePolicy policy;
  NaiveOutcome outcome;
};

NaiveAnswer denial(std::string_view reason) {
  NaiveAnswer answer;
  answer.reason = std::string(reason);
  return answer;
}

bool exceeds_ceiling(const Value& payload, std::string_view tier_name, std::string_view action) {
  const Value* tier = find_named(list_member(payload, "trustTiers"), "name", tier_name);
  const auto ceiling = list_member(*tier, "ceiling");
  return !ceiling.empty() &&
         std::ranges::none_of(ceiling, [&](const Value& v) { return glob_matches(v.as_text(), action); });
}

std::optional<std::string> find_approval(const Question& question, const Verdict& verdict) {
  for (const Value& approval : list_member(question.payload, "approvals")) {
    const auto& resource = question.request.resource;
    const Value* wanted = approval.find("resource");
    const Value* policy = approval.find("policy");
    const Value* rule = approval.find("rule");
    const auto expires = base::parse_rfc3339(approval.find("expiresAt")->as_text());
    if (!(base::to_instant(question.now) < expires.value())) continue;
    if (approval.find("agentId")->as_text() != question.agent.id) continue;
    if (!glob_matches(approval.find("action")->as_text(), question.request.action)) continue;
    if (wanted != nullptr && !(resource && glob_matches(wanted->as_text(), *resource))) continue;
    if (policy != nullptr && policy->as_text() != verdict.policy.name) continue;
    if (rule != nullptr && rule->as_text() != verdict.outcome.rule) continue;
    return std::string(approval.find("id")->as_text());
  }
  return std::nullopt;
}

NaiveAnswer answer_of(const Question& question, const Verdict& verdict) {
  NaiveAnswer answer;
  answer.policy = std::string(verdict.policy.name);
  answer.rule = verdict.outcome.rule;
  if (const Value* reason = field(*verdict.outcome.written, "reason")) answer.reason = std::string(reason->as_text());
  const std::string_view effect = verdict.outcome.effect;
  if (effect == "allow") {
    answer.allow = true;
  } else if (effect == "deny") {
    if (!answer.reason) answer.reason = "Denied by rule " + verdict.outcome.rule;
  } else if (auto approval = find_approval(question, verdict)) {
    answer.allow = true;
    answer.approval_id = std::move(approval);
  } else {
    answer.requires_approval = true;
    if (!answer.reason) answer.reason = "Approval required";
  }
  if (answer.allow) answer.counts = counts_of(question, verdict.policy, verdict.outcome);
  return answer;
}

NaiveAnswer default_answer(const Question& question, std::span<const NaivePolicy> policies) {
  if (policies.empty()) return denial("No policy applies to this agent");
  const NaivePolicy* first_to_deny = nullptr;
  const NaivePolicy* first_with_action = nullptr;
  for (const NaivePolicy& policy : policies) {
    if (text_field(policy.body, "defaultEffect", "deny") == "allow") continue;
    if (first_to_deny == nullptr) first_to_deny = &policy;
    if (first_with_action == nullptr && mentions_action(policy, question.request.action)) first_with_action = &policy;
  }
  NaiveAnswer answer;
  answer.rule = "default";
  answer.allow = first_to_deny == nullptr;
  const NaivePolicy* named = first_with_action != nullptr ? first_with_action : first_to_deny;
  answer.policy = std::string(answer.allow ? policies.front().name : named->name);
  if (answer.allow) {
    answer.counts = counts_of(question, policies.front(), {});
  } else {
    answer.reason = "No rule allows this action";
  }
  return answer;
}

NaiveAnswer enforced_answer(const Question& question, std::span<const NaivePolicy> policies) {
  std::vector<Verdict> verdicts;
  for (const NaivePolicy& policy : policies) verdicts.push_back({policy, outcome_of(question, policy)});
  for (const std::string_view effect : {"deny", "require-approval", "allow"}) {
    for (const Verdict& verdict : verdicts) {
      if (verdict.outcome.effect == effect) return answer_of(question, verdict);
    }
  }
  return default_answer(question, policies);
}

void add_dry_runs(const Question& question, std::span<const NaivePolicy> policies, NaiveAnswer& answer) {
  for (const NaivePolicy& policy : policies) {
    const NaiveOutcome outcome = outcome_of(question, policy);
    if (outcome.effect.empty()) continue;
    const bool allow = answer_of(question, {policy, outcome}).allow;
    if (allow != answer.allow) answer.dry_run.emplace_back(std::string(policy.name), outcome.rule, allow);
  }
}

// Step 6.
void apply_limit(std::string_view reason, NaiveAnswer& answer) {
  if (!answer.allow || answer.counts.empty() || reason.empty()) return;
  answer.allow = false;
  answer.reason = std::string(reason);
  answer.approval_id.reset();
  answer.counts.clear();
}

std::string text_or_null(const std::optional<std::string>& text) { return text ? "`" + *text + "`" : "null"; }

}  // namespace

std::span<const Value> list_member(const Value& object, std::string_view name) {
  const Value* list = object.find(name);
  return list == nullptr ? std::span<const Value>() : list->as_list();
}

const Value* find_named(std::span<const Value> entries, std::string_view member, std::string_view text) {
  for (const Value& entry : entries) {
    if (entry.find(member)->as_text() == text) return &entry;
  }
  return nullptr;
}

bool is_revoked(const Value& payload, std::string_view agent) {
  const Value* revocations = payload.find("revocations");
  return revocations != nullptr &&
         std::ranges::any_of(list_member(*revocations, "agents"), [&](const Value& v) { return v.as_text() == agent; });
}

std::optional<policy::Agent> find_agent(const Value& payload, std::string_view id) {
  policy::Agent agent{};
  agent.id = id;
  agent.tags = Value::list({});
  const auto member = [](const Value& entry, std::string_view name) {
    const Value* found = entry.find(name);
    return found == nullptr ? Value() : *found;
  };
  if (const Value* entry = find_named(list_member(payload, "agents"), "id", id)) {
    agent.trust_tier = entry->find("trustTier")->as_text();
    agent.name = member(*entry, "name");
    agent.org_id = member(*entry, "orgId");
    agent.metadata = member(*entry, "metadata");
    if (const Value* tags = entry->find("tags")) agent.tags = *tags;
  } else {
    const Value* unknown = payload.find("unknownAgents");
    const Value* tier = unknown == nullptr ? nullptr : unknown->find("trustTier");
    if (tier == nullptr) return std::nullopt;
    agent.trust_tier = tier->as_text();
  }
  const Value* tier = find_named(list_member(payload, "trustTiers"), "name", agent.trust_tier);
  agent.trust_rank = static_cast<std::int64_t>(tier->find("rank")->as_number());
  return agent;
}

policy::Request delegated_request(const NaiveQuestion& question) {
  policy::Request request = question.request;
  request.delegation_depth = static_cast<std::uint32_t>(question.chain.size());
  request.delegation_root.reset();
  if (!question.chain.empty()) request.delegation_root = question.chain.front();
  return request;
}

std::optional<NaiveAnswer> answer_before_rules(const Value& payload, std::string_view action, std::string_view agent_id,
                                               const std::optional<policy::Agent>& agent) {
  if (!agent) return denial("Unknown agent");
  if (is_revoked(payload, agent_id)) return denial("Agent revoked");
  if (!exceeds_ceiling(payload, agent->trust_tier, action)) return std::nullopt;
  NaiveAnswer answer = denial("Action exceeds trust tier " + std::string(agent->trust_tier));
  answer.policy = "trust-tier:" + std::string(agent->trust_tier);
  answer.rule = "ceiling";
  return answer;
}

NaiveAnswer naive_decide(const Value& payload, const NaiveQuestion& asked, base::TimePoint now,
                         const NaiveOptions& options) {
  const policy::Request request = delegated_request(asked);
  const std::optional<policy::Agent> agent = find_agent(payload, asked.agent_id);
  if (auto answer = answer_before_rules(payload, request.action, asked.agent_id, agent)) return *answer;
  const Question question{payload, *agent, request, now, options};
  const ApplicablePolicies policies = applicable_policies(question);
  NaiveAnswer answer = enforced_answer(question, policies.enforced);
  if (answer.allow) {
    if (auto denied = delegation_denial(question, asked.chain, policies.enforced)) answer = *denied;
  }
  apply_limit(options.limited, answer);
  add_dry_runs(question, policies.dry, answer);
  return answer;
}

std::string to_string(const NaiveAnswer& answer) {
  std::string text = std::string(answer.allow ? "allow" : "deny") + " policy " + text_or_null(answer.policy) +
                     " rule " + text_or_null(answer.rule) + " reason " + text_or_null(answer.reason) + " approval " +
                     text_or_null(answer.approval_id) + (answer.requires_approval ? " requires approval" : "");
  for (const auto& [policy, rule, allow] : answer.dry_run) {
    text += " dry-run(" + policy + ", " + rule + ", " + (allow ? "allow" : "deny") + ")";
  }
  for (const NaiveCount& count : answer.counts) {
    text += " counts(" + count.policy + ", " + count.rule + ", " + count.agent;
    for (const NaiveLimit& limit : count.limits) {
      text += ", " + std::to_string(limit.most) + "/" + std::to_string(limit.interval.count()) + "s";
    }
    text += ")";
  }
  return text;
}

}  // namespace guardian::testing
