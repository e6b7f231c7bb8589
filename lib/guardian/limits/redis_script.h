// What is asked of Redis: one script that judges a span of charges in order, atomically and by the server's clock, with
// the same cells as Window.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/limits/charge.h"

namespace guardian::limits {

// Lua. Keys: one for each limit (a count and an interval of it), in the order of the arguments. Arguments: for each
// charge the number of its limits, then of each limit the interval (1 to 4) and the maximum. Answers with one integer a
// charge: 0 when it was counted, else the longest wait in microseconds. A key holds a list: the total of its entries,
// then each entry, oldest first, as `<newest moment>:<count>`; it expires when its interval is over.
[[nodiscard]] std::string_view redis_script() noexcept;

// The number of keys, the keys and the arguments, as EVAL and EVALSHA take them after the script. Keys are
// `guardian:<length>:<policy><length>:<rule><length>:<agent>:<s, m, h or d>`, so that no names make the same key as
// others do. Pure; any thread.
[[nodiscard]] std::vector<std::string> script_arguments(std::span<const Charge> charges);

}  // namespace guardian::limits
