// The explanation of policy.md section 8 for the oracle. Pure apart from the time-zone database; any thread.
//
// Where section 8 leaves room, it reads:
// - Paths are canonical and operators camelCase, whichever spelling the policy has. Of `tags` a list is `in`, one text
//   `contains`.
// - Every rule of a policy is explained, also those after the one that decides.
// - `test` is the first test that did not hold of those that kept the condition from holding: one inside an `any` that
//   holds did not. Of `some` and `every` it is the whole test, with the list as its actual value.
// - `undecided` is empty for a rule that its action or resource stops: a condition that is not evaluated leaves nothing
//   undecided. Otherwise it has every undecided test, also after the one that decides; a nested one stands under the
//   path of its list, once, however many members leave it undecided, with the reason of the first.
// - Where steps 1 or 2 decide no policy is looked at, and the list is empty.
#pragma once

#include "guardian/json/document.h"
#include "support/naive/naive.h"

namespace guardian::testing {

// The list that stands under `explain`.
[[nodiscard]] json::Document naive_explain(const json::Value& payload, const NaiveQuestion& question,
                                           base::TimePoint now);

}  // namespace guardian::testing
