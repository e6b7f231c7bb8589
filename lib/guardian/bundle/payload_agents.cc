#include "guardian/base/text.h"
#include "guardian/bundle/payload_parts.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::Result;
using base::Status;
using json::Kind;
using json::Value;

Result<TrustTier> read_tier(const Value& value, const Members& root, std::size_t index) {
  Members members(value, root, "trustTiers", index);
  GUARDIAN_TRY(members.check({"name", "rank", "ceiling"}, Extensions::Accepted));
  TrustTier tier;
  GUARDIAN_ASSIGN(tier.name, members.text_not_empty("name"));
  members.set_label(tier.name);
  GUARDIAN_ASSIGN(tier.rank, members.integer("rank"));
  GUARDIAN_ASSIGN(const Value* const ceiling, members.find("ceiling", Kind::List));
  if (ceiling == nullptr) return tier;
  if (ceiling->as_list().empty()) return members.error("ceiling", ceiling, "must not be empty");
  std::size_t pattern_index = 0;
  for (const Value& pattern : ceiling->as_list()) {
    GUARDIAN_ASSIGN(policy::Glob glob, read_glob(members, element("ceiling", pattern_index++), pattern));
    tier.ceiling.push_back(std::move(glob));
  }
  return tier;
}

Result<Value> optional_value(const Members& members, std::string_view name, Kind kind, Value otherwise) {
  GUARDIAN_ASSIGN(const Value* const value, members.find(name, kind));
  return value == nullptr ? otherwise : *value;
}

Result<AgentRecord> read_agent(const Value& value, const Members& root, std::size_t index, const TierIndex& tiers,
                               const std::vector<TrustTier>& known_tiers) {
  Members members(value, root, "agents", index);
  if (const Value* const id = value.find("id"); id != nullptr && id->is_text()) members.set_label(id->as_text());
  GUARDIAN_TRY(
      members.check({"id", "name", "trustTier", "tags", "orgId", "publicKeys", "metadata"}, Extensions::Accepted));
  AgentRecord agent;
  GUARDIAN_ASSIGN(agent.view.id, members.text_not_empty("id"));
  GUARDIAN_ASSIGN(agent.tier, read_tier_reference(members, tiers));
  agent.view.trust_tier = known_tiers[agent.tier].name;
  agent.view.trust_rank = known_tiers[agent.tier].rank;
  GUARDIAN_ASSIGN(agent.view.name, optional_value(members, "name", Kind::Text, Value()));
  GUARDIAN_ASSIGN(agent.view.tags, optional_value(members, "tags", Kind::List, Value::list({})));
  std::size_t tag_index = 0;
  for (const Value& tag : agent.view.tags.as_list()) {
    if (!tag.is_text()) return members.error_at("tags", tag_index, tag, "must be text");
    ++tag_index;
  }
  GUARDIAN_ASSIGN(agent.view.org_id, optional_value(members, "orgId", Kind::Text, Value()));
  GUARDIAN_ASSIGN(agent.view.metadata, optional_value(members, "metadata", Kind::Object, Value()));
  if (holds_private_key(agent.view.metadata)) {
    return members.error("metadata", &agent.view.metadata, "holds a private key");
  }
  GUARDIAN_ASSIGN(const auto keys, members.optional_list("publicKeys"));
  GUARDIAN_ASSIGN(agent.public_keys, read_keys(members, "publicKeys", keys));
  return agent;
}

Status check_integers(const Value& agent, const Members& root, std::size_t index) {
  const auto inexact = find_inexact_integer(agent, "");
  if (!inexact) return {};
  const Value place = Value().at_offset(inexact->offset);
  return root.error(element("agents", index) + inexact->path, &place, "integers beyond 2^53 are not exact");
}

// What the tree of one agent held moves to where it lives as long as the payload.
void keep(policy::Agent& agent, Payload& payload) {
  agent.id = payload.document.add_characters(agent.id, payload.text());
  for (Value* const value : {&agent.name, &agent.tags, &agent.org_id, &agent.metadata}) {
    *value = payload.document.add_deep(*value, payload.text());
  }
}

}  // namespace

Result<TierIndex> read_tiers(const Members& root, Payload& payload) {
  GUARDIAN_ASSIGN(const auto values, root.list("trustTiers"));
  if (values.empty()) return root.error("trustTiers", root.object().find("trustTiers"), "must not be empty");
  TierIndex index;
  for (const Value& value : values) {
    GUARDIAN_ASSIGN(TrustTier tier, read_tier(value, root, payload.tiers.size()));
    const auto [earlier, is_new] = index.emplace(tier.name, payload.tiers.size());
    if (!is_new) {
      Members members(value, root, "trustTiers", payload.tiers.size());
      members.set_label(tier.name);
      return members.error("name", value.find("name"), "already used by " + element("trustTiers", earlier->second));
    }
    payload.tiers.push_back(std::move(tier));
  }
  return index;
}

Result<std::size_t> read_tier_reference(const Members& members, const TierIndex& tiers) {
  GUARDIAN_ASSIGN(const std::string_view name, members.text("trustTier"));
  const auto found = tiers.find(name);
  if (found == tiers.end()) {
    return members.error("trustTier", members.object().find("trustTier"),
                         "no trust tier is named `" + base::printable(name) + "`");
  }
  return found->second;
}

Status read_agents(const Members& root, Elements elements, const TierIndex& tiers, Payload& payload) {
  payload.agents.reserve(elements.size());
  std::unordered_map<std::string_view, std::size_t> ids;
  ids.reserve(elements.size());
  for (std::size_t index = 0; index < elements.size(); ++index) {
    GUARDIAN_ASSIGN(const Value value, elements.get(index));
    GUARDIAN_TRY(check_integers(value, root, index));
    GUARDIAN_ASSIGN(AgentRecord agent, read_agent(value, root, index, tiers, payload.tiers));
    if (elements.passing()) keep(agent.view, payload);
    const auto [earlier, is_new] = ids.emplace(agent.view.id, index);
    if (!is_new) {
      Members members(value, root, "agents", index);
      members.set_label(agent.view.id);
      return members.error("id", value.find("id"), "already used by " + element("agents", earlier->second));
    }
    payload.agents.push_back(std::move(agent));
  }
  return {};
}

}  // namespace guardian::bundle
