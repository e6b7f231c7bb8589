// A total order of JSON values that agrees with json::equal, for sorted sets of them. It is made for searching and
// means nothing to people: texts and lists come shorter first. Pure; any thread; allocates nothing.
#pragma once

#include <compare>

#include "guardian/json/value.h"

namespace guardian::json {

// Equivalent exactly where equal() holds, for numbers that are no integers beyond +-2^53 (which two numbers may both
// equal). Proportional to the smaller value, for values of a Document; depth is what the reader admitted.
[[nodiscard]] std::weak_ordering order(const Value& a, const Value& b) noexcept;

}  // namespace guardian::json
