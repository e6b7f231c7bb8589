// Internal to the room: the text of state.json (bundle.md section 4). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/bundle/cache.h"

namespace guardian::bundle {

// Compact JSON with a final newline; what is not known is left out, and so is an ETag or id that is
// no UTF-8 or over 4,096 bytes.
[[nodiscard]] std::string write_state(const CacheState& state);
// Malformed for anything that write_state does not write: a state that is half understood would lose the floor.
[[nodiscard]] base::Result<CacheState> parse_state(std::string_view text);

}  // namespace guardian::bundle
