#include "guardian/policy/program.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/explain.h"
#include "guardian/policy/facts.h"
#include "guardian/policy/globs.h"
#include "guardian/policy/policy_parser.h"

namespace guardian::policy {

namespace {

// The part that is left once the action is known to match.
bool matches_beside_action(const CompiledRule& rule, const Request& request, Facts& facts) noexcept {
  if (!rule.resources.empty() && !(request.resource && any_matches(rule.resources, *request.resource))) return false;
  return holds(rule.condition, facts, nullptr, leaning_of(rule.effect));
}

Outcome::Kind outcome_of(Effect effect) noexcept {
  switch (effect) {
    case Effect::Allow:
      return Outcome::Kind::Allow;
    case Effect::Deny:
      return Outcome::Kind::Deny;
    case Effect::RequireApproval:
      return Outcome::Kind::RequireApproval;
  }
  GUARDIAN_ASSERT(false);
}

// Deny before require-approval before allow.
int strength(Outcome::Kind kind) noexcept {
  switch (kind) {
    case Outcome::Kind::None:
      return 0;
    case Outcome::Kind::Allow:
      return 1;
    case Outcome::Kind::RequireApproval:
      return 2;
    case Outcome::Kind::Deny:
      return 3;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace

std::string_view to_string(Outcome::Kind kind) noexcept {
  switch (kind) {
    case Outcome::Kind::None:
      return "none";
    case Outcome::Kind::Allow:
      return "allow";
    case Outcome::Kind::Deny:
      return "deny";
    case Outcome::Kind::RequireApproval:
      return "require-approval";
  }
  GUARDIAN_ASSERT(false);
}

Policy::Policy(std::unique_ptr<const CompiledPolicy> compiled) : compiled_(std::move(compiled)) {}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

base::Result<Policy> Policy::compile(const json::Value& value, const Source& source, const CompileOptions& options) {
  GUARDIAN_ASSIGN(auto compiled, compile_policy(value, source, options));
  return Policy(std::move(compiled));
}

std::string_view Policy::name() const noexcept { return compiled_->name; }
std::string_view Policy::version() const noexcept { return compiled_->version; }
std::string_view Policy::description() const noexcept { return compiled_->description; }
bool Policy::enabled() const noexcept { return compiled_->enabled; }
Enforcement Policy::enforcement() const noexcept { return compiled_->enforcement; }
Combining Policy::combining() const noexcept { return compiled_->combining; }
Effect Policy::default_effect() const noexcept { return compiled_->default_effect; }

const RateLimits& Policy::rate_limits() const noexcept { return compiled_->rate_limits; }
const Delegation* Policy::delegation() const noexcept {
  return compiled_->delegation ? &*compiled_->delegation : nullptr;
}

std::size_t Policy::rule_count() const noexcept { return compiled_->rules.size(); }
std::string_view Policy::rule_id(std::size_t rule) const noexcept { return compiled_->rules[rule].id; }
Effect Policy::rule_effect(std::size_t rule) const noexcept { return compiled_->rules[rule].effect; }
std::string_view Policy::rule_reason(std::size_t rule) const noexcept { return compiled_->rules[rule].reason; }
Alert Policy::rule_alert(std::size_t rule) const noexcept { return compiled_->rules[rule].alert; }
const RateLimits& Policy::rule_rate_limits(std::size_t rule) const noexcept {
  return compiled_->rules[rule].rate_limits;
}

bool Policy::applies_to(const Agent& agent) const noexcept {
  return compiled_->applies_to.matches_id(agent) && compiled_->applies_to.matches_rest(agent);
}
bool Policy::constrains_agent_ids() const noexcept { return compiled_->applies_to.constrains_agent_ids(); }
bool Policy::applies_apart_from_id(const Agent& agent) const noexcept {
  return compiled_->applies_to.matches_rest(agent);
}

Outcome Policy::evaluate(const Input& input) const noexcept {
  Facts facts(input, compiled_->zone);
  Outcome outcome;
  // False once nothing can change the outcome any more.
  const auto ask = [&](std::size_t i) {
    const CompiledRule& rule = compiled_->rules[i];
    const Outcome::Kind kind = outcome_of(rule.effect);
    if (strength(kind) <= strength(outcome.kind) || !matches_beside_action(rule, input.request, facts)) return true;
    outcome = {kind, i};
    return compiled_->combining == Combining::DenyOverrides && kind != Outcome::Kind::Deny;
  };
  if (compiled_->rules.size() > kIndexedRules) {
    GlobIndex::Matches matches(compiled_->rules_by_action, input.request.action);
    for (auto i = matches.next(); i && ask(*i);) i = matches.next();
    return outcome;
  }
  for (std::size_t i = 0; i < compiled_->rules.size(); ++i) {
    if (any_matches(compiled_->rules[i].actions, input.request.action) && !ask(i)) break;
  }
  return outcome;
}

bool Policy::has_rule_for_action(std::string_view action) const noexcept {
  if (compiled_->rules.size() > kIndexedRules) {
    return GlobIndex::Matches(compiled_->rules_by_action, action).next().has_value();
  }
  return std::ranges::any_of(compiled_->rules,
                             [&](const CompiledRule& rule) { return any_matches(rule.actions, action); });
}

void Policy::add_actions(std::uint32_t entry, GlobIndexBuilder& index) const {
  for (const CompiledRule& rule : compiled_->rules) {
    for (const Glob& action : rule.actions) index.add(entry, action);
  }
}

void Policy::add_tags(std::uint32_t entry, GlobIndexBuilder& index) const {
  for (const Glob& tag : compiled_->applies_to.tags()) index.add(entry, tag);
}

bool Policy::constrains_tags() const noexcept { return !compiled_->applies_to.tags().empty(); }
std::span<const std::string> Policy::org_ids() const noexcept { return compiled_->applies_to.org_ids(); }

void Policy::add_agent_ids(std::uint32_t entry, GlobIndexBuilder& index) const {
  for (const Glob& id : compiled_->applies_to.agent_ids()) index.add(entry, id);
}

void Policy::explain(const Input& input, std::size_t max_bytes, json::Writer& out) const {
  explain_policy(*compiled_, evaluate(input), input, max_bytes, out);
}

}  // namespace guardian::policy
