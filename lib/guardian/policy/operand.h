// Checks and compiles the operand of one test; what the map form and the text form of conditions share.
#pragma once

#include "guardian/base/result.h"
#include "guardian/json/document.h"
#include "guardian/policy/condition.h"

namespace guardian::policy {

// Every operator but `some` and `every`. `negated`: an odd number of negations stands above the test. The operand is
// copied into `operands`, which must outlive the test. PolicyInvalid without a place.
[[nodiscard]] base::Result<Test> compile_test(const Attribute& attribute, WrittenOperator written,
                                              const json::Value& operand, bool negated, json::Document& operands);

}  // namespace guardian::policy
