// The operators of policy.md section 4 and the table of what cannot be decided, for the oracle. Pure; any thread.
#pragma once

#include <string_view>

#include "guardian/json/value.h"
#include "support/naive/attributes.h"

namespace guardian::testing {

// The camelCase name of an operator in either spelling; empty for anything else.
[[nodiscard]] std::string_view operator_name(std::string_view written);

// One test of one value, true or false as the table has it. `negated`: under an odd number of negations.
[[nodiscard]] bool test_holds(const Scene& scene, std::string_view operator_name, const Subject& subject,
                              const json::Value& operand, bool negated);

// A map of operators, all of which must hold.
[[nodiscard]] bool tests_hold(const Scene& scene, const Subject& subject, const json::Value& operators, bool negated);

}  // namespace guardian::testing
