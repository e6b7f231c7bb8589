#include "guardian/analysis/bundle_checks.h"

#include <algorithm>

#include "guardian/analysis/glob_algebra.h"

namespace guardian::analysis {

namespace {

using json::Value;

bool admits(const std::vector<policy::Glob>& ceiling, const GlobCodes& action) {
  return std::ranges::any_of(ceiling,
                             [&](const policy::Glob& glob) { return overlap(read_glob(glob.pattern()), action); });
}

bool matches_some(std::string_view pattern, const std::unordered_set<std::string_view>& texts) {
  const auto glob = policy::Glob::compile(pattern);
  if (!glob.ok()) return true;
  if (glob->is_literal()) return texts.contains(glob->literal());
  return std::ranges::any_of(texts, [&](std::string_view text) { return glob->matches(text); });
}

}  // namespace

Directory::Directory(const bundle::DirectoryContext& context) : context_(context) {
  for (const auto& tier : payload().tiers) tiers_.push_back({tier.name, tier.rank});
  for (const auto& agent : payload().agents) {
    ids_.insert(agent.view.id);
    for (const Value& tag : agent.view.tags.as_list()) tags_.insert(tag.as_text());
    if (agent.view.org_id.is_text()) orgs_.insert(agent.view.org_id.as_text());
  }
}

std::vector<policy::Tier> Directory::tiers_of(const policy::CompiledPolicy& policy) const {
  const auto& named = policy.applies_to.tiers();
  if (named.empty()) return tiers_;
  std::vector<policy::Tier> tiers;
  std::ranges::copy_if(tiers_, std::back_inserter(tiers),
                       [&](const policy::Tier& tier) { return std::ranges::find(named, tier.name) != named.end(); });
  return tiers;
}

void Directory::check_ceilings(const Subject& subject, Notes& notes) const {
  std::vector<const bundle::TrustTier*> tiers;
  for (const auto& tier : payload().tiers) {
    const bool applies = std::ranges::find(subject.tiers, tier.name, &policy::Tier::name) != subject.tiers.end();
    if (applies && tier.ceiling.empty()) return;
    if (applies) tiers.push_back(&tier);
  }
  std::size_t index = 0;
  for (const Value& rule : entries_of(field(subject.body, "rules"))) {
    notes.about_rule(subject.compiled.rules[index++].id);
    for (const Value& pattern : entries_of(field(rule, "actions", "action"))) {
      const GlobCodes action = read_glob(pattern.as_text());
      if (std::ranges::any_of(tiers, [&](const auto* tier) { return admits(tier->ceiling, action); })) continue;
      notes.add(Code::BeyondCeiling, pattern.offset(),
                "no tier that the policy applies to may ever do " + quoted(pattern.as_text()) +
                    ": their ceilings deny it before any rule is asked",
                "remove the pattern, or widen a ceiling in tiers.yaml or `appliesTo.trustTiers`");
    }
  }
  notes.about_no_rule();
}

bool Directory::fits_some_agent(const Value& entry, Entry kind) const {
  switch (kind) {
    case Entry::AgentIds:
      return matches_some(entry.as_text(), ids_);
    case Entry::Tags:
      return matches_some(entry.as_text(), tags_);
    case Entry::OrgIds:
      return orgs_.contains(entry.as_text());
  }
  return true;
}

void Directory::check_list(const Value* entries, Entry kind, Notes& notes) const {
  for (const Value& entry : entries_of(entries)) {
    if (fits_some_agent(entry, kind)) continue;
    const std::string_view what = kind == Entry::AgentIds ? "id" : kind == Entry::Tags ? "tag" : "orgId";
    notes.add(Code::MatchesNoAgent, entry.offset(),
              quoted(entry.as_text()) + " fits the " + std::string(what) + " of no agent in agents.yaml",
              "correct or remove it, or add the agent");
  }
}

// Agents that are not in the bundle have an id and a tier, but no tags and no organisation.
bool Directory::may_fit_unknown_agents(const Subject& subject) const {
  if (!payload().unknown_agents_tier) return false;
  const Value* const applies_to = field(subject.body, "appliesTo");
  if (field(*applies_to, "tags") != nullptr || field(*applies_to, "orgIds") != nullptr) return false;
  const std::string_view tier = payload().tiers[*payload().unknown_agents_tier].name;
  return std::ranges::find(subject.tiers, tier, &policy::Tier::name) != subject.tiers.end();
}

void Directory::check_agents(const Subject& subject, Notes& notes) const {
  const Value* const applies_to = field(subject.body, "appliesTo");
  if (applies_to == nullptr || payload().agents.empty() || may_fit_unknown_agents(subject)) return;
  Notes entries(notes.source());
  const auto check = [&](Notes& into) {
    check_list(field(*applies_to, "agentIds"), Entry::AgentIds, into);
    check_list(field(*applies_to, "tags"), Entry::Tags, into);
    check_list(field(*applies_to, "orgIds"), Entry::OrgIds, into);
  };
  check(entries);
  check(notes);
  const auto applies = [&](const bundle::AgentRecord& agent) {
    return subject.compiled.applies_to.matches_rest(agent.view) && subject.compiled.applies_to.matches_id(agent.view);
  };
  if (!entries.empty() || std::ranges::any_of(payload().agents, applies)) return;
  notes.add(Code::MatchesNoAgent, applies_to->offset(), "no agent in agents.yaml is all that appliesTo asks for",
            "every list given must match: widen one of them, or split the policy in two");
}

void Directory::remember(const policy::CompiledPolicy& policy) {
  Rules& rules = rules_[policy.name];
  for (const auto& rule : policy.rules) rules.emplace(rule.id, rule.effect);
}

void Directory::check_references(Notes& notes) const {
  if (!context_.source.members) return;
  const Value& members = context_.source.members->document.root();
  for (const Value& approval : entries_of(field(members, "approvals"))) check_approval(approval, notes);
  if (payload().unknown_agents_tier || payload().agents.empty()) return;
  const Value* const revocations = field(members, "revocations");
  if (revocations == nullptr) return;
  for (const Value& agent : entries_of(field(*revocations, "agents"))) {
    if (ids_.contains(agent.as_text())) continue;
    notes.add(Code::UnknownReference, agent.offset(),
              "there is no agent " + quoted(agent.as_text()) + ": the revocation stops nobody", "correct or remove it");
  }
}

bool Directory::asks_for_approval(std::string_view rule) const {
  return std::ranges::any_of(rules_, [&](const auto& policy) {
    const auto named = policy.second.find(std::string(rule));
    return named != policy.second.end() && named->second == policy::Effect::RequireApproval;
  });
}

void Directory::check_approval(const Value& approval, Notes& notes) const {
  const auto add = [&](const Value& at, const std::string& what) {
    notes.add(Code::UnknownReference, at.offset(), what + ": the approval approves nothing", "correct or remove it");
  };
  const Value* const agent = approval.find("agentId");
  if (agent != nullptr && !payload().unknown_agents_tier && !ids_.contains(agent->as_text())) {
    add(*agent, "there is no agent " + quoted(agent->as_text()));
  }
  const Value* const policy = approval.find("policy");
  const Value* const rule = approval.find("rule");
  if (policy == nullptr) {
    if (rule != nullptr && !asks_for_approval(rule->as_text())) {
      add(*rule, "no policy has a rule " + quoted(rule->as_text()) + " that asks for approval");
    }
    return;
  }
  const auto found = rules_.find(std::string(policy->as_text()));
  if (found == rules_.end()) {
    add(*policy, "there is no policy " + quoted(policy->as_text()));
  } else if (rule != nullptr) {
    const auto named = found->second.find(std::string(rule->as_text()));
    if (named == found->second.end()) {
      add(*rule, "policy " + quoted(policy->as_text()) + " has no rule " + quoted(rule->as_text()));
    } else if (named->second != policy::Effect::RequireApproval) {
      add(*rule, "rule " + quoted(rule->as_text()) + " asks for no approval");
    }
  }
}

}  // namespace guardian::analysis
