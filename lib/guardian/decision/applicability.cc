#include "guardian/decision/applicability.h"

#include <algorithm>
#include <iterator>

namespace guardian::decision {

namespace {

// Agents with equal keys are alike for every policy that does not look at the id. A length goes before each part, so
// that no two different agents share a key whatever their texts hold.
std::string group_key(const policy::Agent& agent) {
  std::string key;
  const auto add = [&](std::string_view part) { key.append(std::to_string(part.size())).append(":").append(part); };
  add(agent.trust_tier);
  add(agent.org_id.is_text() ? "=" : "-");
  if (agent.org_id.is_text()) add(agent.org_id.as_text());
  std::vector<std::string_view> tags;
  if (agent.tags.is_list()) {
    for (const json::Value& tag : agent.tags.as_list()) tags.push_back(tag.as_text());
  }
  std::ranges::sort(tags);
  for (const std::string_view tag : tags) add(tag);
  return key;
}

policy::Agent unknown_agent(const bundle::Payload& payload) {
  policy::Agent agent;
  agent.tags = json::Value::list({});
  if (payload.unknown_agents_tier) {
    agent.trust_tier = payload.tiers[*payload.unknown_agents_tier].name;
    agent.trust_rank = payload.tiers[*payload.unknown_agents_tier].rank;
  }
  return agent;
}

}  // namespace

Applicability::Applicability(const bundle::Payload& payload) : payload_(payload) {
  unknown_ = make_group(unknown_agent(payload));
  std::unordered_map<std::string, std::uint32_t> group_of_key;
  std::vector<std::uint32_t> group_of_agent;
  group_of_agent.reserve(payload.agents.size());
  for (const bundle::AgentRecord& agent : payload.agents) {
    const auto [entry, is_new] =
        group_of_key.emplace(group_key(agent.view), static_cast<std::uint32_t>(groups_.size()));
    if (is_new) groups_.push_back(make_group(agent.view));
    group_of_agent.push_back(entry->second);
  }
  list_of_agent_.reserve(payload.agents.size());
  for (std::size_t i = 0; i < payload.agents.size(); ++i) {
    PolicyList own = merged(groups_[group_of_agent[i]], payload.agents[i].view);
    if (own.empty()) {
      list_of_agent_.push_back(group_of_agent[i]);
    } else {
      list_of_agent_.push_back(static_cast<std::uint32_t>(groups_.size() + own_lists_.size()));
      own_lists_.push_back(std::move(own));
    }
  }
}

std::span<const std::uint32_t> Applicability::of_agent(std::size_t agent) const noexcept {
  const std::size_t list = list_of_agent_[agent];
  return list < groups_.size() ? groups_[list].whatever_id : own_lists_[list - groups_.size()];
}

std::span<const std::uint32_t> Applicability::of_unknown(const policy::Agent& agent, PolicyList& scratch) const {
  scratch = merged(unknown_, agent);
  return scratch.empty() ? std::span<const std::uint32_t>(unknown_.whatever_id) : scratch;
}

Applicability::Group Applicability::make_group(const policy::Agent& agent) const {
  Group group;
  for (std::uint32_t i = 0; i < payload_.policies.size(); ++i) {
    const policy::Policy& policy = payload_.policies[i];
    if (!policy.enabled() || !policy.applies_apart_from_id(agent)) continue;
    (policy.constrains_agent_ids() ? group.depending_on_id : group.whatever_id).push_back(i);
  }
  return group;
}

Applicability::PolicyList Applicability::merged(const Group& group, const policy::Agent& agent) const {
  PolicyList matching;
  std::ranges::copy_if(group.depending_on_id, std::back_inserter(matching),
                       [&](std::uint32_t policy) { return payload_.policies[policy].applies_to(agent); });
  if (matching.empty()) return {};
  PolicyList list;
  list.reserve(matching.size() + group.whatever_id.size());
  std::ranges::merge(matching, group.whatever_id, std::back_inserter(list));
  return list;
}

}  // namespace guardian::decision
