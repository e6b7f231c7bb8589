// What a request's header fields ask of the answer: conditions, codings, waiting (RFC 9110, RFC 7240). Read leniently:
// what is not understood asks for nothing. Pure; any thread.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "guardian/net/http.h"

namespace guardian::gateway {

// If-None-Match names one of the tags, weakly compared, or is `*` (RFC 9110 section 13.1.2).
[[nodiscard]] bool if_none_match(const net::Headers& headers, std::initializer_list<std::string_view> etags);

// Accept-Encoding takes gzip, and no worse than the answer as it is (RFC 9110 section 12.5.3).
[[nodiscard]] bool accepts_gzip(const net::Headers& headers);

// `Prefer: wait=<s>` (RFC 7240 section 4.3), the first one where there are several, at most `most`; nullopt for none,
// for 0 and for what is no number.
[[nodiscard]] std::optional<std::chrono::seconds> preferred_wait(const net::Headers& headers,
                                                                 std::chrono::seconds most);

}  // namespace guardian::gateway
