#include "support/naive/policies.h"

#include <algorithm>
#include <cstdint>

#include "support/naive/conditions.h"
#include "support/naive/patterns.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

std::int64_t rank_of(const Value& payload, std::string_view tier) {
  for (const Value& entry : payload.find("trustTiers")->as_list()) {
    if (entry.find("name")->as_text() == tier) return static_cast<std::int64_t>(entry.find("rank")->as_number());
  }
  return INT64_MAX;
}

bool entry_takes_tier(const Question& question, std::string_view entry) {
  if (!entry.starts_with(">=")) return entry == question.agent.trust_tier;
  const std::string_view tier = entry.substr(2);
  return tier == question.agent.trust_tier || question.agent.trust_rank > rank_of(question.payload, tier);
}

bool entry_takes_tags(const Question& question, std::string_view entry) {
  return std::ranges::any_of(question.agent.tags.as_list(),
                             [&](const Value& tag) { return glob_matches(entry, tag.as_text()); });
}

bool any_pattern(const Value& rule, std::string_view many, std::string_view one, std::string_view text) {
  if (const Value* pattern = field(rule, one)) return glob_matches(pattern->as_text(), text);
  return std::ranges::any_of(field(rule, many)->as_list(),
                             [&](const Value& pattern) { return glob_matches(pattern.as_text(), text); });
}

// A rate limit may stand among the conditions of a rule and is none of them.
Value without_limit(const Value& conditions, json::Document& memory) {
  if (!conditions.is_object()) return conditions;
  std::vector<json::Member> members;
  for (const json::Member& member : conditions.as_object()) {
    if (!is_limit_key(member.key)) members.push_back(member);
  }
  return memory.add_object(members);
}

}  // namespace

std::string rule_id(const Value& rule, std::size_t index) {
  for (const std::string_view name : {"id", "name"}) {
    if (const Value* id = rule.find(name)) return std::string(id->as_text());
  }
  return "rule-" + std::to_string(index + 1);
}

Stop stop_of(const Question& question, const NaivePolicy& policy, const Value& rule, json::Document& memory,
             Trace* trace) {
  const policy::Request& request = question.request;
  if (!any_pattern(rule, "actions", "action", request.action)) return Stop::Action;
  if (field(rule, "resources") != nullptr || field(rule, "resource") != nullptr) {
    if (!request.resource || !any_pattern(rule, "resources", "resource", *request.resource)) return Stop::Resource;
  }
  const Value* conditions = field(rule, "conditions");
  if (conditions == nullptr) return Stop::Nothing;
  const Scene scene{question.agent,
                    request,
                    question.now,
                    text_field(policy.body, "timezone", "UTC"),
                    text_field(rule, "effect", "") == "allow",
                    memory,
                    question.options,
                    trace};
  return condition_holds(scene, without_limit(*conditions, memory), false) ? Stop::Nothing : Stop::Condition;
}

NaivePolicy unwrap(const Value& written) {
  if (const Value* spec = written.find("spec")) return {written.find("metadata")->find("name")->as_text(), *spec};
  return {written.find("name")->as_text(), written};
}

bool applies(const Question& question, const NaivePolicy& policy) {
  const Value* to = field(policy.body, "appliesTo");
  if (to == nullptr) return false;
  const policy::Agent& agent = question.agent;
  return std::ranges::all_of(to->as_object(), [&](const json::Member& list) {
    return std::ranges::any_of(list.value.as_list(), [&](const Value& value) {
      const std::string_view entry = value.as_text();
      if (is_name(list.key, "agentIds")) return glob_matches(entry, agent.id);
      if (is_name(list.key, "trustTiers")) return entry_takes_tier(question, entry);
      if (is_name(list.key, "tags")) return entry_takes_tags(question, entry);
      return agent.org_id.is_text() && agent.org_id.as_text() == entry;
    });
  });
}

bool mentions_action(const NaivePolicy& policy, std::string_view action) {
  return std::ranges::any_of(field(policy.body, "rules")->as_list(),
                             [&](const Value& rule) { return any_pattern(rule, "actions", "action", action); });
}

std::string_view combining_of(const Value& payload, const NaivePolicy& policy) {
  return text_field(policy.body, "combining", text_field(payload, "defaultCombining", "deny-overrides"));
}

NaiveOutcome outcome_of(const Question& question, const NaivePolicy& policy) {
  std::vector<NaiveOutcome> matching;
  std::size_t index = 0;
  for (const Value& rule : field(policy.body, "rules")->as_list()) {
    json::Document memory;
    if (stop_of(question, policy, rule, memory, nullptr) == Stop::Nothing) {
      matching.push_back({text_field(rule, "effect", ""), rule_id(rule, index), &rule});
    }
    ++index;
  }
  if (matching.empty()) return {};
  if (combining_of(question.payload, policy) == "first-applicable") return matching.front();
  for (const std::string_view effect : {"deny", "require-approval"}) {
    const auto first = std::ranges::find(matching, effect, &NaiveOutcome::effect);
    if (first != matching.end()) return *first;
  }
  return matching.front();
}

ApplicablePolicies applicable_policies(const Question& question) {
  ApplicablePolicies found;
  for (const Value& written : question.payload.find("policies")->as_list()) {
    const NaivePolicy policy = unwrap(written);
    const Value* enabled = field(policy.body, "enabled");
    if (enabled != nullptr && !enabled->as_boolean()) continue;
    if (!applies(question, policy)) continue;
    found.all.push_back(policy);
    (text_field(policy.body, "enforcement", "enforce") == "dry-run" ? found.dry : found.enforced).push_back(policy);
  }
  return found;
}

std::vector<NaiveCount> counts_of(const Question& question, const NaivePolicy& policy, const NaiveOutcome& outcome) {
  const auto agents = question.payload.find("agents")->as_list();
  const bool known =
      std::ranges::any_of(agents, [&](const Value& agent) { return agent.find("id")->as_text() == question.agent.id; });
  const std::string agent(known ? question.agent.id : std::string_view());
  std::vector<NaiveCount> counts;
  if (outcome.written != nullptr) {
    if (auto limits = limits_of_rule(*outcome.written); !limits.empty()) {
      counts.push_back({std::string(policy.name), outcome.rule, agent, std::move(limits)});
    }
  }
  if (const Value* limits = field(policy.body, "rateLimits")) {
    counts.push_back({std::string(policy.name), "", agent, read_limits(*limits)});
  }
  return counts;
}

}  // namespace guardian::testing
