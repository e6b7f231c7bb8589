// A compiled condition as text again, for people: the expression language of policy.md section 4 wherever it can say
// the condition, `path: {operator: operand}` where only a map can (`some`, `every`, operands that are objects or hold
// lists). Negations are shown, shorthands and aliases are not: the text says what is evaluated. Text without a map in
// it compiles to the same condition again. Pure; any thread.
#pragma once

#include <functional>
#include <string>

#include "guardian/policy/condition.h"

namespace guardian::policy {

// `context.amount <= 100 AND context.recipient NOT MATCHES '*@example.com'`; empty for a condition that always holds.
[[nodiscard]] std::string condition_text(const Condition& condition);

// The same without the parts that `leave_out` names, for what remains to be decided once some parts are. A part is
// asked about before the parts below it.
[[nodiscard]] std::string condition_text(const Condition& condition,
                                         const std::function<bool(const Condition&)>& leave_out);

// An operand as it stands in such text: `'a'`, `5`, `['a', 'b']`, `{plan: 'pro'}`.
[[nodiscard]] std::string operand_text(const json::Value& operand);

}  // namespace guardian::policy
