#include "guardian/policy/applies_to.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "guardian/policy/fields.h"
#include "guardian/policy/globs.h"

namespace guardian::policy {

namespace {

constexpr std::array kNames{FieldName{"agentIds"}, FieldName{"trustTiers"}, FieldName{"tags"}, FieldName{"orgIds"}};

base::Result<std::vector<std::string>> read_texts(const Scope& scope, const json::Value& list) {
  GUARDIAN_ASSIGN(const auto items, expect_list(scope, list));
  std::vector<std::string> texts;
  std::size_t index = 0;
  for (const auto& item : items) {
    GUARDIAN_ASSIGN(const auto text, expect_text(scope.item(index++), item));
    texts.emplace_back(text);
  }
  return texts;
}

// The names of the tiers that one entry means: `verified`, or `>=verified` for it and all of higher rank.
std::vector<std::string> tiers_of(std::string_view entry, std::span<const Tier> tiers) {
  const bool and_above = entry.starts_with(">=");
  const auto named = std::ranges::find(tiers, and_above ? entry.substr(2) : entry, &Tier::name);
  if (named == tiers.end()) return {};
  std::vector<std::string> names{std::string(named->name)};
  for (const auto& tier : tiers) {
    if (and_above && tier.rank > named->rank) names.emplace_back(tier.name);
  }
  return names;
}

base::Result<std::vector<std::string>> read_tiers(const Scope& scope, const json::Value& list,
                                                  std::span<const Tier> tiers) {
  GUARDIAN_ASSIGN(const auto entries, read_texts(scope, list));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto meant = tiers_of(entries[i], tiers);
    if (meant.empty()) {
      return scope.item(i).refuse(list.as_list()[i], "no trust tier is called " + quoted(entries[i]));
    }
    names.insert(names.end(), meant.begin(), meant.end());
  }
  return names;
}

bool holds_text(const std::vector<std::string>& list, std::string_view text) noexcept {
  return std::ranges::find(list, text) != list.end();
}

}  // namespace

base::Result<AppliesTo> AppliesTo::compile(const Scope& scope, const json::Value& written,
                                           std::span<const Tier> tiers) {
  GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, written, kNames));
  AppliesTo result;
  result.given_ = true;
  if (const auto* list = fields.get("agentIds")) {
    GUARDIAN_ASSIGN(result.agent_ids_, compile_globs(scope.member("agentIds"), *list));
    result.constrains_agent_ids_ = std::ranges::none_of(
        result.agent_ids_, [](const Glob& glob) { return glob.is_prefix() && glob.literal().empty(); });
  }
  if (const auto* list = fields.get("trustTiers")) {
    GUARDIAN_ASSIGN(result.tiers_, read_tiers(scope.member("trustTiers"), *list, tiers));
  }
  if (const auto* list = fields.get("tags")) {
    GUARDIAN_ASSIGN(result.tags_, compile_globs(scope.member("tags"), *list));
  }
  if (const auto* list = fields.get("orgIds")) {
    GUARDIAN_ASSIGN(result.org_ids_, read_texts(scope.member("orgIds"), *list));
  }
  return result;
}

bool AppliesTo::matches_id(const Agent& agent) const noexcept {
  return given_ && (agent_ids_.empty() || any_matches(agent_ids_, agent.id));
}

bool AppliesTo::matches_rest(const Agent& agent) const noexcept {
  if (!given_) return false;
  if (!tiers_.empty() && !holds_text(tiers_, agent.trust_tier)) return false;
  if (!org_ids_.empty() && !(agent.org_id.is_text() && holds_text(org_ids_, agent.org_id.as_text()))) return false;
  if (tags_.empty()) return true;
  return agent.tags.is_list() && std::ranges::any_of(agent.tags.as_list(), [&](const json::Value& tag) {
           return tag.is_text() && any_matches(tags_, tag.as_text());
         });
}

}  // namespace guardian::policy
