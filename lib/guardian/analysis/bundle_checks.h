// Internal to the room: what a policy says against the tiers and agents of its directory, and what bundle.yaml says of
// policies.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "guardian/analysis/notes.h"
#include "guardian/bundle/build.h"

namespace guardian::analysis {

// What the policies of a directory share, read once. Borrows the context.
class Directory {
 public:
  explicit Directory(const bundle::DirectoryContext& context);

  [[nodiscard]] const std::vector<policy::Tier>& tiers() const noexcept { return tiers_; }
  // The tiers that a policy applies to.
  [[nodiscard]] std::vector<policy::Tier> tiers_of(const policy::CompiledPolicy& policy) const;
  [[nodiscard]] policy::CompileOptions options() const noexcept { return {payload().default_combining, tiers_}; }

  // Action patterns that no ceiling of the policy's tiers admits.
  void check_ceilings(const Subject& subject, Notes& notes) const;
  // Entries of appliesTo that fit no agent, and policies that do not; nothing without agents.
  void check_agents(const Subject& subject, Notes& notes) const;

  // Remembers the rules of a policy, for check_references.
  void remember(const policy::CompiledPolicy& policy);
  // Approvals of bundle.yaml for policies, rules or agents that are not there, and revocations of such agents; after
  // all policies were remembered.
  void check_references(Notes& notes) const;

 private:
  using Rules = std::unordered_map<std::string, policy::Effect>;
  enum class Entry { AgentIds, Tags, OrgIds };

  [[nodiscard]] const bundle::Payload& payload() const noexcept { return context_.payload; }
  [[nodiscard]] bool fits_some_agent(const json::Value& entry, Entry kind) const;
  void check_list(const json::Value* entries, Entry kind, Notes& notes) const;
  [[nodiscard]] bool asks_for_approval(std::string_view rule) const;
  void check_approval(const json::Value& approval, Notes& notes) const;
  [[nodiscard]] bool may_fit_unknown_agents(const Subject& subject) const;

  const bundle::DirectoryContext& context_;
  std::vector<policy::Tier> tiers_;
  std::unordered_set<std::string_view> ids_;
  std::unordered_set<std::string_view> tags_;
  std::unordered_set<std::string_view> orgs_;
  std::unordered_map<std::string, Rules> rules_;
};

}  // namespace guardian::analysis
