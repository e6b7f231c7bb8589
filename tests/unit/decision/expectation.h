// What a case of the vectors expects of a reply. One thread.
#pragma once

#include <string>
#include <vector>

#include "guardian/decision/decision.h"
#include "guardian/json/value.h"
#include "sides.h"

namespace guardian::testing {

// One line for each member of `expect` (api.md's and the audit event's names) that the reply, told in that mode, does
// not have. `retryAfterMs` is a number, or a list of the least and the most; the oracle must take all of it to be
// right.
[[nodiscard]] std::vector<std::string> unmet(const json::Value& expect, const Reply& reply, decision::Mode mode);

}  // namespace guardian::testing
