// gzip (RFC 1952) of a whole text, for answers that are made once and sent many times. Pure; any thread. The other way:
// gunzip.h.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::net {

// The same text always gives the same bytes: no name, no time. Io when there is no memory for it.
[[nodiscard]] base::Result<std::string> gzip(std::string_view text);

}  // namespace guardian::net
