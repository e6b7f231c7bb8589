// PEM armour (RFC 7468) around one block, strictly. Not for other rooms.
#pragma once

#include <string>
#include <string_view>

#include "guardian/base/result.h"

namespace guardian::crypto {

inline constexpr std::size_t kMaxPemBytes = 32 * 1024;

// The label of the block that the text begins with: `PUBLIC KEY`; empty where it begins with none. Borrowed.
[[nodiscard]] std::string_view pem_label(std::string_view text) noexcept;

// KeyInvalid unless the text, but for white space around it, is one block with this label.
[[nodiscard]] base::Status check_pem(std::string_view text, std::string_view label);

// The bytes inside of it; not for secrets, which this would leave behind in memory.
[[nodiscard]] base::Result<std::string> decode_public_pem(std::string_view text, std::string_view label);

}  // namespace guardian::crypto
