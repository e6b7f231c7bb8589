// Requests that two rules match both, as far as patterns and conditions tell. Used by the comparison of rules. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>

#include "guardian/analysis/claim.h"
#include "guardian/policy/compiled.h"

namespace guardian::analysis {

// What is known around the conditions of two rules where both match.
[[nodiscard]] Surroundings around_both(const policy::CompiledRule& a, const policy::CompiledRule& b,
                                       std::span<const policy::Tier> tiers);
// The ways in which the conditions of both hold.
[[nodiscard]] Alternatives both_hold(const policy::CompiledRule& a, const policy::CompiledRule& b);

// An action with which both rules may match, one of the actions that `plain` stands for where conditions do not ask
// about it. nullopt where the conditions exclude each other, and where they ask about the action or the resource and no
// text was found that suits: that both match is only said with an example at hand.
[[nodiscard]] std::optional<std::string> common_request(const Alternatives& both_conditions, const Surroundings& around,
                                                        const std::string& plain);

}  // namespace guardian::analysis
