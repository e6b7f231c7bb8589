// What one policy may come to while only part of a request is known, and by which rules. A superset of what it does
// come to; its combining algorithm is followed exactly (policy.md section 6, step 3). Used by who-can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "guardian/analysis/partial.h"
#include "guardian/policy/program.h"

namespace guardian::analysis {

// Outcomes of a policy by how strongly they win over others across policies.
class OutcomeSet {
 public:
  using Kind = policy::Outcome::Kind;

  void add(Kind kind) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | bit(kind)); }
  void add(OutcomeSet other) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }
  [[nodiscard]] bool has(Kind kind) const noexcept { return (bits_ & bit(kind)) != 0; }
  // The weakest of them; the set must not be empty.
  [[nodiscard]] Kind weakest() const noexcept;
  // Without those weaker than `kind`.
  [[nodiscard]] OutcomeSet from(Kind kind) const noexcept;

 private:
  static std::uint8_t bit(Kind kind) noexcept;

  std::uint8_t bits_ = 0;
};

// Deny 3, require-approval 2, allow 1, none 0.
[[nodiscard]] int strength(policy::Outcome::Kind kind) noexcept;
[[nodiscard]] policy::Outcome::Kind outcome_of(policy::Effect effect) noexcept;

struct ReachedRule {
  std::size_t rule = 0;  // index in the policy
  bool certain = false;  // matches whatever the unknown parts are
};

struct Outcomes {
  OutcomeSet possible;
  std::vector<ReachedRule> rules;  // those that may decide, in the order of the policy
};

[[nodiscard]] Outcomes outcomes_of(const policy::CompiledPolicy& policy, const policy::Input& input, Known known);

}  // namespace guardian::analysis
