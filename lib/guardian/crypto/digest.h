// Digests, comparison in constant time, and random bytes. Only this room sees Botan.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guardian::crypto {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);
// Lower-case hexadecimal.
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string hex(const Digest& digest);

// True when equal. Time depends on the lengths only: both sides are hashed before they are compared.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// `count` bytes of the operating system's random generator.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace guardian::crypto
