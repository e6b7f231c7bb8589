// The CRC-32 of zlib and Ethernet (reflected, polynomial 0xEDB88320), to tell damage from data. Not against forgery.
#pragma once

#include <cstdint>
#include <string_view>

namespace guardian::limits {

// Pure; any thread.
[[nodiscard]] std::uint32_t crc32(std::string_view bytes) noexcept;

}  // namespace guardian::limits
