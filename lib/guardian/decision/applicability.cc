#include "guardian/decision/applicability.h"

#include <algorithm>
#include <iterator>

namespace guardian::decision {

namespace {

// Keys tell what of an agent a list depends on. A length goes before each part, so that no two different agents share
// one whatever their texts hold.
void add_part(std::string& key, std::string_view part) {
  key.append(std::to_string(part.size())).append(":").append(part);
}

std::string tier_key(const policy::Agent& agent) {
  std::string key = "t";
  add_part(key, agent.trust_tier);
  return key;
}

std::string org_key(const policy::Agent& agent) {
  std::string key = "o";
  add_part(key, agent.trust_tier);
  add_part(key, agent.org_id.as_text());
  return key;
}

bool has_tags(const policy::Agent& agent) noexcept { return agent.tags.is_list() && !agent.tags.as_list().empty(); }

void add_matches(const policy::GlobIndex& index, std::string_view text, PolicyList& found) {
  policy::GlobIndex::Matches matches(index, text);
  for (auto match = matches.next(); match; match = matches.next()) found.push_back(*match);
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
  for (const auto list : lists_) {
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

std::size_t Applicable::size() const noexcept {
  std::size_t size = 0;
  for (const auto list : lists_) size += list.size();
  return size;
}

Applicability::Applicability(const bundle::Payload& payload) : payload_(payload) {
  file_policies();
  of_unknown_ = Applicable(lists_of(lists_whatever_id(unknown_agent(payload))));
  of_agent_.reserve(payload.agents.size());
  for (const bundle::AgentRecord& agent : payload.agents) {
    Shared lists = lists_whatever_id(agent.view);
    lists.back() = files_.any_by_id ? shared(by_id(agent.view)) : nullptr;
    of_agent_.push_back(lists);
  }
  known_ = {};
}

Applicable::Lists Applicability::lists_of(const Shared& lists) noexcept {
  Applicable::Lists spans;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (lists[i] != nullptr) spans[i] = *lists[i];
  }
  return spans;
}

void Applicability::file_policies() {
  policy::GlobIndexBuilder ids;
  policy::GlobIndexBuilder tags;
  for (std::uint32_t i = 0; i < payload_.policies.size(); ++i) {
    const policy::Policy& policy = payload_.policies[i];
    if (!policy.enabled()) continue;
    if (policy.constrains_agent_ids()) {
      policy.add_agent_ids(i, ids);
      files_.any_by_id = true;
    } else if (policy.constrains_tags()) {
      policy.add_tags(i, tags);
      files_.tagged_by_org = files_.tagged_by_org || !policy.org_ids().empty();
    } else if (!policy.org_ids().empty()) {
      for (const std::string& org : policy.org_ids()) files_.by_org[org].push_back(i);
    } else {
      files_.by_tier.push_back(i);
    }
  }
  files_.by_tag = std::move(tags).build();
  files_.by_id = std::move(ids).build();
}

const PolicyList* Applicability::shared(PolicyList list) {
  if (list.empty()) return nullptr;
  list.shrink_to_fit();
  return &*lists_.insert(std::move(list)).first;
}

std::string Applicability::tags_key(const policy::Agent& agent) const {
  std::string key = files_.tagged_by_org && agent.org_id.is_text() ? org_key(agent) : tier_key(agent);
  std::vector<std::string_view> tags;
  for (const json::Value& tag : agent.tags.as_list()) tags.push_back(tag.as_text());
  std::ranges::sort(tags);
  for (const std::string_view tag : tags) add_part(key.append(" "), tag);
  return key;
}

PolicyList Applicability::applying(std::span<const std::uint32_t> candidates, const policy::Agent& agent) const {
  PolicyList list;
  std::ranges::copy_if(candidates, std::back_inserter(list), [&](std::uint32_t candidate) {
    return payload_.policies[candidate].applies_apart_from_id(agent);
  });
  // An organisation or a tag that is named twice files a policy twice.
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

PolicyList Applicability::by_tags(const policy::Agent& agent) const {
  PolicyList candidates;
  for (const json::Value& tag : agent.tags.as_list()) add_matches(files_.by_tag, tag.as_text(), candidates);
  return applying(candidates, agent);
}

PolicyList Applicability::by_id(const policy::Agent& agent) const {
  PolicyList candidates;
  add_matches(files_.by_id, agent.id, candidates);
  return applying(candidates, agent);
}

Applicability::Shared Applicability::lists_whatever_id(const policy::Agent& agent) {
  const auto find = [&](const std::string& key, const auto& make) -> const PolicyList* {
    const auto [entry, is_new] = known_.emplace(key, nullptr);
    if (is_new) entry->second = shared(make());
    return entry->second;
  };
  Shared lists{};
  lists[0] = find(tier_key(agent), [&] { return applying(files_.by_tier, agent); });
  if (agent.org_id.is_text()) {
    const auto org = files_.by_org.find(agent.org_id.as_text());
    if (org != files_.by_org.end()) lists[1] = find(org_key(agent), [&] { return applying(org->second, agent); });
  }
  if (has_tags(agent)) lists[2] = find(tags_key(agent), [&] { return by_tags(agent); });
  return lists;
}

Applicable Applicability::of_agent(std::size_t agent) const noexcept { return Applicable(lists_of(of_agent_[agent])); }

Applicable Applicability::of_unknown(const policy::Agent& agent, PolicyList& own) const {
  own = by_id(agent);
  Applicable::Lists lists = of_unknown_.lists();
  lists.back() = own;
  return Applicable(lists);
}

}  // namespace guardian::decision
