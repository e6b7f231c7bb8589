// Checks and compiles the operand of one test; what the map form and the text form of conditions share.
#pragma once

#include "guardian/base/result.h"
#include "guardian/policy/condition.h"
#include "guardian/policy/condition_store.h"

namespace guardian::policy {

// What a test of the attribute takes from the store beside its operand.
[[nodiscard]] std::size_t parts_of(const Attribute& attribute) noexcept;

// Every operator but `some` and `every`. `negated`: an odd number of negations stands above the test. The operand must
// live as long as the test, which is what `store` is for. PolicyInvalid without a place.
[[nodiscard]] base::Result<Test> compile_test(const Attribute& attribute, WrittenOperator written,
                                              const json::Value& operand, bool negated, ConditionStore& store);

}  // namespace guardian::policy
