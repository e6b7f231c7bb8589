// Base64 as bundle.md section 1 wants it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::crypto {

// RFC 4648 section 4, with padding: what the project writes in envelopes.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
// RFC 4648 section 5, without padding: JWK members, thumbprints, JWS.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);

// Standard or URL-safe alphabet, not mixed in one text; padding optional but right when there; no white space; no stray
// bits after the last byte. Malformed otherwise.
[[nodiscard]] base::Result<std::string> base64_decode(std::string_view text);
// True for a text that holds a character which only the URL-safe alphabet has.
[[nodiscard]] bool is_base64url(std::string_view text) noexcept;
// URL-safe alphabet without padding only (RFC 7515, RFC 7517 members).
[[nodiscard]] base::Result<std::string> base64url_decode(std::string_view text);

}  // namespace guardian::crypto
