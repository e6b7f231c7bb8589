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

std::string rule_id(const Value& rule, std::size_t index) {
  for (const std::string_view name : {"id", "name"}) {
    if (const Value* id = rule.find(name)) return std::string(id->as_text());
  }
  return "rule-" + std::to_string(index + 1);
}

bool rule_matches(const Question& question, const NaivePolicy& policy, const Value& rule) {
  const policy::Request& request = question.request;
  if (!any_pattern(rule, "actions", "action", request.action)) return false;
  if (field(rule, "resources") != nullptr || field(rule, "resource") != nullptr) {
    if (!request.resource || !any_pattern(rule, "resources", "resource", *request.resource)) return false;
  }
  const Value* conditions = field(rule, "conditions");
  if (conditions == nullptr) return true;
  json::Document memory;
  const Scene scene{question.agent,
                    request,
                    question.now,
                    text_field(policy.body, "timezone", "UTC"),
                    text_field(rule, "effect", "") == "allow",
                    memory,
                    question.options};
  return condition_holds(scene, *conditions, false);
}

}  // namespace

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

NaiveOutcome outcome_of(const Question& question, const NaivePolicy& policy) {
  const Value* bundle_default = question.payload.find("defaultCombining");
  const std::string_view combining =
      text_field(policy.body, "combining", bundle_default == nullptr ? "deny-overrides" : bundle_default->as_text());
  std::vector<NaiveOutcome> matching;
  std::size_t index = 0;
  for (const Value& rule : field(policy.body, "rules")->as_list()) {
    if (rule_matches(question, policy, rule)) {
      matching.push_back({text_field(rule, "effect", ""), rule_id(rule, index), field(rule, "reason")});
    }
    ++index;
  }
  if (matching.empty()) return {};
  if (combining == "first-applicable") return matching.front();
  for (const std::string_view effect : {"deny", "require-approval"}) {
    const auto first = std::ranges::find(matching, effect, &NaiveOutcome::effect);
    if (first != matching.end()) return *first;
  }
  return matching.front();
}

}  // namespace guardian::testing
