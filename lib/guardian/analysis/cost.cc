#include "guardian/analysis/cost.h"

#include <algorithm>
#include <array>
#include <functional>
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
// indexed, and once more where the default is looked for.
Work asking(const policy::CompiledPolicy& policy) noexcept {
  Work work;
  if (policy.rules.size() > policy::kIndexedRules) return work;
  work.rules = policy.rules.size();
  for (const policy::CompiledRule& rule : policy.rules) work.bytes += 2 * bytes_of(rule.actions);
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
  for (const std::uint32_t index : policies) {
    const policy::CompiledPolicy& policy = payload.policies[index].compiled();
    if (policy.delegation) always.bytes += bytes_of(policy.delegation->permission_ceiling);
    if (all_are_asked) always += asking(policy);
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
  explicit Survey(const bundle::Payload& payload) : payload_(payload), applicability_(payload) {
    for (const bundle::Approval& approval : payload.approvals) {
      approval_bytes_[approval.agent_id] +=
          approval.action.pattern().size() + (approval.resource ? approval.resource->pattern().size() : 0);
    }
  }

  DecisionCost worst() {
    if (payload_.unknown_agents_tier) consider_unknown(*payload_.unknown_agents_tier);
    for (std::size_t i = 0; i < payload_.agents.size(); ++i) {
      const bundle::AgentRecord& agent = payload_.agents[i];
      const decision::Applicable policies = applicability_.of_agent(i);
      Work work = of_lists(policies.lists(), policies.size() <= decision::kFewPolicies);
      const auto approvals = approval_bytes_.find(agent.view.id);
      if (approvals != approval_bytes_.end()) work.bytes += approvals->second;
      consider(work, agent.tier, agent.view.id);
    }
    return worst_;
  }

 private:
  void consider(Work work, std::size_t tier, std::string_view agent_id) {
    work.bytes += bytes_of(payload_.tiers[tier].ceiling);
    if (work.steps() >= worst_.steps()) worst_ = {work.rules, work.bytes, agent_id};
  }

  // An id may match what it likes of the policies that look at it: few, which are then all asked, or many.
  void consider_unknown(std::size_t tier) {
    policy::Agent agent;
    agent.trust_tier = payload_.tiers[tier].name;
    agent.trust_rank = payload_.tiers[tier].rank;
    agent.tags = json::Value::list({});
    decision::PolicyList ignored;
    decision::Applicable::Lists lists = applicability_.of_unknown(agent, ignored).lists();
    lists.back() = {};
    decision::PolicyList by_id;
    std::vector<Work> askings;
    std::uint64_t id_bytes = 0;
    for (std::uint32_t i = 0; i < payload_.policies.size(); ++i) {
      const policy::Policy& policy = payload_.policies[i];
      if (!policy.enabled() || !policy.constrains_agent_ids()) continue;
      id_bytes += bytes_of(policy.compiled().applies_to.agent_ids());
      if (!policy.applies_apart_from_id(agent)) continue;
      by_id.push_back(i);
      askings.push_back(asking(policy.compiled()));
    }
    const std::size_t others = decision::Applicable(lists).size();
    Work work = of_lists(lists, others <= decision::kFewPolicies);
    work += worst_action(payload_, by_id, false);
    work.bytes += id_bytes;
    if (others <= decision::kFewPolicies) {
      std::ranges::sort(askings, std::ranges::greater(), &Work::steps);
      for (std::size_t i = 0; i < std::min(askings.size(), decision::kFewPolicies); ++i) work += askings[i];
    }
    consider(work, tier, "");
  }

  // Apart, since agents share lists; together they are at most the sum.
  Work of_lists(const decision::Applicable::Lists& lists, bool all_are_asked) {
    Work work;
    for (const auto list : lists) {
      const auto [known, is_new] = of_list_[all_are_asked].try_emplace(list.data());
      if (is_new) known->second = worst_action(payload_, list, all_are_asked);
      work += known->second;
    }
    return work;
  }

  const bundle::Payload& payload_;
  decision::Applicability applicability_;
  std::unordered_map<std::string_view, std::uint64_t> approval_bytes_;
  std::array<std::unordered_map<const std::uint32_t*, Work>, 2> of_list_;
  DecisionCost worst_;
};

}  // namespace

DecisionCost worst_decision(const bundle::Payload& payload) { return Survey(payload).worst(); }

}  // namespace guardian::analysis
