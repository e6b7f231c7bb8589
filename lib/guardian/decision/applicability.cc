#include "guardian/decision/applicability.h"

#include <algorithm>

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

std::optional<std::uint32_t> Applicable::next(std::uint32_t from) const noexcept {
  std::optional<std::uint32_t> first;
  for (const auto list : {common_, own_}) {
    const auto found = std::ranges::lower_bound(list, from);
    if (found != list.end() && (!first || *found < *first)) first = *found;
  }
  return first;
}

std::optional<std::uint32_t> Applicable::next_of(const PolicyList& list, std::uint32_t from) const noexcept {
  auto listed = std::ranges::lower_bound(list, from);
  while (listed != list.end()) {
    const auto applicable = next(*listed);
    if (!applicable || *applicable == *listed) return applicable;
    listed = std::lower_bound(listed, list.end(), *applicable);
  }
  return std::nullopt;
}

Applicability::Applicability(const bundle::Payload& payload) : payload_(payload) {
  policy::GlobIndexBuilder ids;
  for (std::uint32_t i = 0; i < payload.policies.size(); ++i) {
    if (payload.policies[i].enabled()) payload.policies[i].add_agent_ids(i, ids);
  }
  by_agent_id_ = std::move(ids).build();

  unknown_ = make_group(unknown_agent(payload));
  std::unordered_map<std::string, std::uint32_t> group_of_key;
  group_of_agent_.reserve(payload.agents.size());
  for (std::size_t i = 0; i < payload.agents.size(); ++i) {
    const policy::Agent& agent = payload.agents[i].view;
    const auto [entry, is_new] = group_of_key.emplace(group_key(agent), static_cast<std::uint32_t>(groups_.size()));
    if (is_new) groups_.push_back(make_group(agent));
    group_of_agent_.push_back(entry->second);
    PolicyList own = own_of(groups_[entry->second], agent.id);
    if (!own.empty()) own_of_agent_.emplace(i, std::move(own));
  }
}

Applicable Applicability::of_agent(std::size_t agent) const noexcept {
  const auto own = own_of_agent_.find(agent);
  return {groups_[group_of_agent_[agent]].whatever_id,
          own == own_of_agent_.end() ? std::span<const std::uint32_t>() : own->second};
}

Applicable Applicability::of_unknown(const policy::Agent& agent, PolicyList& own) const {
  own = own_of(unknown_, agent.id);
  return {unknown_.whatever_id, own};
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

PolicyList Applicability::own_of(const Group& group, std::string_view agent_id) const {
  PolicyList own;
  policy::GlobIndex::Matches matches(by_agent_id_, agent_id);
  auto candidate = group.depending_on_id.begin();
  for (auto match = matches.next(); match && candidate != group.depending_on_id.end();) {
    candidate = std::lower_bound(candidate, group.depending_on_id.end(), *match);
    if (candidate == group.depending_on_id.end()) break;
    if (*candidate == *match) own.push_back(*match);
    match = matches.next(std::max(*candidate, *match + 1));
  }
  return own;
}

}  // namespace guardian::decision
