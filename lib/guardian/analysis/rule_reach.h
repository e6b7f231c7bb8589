// Which rules of a policy can decide at all (policy.md section 6, step 3): a rule is out of reach when rules that come
// before it match all that it does. Decided on the patterns and, as far as constants and single attributes tell, on the
// conditions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "guardian/analysis/domain.h"
#include "guardian/policy/compiled.h"

namespace guardian::analysis {

// What the comparison of all rules of one policy may cost, in steps of about a nanosecond: pairs of patterns, and where
// two patterns begin alike the product of their sizes.
inline constexpr std::size_t kMaxReachSteps = 200'000'000;

struct Unreachable {
  std::size_t rule;
  std::vector<std::size_t> by;  // the rules that come before it and together match all that it does
};

// Under first-applicable: an allow rule, and a deny rule after it that matches some of the same requests, but neither
// all that the allow rule does nor nothing more.
struct Overlap {
  std::size_t allow;
  std::size_t deny;
  std::string action;  // one that both match
};

struct Reach {
  std::vector<Unreachable> unreachable;  // by rule
  std::vector<Overlap> late;             // at most one for each allow rule: the first deny
  bool complete = true;                  // false where the cost was over its limit: what is there is right all the same
};

[[nodiscard]] Reach reach_of(const policy::CompiledPolicy& policy, std::span<const policy::Tier> tiers,
                             std::size_t max_steps = kMaxReachSteps);

}  // namespace guardian::analysis
