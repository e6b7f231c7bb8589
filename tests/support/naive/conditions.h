// Conditions of policy.md section 4 for the oracle: a map, a list or a text, evaluated where they stand with the
// negations above them handed down (De Morgan). Pure; any thread.
#pragma once

#include <string_view>

#include "guardian/json/value.h"
#include "support/naive/attributes.h"

namespace guardian::testing {

[[nodiscard]] bool condition_holds(const Scene& scene, const json::Value& condition, bool negated);

// A text expression.
[[nodiscard]] bool expression_holds(const Scene& scene, std::string_view text, bool negated);

}  // namespace guardian::testing
