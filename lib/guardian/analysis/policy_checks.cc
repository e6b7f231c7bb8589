#include <algorithm>

#include "guardian/analysis/checks.h"
#include "guardian/analysis/rule_reach.h"

namespace guardian::analysis {

namespace {

using policy::CompiledPolicy;
using policy::CompiledRule;

std::string names_of(const CompiledPolicy& policy, const std::vector<std::size_t>& rules) {
  constexpr std::size_t kMaxNamed = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(rules.size(), kMaxNamed); ++i) {
    const CompiledRule& rule = policy.rules[rules[i]];
    if (i > 0) names += i + 1 == rules.size() ? " and " : ", ";
    names += std::string(to_string(rule.effect)) + " rule " + quoted(rule.id);
  }
  if (rules.size() > kMaxNamed) names += " and " + std::to_string(rules.size() - kMaxNamed) + " more";
  return names;
}

std::string order_of(const CompiledPolicy& policy) {
  return policy.combining == policy::Combining::FirstApplicable
             ? "the rules are read from the top and the first that matches decides"
             : "deny rules decide before require-approval rules, those before allow rules, else the first that matches";
}

void note_unreachable(const Subject& subject, const Unreachable& found, std::span<const json::Value> rules,
                      Notes& notes) {
  const CompiledPolicy& policy = subject.compiled;
  const auto same_effect = [&](std::size_t other) {
    return policy.rules[other].effect == policy.rules[found.rule].effect;
  };
  const bool redundant = std::ranges::all_of(found.by, same_effect);
  notes.about_rule(policy.rules[found.rule].id);
  notes.add(Code::UnreachableRule, rules[found.rule].offset(),
            "this " + std::string(to_string(policy.rules[found.rule].effect)) +
                " rule never decides: " + names_of(policy, found.by) +
                (found.by.size() == 1 ? " takes" : " together take") + " all that it matches",
            redundant ? "remove it, or narrow the rule before it"
                      : "move, narrow or remove one of them: " + order_of(policy));
}

}  // namespace

void check_policy_fields(const Subject& subject, Notes& notes) {
  if (field(subject.body, "version") == nullptr) {
    notes.add(Code::MissingVersion, subject.body.offset(), "the policy has no version",
              "add `version: \"1.0\"` and raise it with every change: decisions and audits name it");
  }
  if (!subject.compiled.applies_to.given()) {
    notes.add(Code::AppliesToNobody, subject.body.offset(), "the policy has no appliesTo and applies to no agent",
              "say whom it is for, such as `appliesTo: {agentIds: [\"*\"]}` for every agent");
  }
}

void check_rule_order(const Subject& subject, Notes& notes) {
  const CompiledPolicy& policy = subject.compiled;
  const auto rules = entries_of(field(subject.body, "rules"));
  const Reach reach = reach_of(policy, subject.tiers);
  for (const Unreachable& found : reach.unreachable) note_unreachable(subject, found, rules, notes);
  for (const Overlap& late : reach.late) {
    const CompiledRule& deny = policy.rules[late.deny];
    const std::string example = late.action.empty() ? "" : ", such as " + quoted(late.action);
    notes.about_rule(policy.rules[late.allow].id);
    notes.add(Code::LateDeny, rules[late.allow].offset(),
              "this allow rule takes requests that the later deny rule " + quoted(deny.id) + " matches too" + example,
              "move " + quoted(deny.id) + " before it: under first-applicable the deny rule is not asked for them");
  }
  notes.about_no_rule();
  if (!reach.complete) {
    notes.add(Code::NotAnalysed, rules.empty() ? subject.body.offset() : rules.front().offset(),
              "the policy has too many rules and patterns to compare each with each",
              "split it into policies of a few hundred rules each");
  }
}

}  // namespace guardian::analysis
