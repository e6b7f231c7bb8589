#include "guardian/analysis/domain.h"

#include <algorithm>

namespace guardian::analysis {

namespace {

using policy::Root;

Domain none() {
  Domain domain;
  domain.absent = domain.boolean = domain.number = domain.text = domain.list = domain.object = false;
  return domain;
}

Domain texts(bool may_be_absent) {
  Domain domain = none();
  domain.text = true;
  domain.absent = may_be_absent;
  return domain;
}

bool match_some(std::span<const policy::Glob> patterns, std::string_view text) noexcept {
  return patterns.empty() ||
         std::ranges::any_of(patterns, [&](const policy::Glob& pattern) { return pattern.matches(text); });
}

Domain texts_matching(std::span<const policy::Glob> patterns, std::span<const policy::Glob> more, bool may_be_absent) {
  Domain domain = texts(may_be_absent && patterns.empty() && more.empty());
  domain.patterns = patterns;
  domain.more_patterns = more;
  for (const auto some : {patterns, more}) {
    if (some.empty() || !std::ranges::all_of(some, &policy::Glob::is_literal)) continue;
    domain.texts.emplace();
    for (const auto& pattern : some) {
      if (admits(domain, pattern.literal())) domain.texts->push_back(pattern.literal());
    }
  }
  return domain;
}

Domain whole_numbers(double low, double high) {
  Domain domain = none();
  domain.number = true;
  domain.whole = Domain::Range{low, high};
  return domain;
}

Domain tier_names(std::span<const policy::Tier> tiers) {
  Domain domain = texts(false);
  if (tiers.empty()) return domain;
  domain.texts.emplace();
  for (const auto& tier : tiers) domain.texts->emplace_back(tier.name);
  return domain;
}

Domain tier_ranks(std::span<const policy::Tier> tiers) {
  Domain domain = none();
  domain.number = true;
  if (tiers.empty()) return domain;
  domain.numbers.emplace();
  for (const auto& tier : tiers) domain.numbers->push_back(static_cast<double>(tier.rank));
  return domain;
}

// Objects or nothing, where the attribute is the root itself.
Domain open_root(const policy::Attribute& attribute) {
  if (!attribute.below.empty()) return {};
  Domain domain = none();
  domain.object = domain.absent = true;
  return domain;
}

Domain tags() {
  Domain domain = none();
  domain.list = domain.text_members = true;
  return domain;
}

Domain delegation() {
  Domain domain = none();
  domain.object = true;
  return domain;
}

}  // namespace

bool admits(const Domain& domain, std::string_view text) noexcept {
  return match_some(domain.patterns, text) && match_some(domain.more_patterns, text);
}

Domain domain_of(const policy::Attribute& attribute, const Surroundings& around) {
  constexpr double kMaxEpoch = 253402300799;  // the last second of the year 9999
  if (around.members) return {};
  switch (attribute.root) {
    case Root::Action:
      return texts_matching(around.actions, around.more_actions, false);
    case Root::Resource:
      return texts_matching(around.resources, around.more_resources, true);
    case Root::AgentId:
    case Root::TimeIso:
      return texts(false);
    case Root::AgentName:
    case Root::AgentOrgId:
    case Root::DelegationRoot:
      return texts(true);
    case Root::AgentTrustTier:
      return tier_names(around.tiers);
    case Root::AgentTrustRank:
      return tier_ranks(around.tiers);
    case Root::AgentTags:
      return tags();
    case Root::AgentMetadata:
    case Root::Context:
    case Root::Token:
      return open_root(attribute);
    case Root::Delegation:
      return delegation();
    case Root::DelegationDepth:
      return whole_numbers(0, 4294967295);
    case Root::TimeYear:
      return whole_numbers(0, 9999);
    case Root::TimeMonth:
    case Root::TimeDay:
    case Root::TimeHour:
    case Root::TimeMinute:
    case Root::TimeSecond:
    case Root::TimeMinuteOfDay:
    case Root::TimeWeekday: {
      const auto range = policy::range_of(attribute.root).value();
      return whole_numbers(static_cast<double>(range.low), static_cast<double>(range.high));
    }
    case Root::TimeEpoch:
      return whole_numbers(-kMaxEpoch, kMaxEpoch);
  }
  return {};
}

std::string name_of(const Domain& domain) {
  if (domain.boolean) return "";
  if (domain.number) return "a number";
  if (domain.text) return "text";
  return domain.list ? "a list of texts" : "a map";
}

}  // namespace guardian::analysis
