// Rate limits as policies may write them, for people and programs.
#pragma once

#include <string>
#include <string_view>

#include "guardian/json/writer.h"
#include "guardian/policy/types.h"

namespace guardian::cmd {

// `10/second, 100/minute`; empty when nothing is limited.
[[nodiscard]] std::string rate_limit_text(const policy::RateLimits& limits);

// The member `name`, a list such as `["10/second", "100/minute"]`; nothing at all when nothing is limited.
void write_rate_limits(std::string_view name, const policy::RateLimits& limits, json::Writer& out);

}  // namespace guardian::cmd
