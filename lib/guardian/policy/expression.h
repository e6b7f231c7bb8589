// The text form of conditions (policy.md section 4): `time.hour >= 9 AND agent.trustTier IN ['trusted']`.
#pragma once

#include <cstddef>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/condition_store.h"

namespace guardian::policy {

inline constexpr std::size_t kMaxExpressionBytes = 4096;
inline constexpr std::size_t kMaxExpressionDepth = 64;  // parentheses and NOT

// Compiles one expression into the tree, negated as a whole if asked. Operands go into `store`, which must outlive the
// condition. PolicyInvalid `column C: ...` (code points from 1), without the place of the expression itself.
[[nodiscard]] base::Result<Condition> compile_expression(std::string_view text, bool negated, ConditionStore& store);

}  // namespace guardian::policy
