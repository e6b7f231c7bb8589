// Conditions as policies write them (policy.md section 4: map, list, text) into the checked tree.
#pragma once

#include <string_view>

#include "guardian/base/result.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/condition_store.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

// True for the key of a rule's `conditions` map that is no condition but the rule's own `rateLimit`.
[[nodiscard]] bool names_rate_limit(std::string_view key) noexcept;

// A rule's `conditions`, a rate limit among them left out. The document has passed check_shape; operands are copied
// into `store`, which must outlive the condition. PolicyInvalid with its place.
[[nodiscard]] base::Result<Condition> compile_conditions(const Scope& scope, const json::Value& written,
                                                         ConditionStore& store);

}  // namespace guardian::policy
