// What no policy may hold anywhere (policy.md, introduction): empty lists and maps, a list directly in a list, numbers
// that are not exact or not finite, nesting past 32. Checked once over the whole document before it is read.
#pragma once

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

// PolicyInvalid with its place; `place` is told of each rule on the way and left without one.
[[nodiscard]] base::Status check_shape(Place& place, const json::Value& document);

}  // namespace guardian::policy
