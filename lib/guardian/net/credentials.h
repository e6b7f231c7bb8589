// What a caller of an administration route says it is: the tokens of `Authorization: Bearer` and `X-Admin-Token`.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "guardian/net/http.h"

namespace guardian::net {

// Every token that was sent, each of which must be right: a proxy that adds one must not make up for a wrong other.
// nullopt where none was sent, one was sent twice, or Authorization is of another scheme. Borrowed from `headers`.
[[nodiscard]] std::optional<std::vector<std::string_view>> admin_tokens(const Headers& headers);

}  // namespace guardian::net
