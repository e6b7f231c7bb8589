// Conditions as policies write them (policy.md section 4: map, list, text) into the checked tree.
#pragma once

#include "guardian/base/result.h"
#include "guardian/json/document.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

// A rule's `conditions`. The document has passed check_shape; operands are copied into `operands`, which must outlive
// the condition. PolicyInvalid with its place; NotSupported for a rate limit among the conditions.
[[nodiscard]] base::Result<Condition> compile_conditions(const Scope& scope, const json::Value& written,
                                                         json::Document& operands);

}  // namespace guardian::policy
