// Claims that are decided on patterns and on the tests themselves rather than on sample values. All proofs here are one
// way: true is proven, false is "not proven".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "guardian/analysis/claim.h"
#include "guardian/policy/program.h"

namespace guardian::analysis {

// The operator, before its negations, is claimed to hold.
[[nodiscard]] bool is_affirmed(const Claim& claim) noexcept;
// How the claim stands where the test cannot be decided (policy.md section 4, last row of the table).
[[nodiscard]] bool comes_out_undecided(const Claim& claim) noexcept;

// True when two of the claims say the opposite of one test, for every value that is not null.
[[nodiscard]] bool contradict(std::span<const Claim> claims, bool undecided_counts);

// The texts for which the operator holds, as patterns of globs; nullopt where they are no globs.
[[nodiscard]] std::optional<std::vector<std::string>> glob_patterns_of(const policy::Test& test);

// True when no text that the domain's patterns admit matches what the claims affirm and avoids what they deny.
[[nodiscard]] bool patterns_exclude(std::span<const Claim> claims, const Domain& domain, bool undecided_counts);

// True when every member that one claim asks of a list is one that another forbids.
[[nodiscard]] bool members_exclude(std::span<const Claim> claims);

}  // namespace guardian::analysis
