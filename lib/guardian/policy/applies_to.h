// Which agents a policy is for (policy.md section 2). Compiled once; immutable.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/place.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

class AppliesTo {
 public:
  // Applies to nobody: what a policy without appliesTo has.
  AppliesTo() = default;
  // PolicyInvalid with its place; a trust tier that is not among `tiers` is refused.
  [[nodiscard]] static base::Result<AppliesTo> compile(const Scope& scope, const json::Value& written,
                                                       std::span<const Tier> tiers);

  // False without appliesTo.
  [[nodiscard]] bool given() const noexcept { return given_; }
  // The tiers named, `>=` taken apart; empty when not given.
  [[nodiscard]] const std::vector<std::string>& tiers() const noexcept { return tiers_; }
  // False where every id matches, be it by `"*"`.
  [[nodiscard]] bool constrains_agent_ids() const noexcept { return constrains_agent_ids_; }
  [[nodiscard]] std::span<const Glob> tags() const noexcept { return tags_; }
  [[nodiscard]] std::span<const std::string> org_ids() const noexcept { return org_ids_; }
  // Empty when not given.
  [[nodiscard]] std::span<const Glob> agent_ids() const noexcept { return agent_ids_; }
  [[nodiscard]] bool matches_id(const Agent& agent) const noexcept;
  [[nodiscard]] bool matches_rest(const Agent& agent) const noexcept;

 private:
  bool given_ = false;
  // An empty list was not given and does not constrain.
  std::vector<Glob> agent_ids_;
  bool constrains_agent_ids_ = false;
  std::vector<std::string> tiers_;
  std::vector<Glob> tags_;
  std::vector<std::string> org_ids_;
};

}  // namespace guardian::policy
