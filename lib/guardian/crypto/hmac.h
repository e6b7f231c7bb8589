// HMAC-SHA-256 (RFC 2104), for values that must be comparable without being readable.
#pragma once

#include <string_view>

#include "guardian/crypto/digest.h"

namespace guardian::crypto {

// Pure; any thread.
[[nodiscard]] Digest hmac_sha256(std::string_view key, std::string_view message);

}  // namespace guardian::crypto
