#include "guardian/analysis/cost.h"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "guardian/decision/applicability.h"
#include "guardian/decision/engine.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/glob.h"

namespace guardian::analysis {

namespace {

struct Work {
  std::uint64_t rules = 0;
  std::uint64_t bytes = 0;

  Work& operator+=(const Work& other) noexcept {
    rules += other.rules;
    bytes += other.bytes;
    return *this;
  }
  [[nodiscard]] std::uint64_t steps() const noexcept { return rules + bytes; }
};

std::uint64_t bytes_of(std::span<const policy::Glob> globs) noexcept {
  std::uint64_t bytes = 0;
  for (const policy::Glob& glob : globs) bytes += glob.pattern().size();
  return bytes;
}

std::uint64_t bytes_of(const json::Value& operand) noexcept {
  if (operand.is_text()) return operand.as_text().size();
  std::uint64_t bytes = 1;
  if (operand.is_list()) {
    for (const json::Value& item : operand.as_list()) bytes += bytes_of(item);
  } else if (operand.is_object()) {
    for (const json::Member& member : operand.as_object()) bytes += member.key.size() + bytes_of(member.value);
  }
  return bytes;
}

// The operand of `some` and `every` holds those of the tests inside.
std::uint64_t bytes_of(const policy::Condition& condition) noexcept {
  if (condition.kind == policy::Condition::Kind::Test) return bytes_of(condition.test->operand);
  std::uint64_t bytes = 0;
  for (const policy::Condition& child : condition.children) bytes += bytes_of(child);
  return bytes;
}

// What the engine does for a policy it asks, whatever the action: try the action patterns of its rules, unless they are
// indexed.
Work asking(const policy::CompiledPolicy& policy) noexcept {
  Work work;
  if (policy.rules.size() > policy::kIndexedRules) return work;
  work.rules = policy.rules.size();
  for (const policy::CompiledRule& rule : policy.rules) work.bytes += bytes_of(rule.actions);
  return work;
}

// And for each rule whose action matches.
Work visiting(const policy::CompiledPolicy& policy, const policy::CompiledRule& rule) noexcept {
  Work work{0, bytes_of(rule.resources) + bytes_of(rule.condition)};
  if (policy.rules.size() > policy::kIndexedRules) work += {1, bytes_of(rule.actions)};
  return work;
}

// Work that an action causes which is, or begins with, a text.
struct Caused {
  std::string text;
  bool whole = false;
  std::uint32_t policy = 0;
  Work work;
};

std::vector<Caused> caused_by_actions(const bundle::Payload& payload, std::span<const std::uint32_t> policies) {
  std::vector<Caused> caused;
  for (const std::uint32_t index : policies) {
    const policy::CompiledPolicy& policy = payload.policies[index].compiled();
    for (const policy::CompiledRule& rule : policy.rules) {
      const Work work = visiting(policy, rule);
      for (const policy::Glob& action : rule.actions) {
        caused.push_back({policy::literal_head_of_glob(action.pattern()), action.is_literal(), index, work});
      }
    }
  }
  std::ranges::sort(caused, [](const Caused& a, const Caused& b) {
    return std::tie(a.text, a.policy, a.whole) < std::tie(b.text, b.policy, b.whole);
  });
  return caused;
}

// The most that these policies can be for one action. Every action causes what is filed under the texts it begins with,
// which are each other's beginnings: sorted, they nest.
Work worst_action(const bundle::Payload& payload, std::span<const std::uint32_t> policies, bool all_are_asked) {
  Work always;
  if (all_are_asked) {
    for (const std::uint32_t index : policies) always += asking(payload.policies[index].compiled());
  }
  struct Beginning {
    std::string_view text;
    Work work;
  };
  const std::vector<Caused> caused = caused_by_actions(payload, policies);
  std::vector<Beginning> beginnings{{"", always}};
  Work worst = always;
  for (auto at = caused.begin(); at != caused.end();) {
    while (!std::string_view(at->text).starts_with(beginnings.back().text)) beginnings.pop_back();
    Work beginning = beginnings.back().work;
    Work whole;
    const std::string_view text = at->text;
    for (auto previous = caused.end(); at != caused.end() && at->text == text; previous = at++) {
      Work& here = at->whole ? whole : beginning;
      here += at->work;
      const bool is_new = previous == caused.end() || previous->policy != at->policy;
      if (!all_are_asked && is_new) here += asking(payload.policies[at->policy].compiled());
    }
    beginnings.push_back({text, beginning});
    whole += beginning;
    if (whole.steps() > worst.steps()) worst = whole;
  }
  return worst;
}

class Survey {
 public:
  explicit Survey(const bundle::Payload& payload) : payload_(payload), applicability_(payload) {}

  DecisionCost worst() {
    DecisionCost worst;
    const auto consider = [&](std::string_view agent_id, std::size_t tier, const decision::Applicable& policies) {
      const bool all_are_asked = policies.size() <= decision::kFewPolicies;
      // Apart, since agents share the one and not the other; together they are at most the sum.
      Work work = of_shared(policies.common(), all_are_asked);
      work += worst_action(payload_, policies.own(), all_are_asked);
      work.bytes += bytes_of(payload_.tiers[tier].ceiling);
      if (work.steps() >= worst.steps()) worst = {work.rules, work.bytes, agent_id};
    };
    if (payload_.unknown_agents_tier) consider_unknown(consider);
    for (std::size_t i = 0; i < payload_.agents.size(); ++i) {
      consider(payload_.agents[i].view.id, payload_.agents[i].tier, applicability_.of_agent(i));
    }
    return worst;
  }

 private:
  // An id may match what it likes of the policies that look at it.
  template <typename Consider>
  void consider_unknown(Consider& consider) {
    policy::Agent agent;
    agent.trust_tier = payload_.tiers[*payload_.unknown_agents_tier].name;
    agent.trust_rank = payload_.tiers[*payload_.unknown_agents_tier].rank;
    agent.tags = json::Value::list({});
    decision::PolicyList all;
    for (std::uint32_t i = 0; i < payload_.policies.size(); ++i) {
      if (payload_.policies[i].enabled() && payload_.policies[i].applies_apart_from_id(agent)) all.push_back(i);
    }
    consider("", *payload_.unknown_agents_tier, decision::Applicable({}, all));
  }

  Work of_shared(std::span<const std::uint32_t> policies, bool all_are_asked) {
    const auto [known, is_new] = of_shared_[all_are_asked].try_emplace(policies.data());
    if (is_new) known->second = worst_action(payload_, policies, all_are_asked);
    return known->second;
  }

  const bundle::Payload& payload_;
  decision::Applicability applicability_;
  std::unordered_map<const std::uint32_t*, Work> of_shared_[2];
};

}  // namespace

DecisionCost worst_decision(const bundle::Payload& payload) { return Survey(payload).worst(); }

}  // namespace guardian::analysis
