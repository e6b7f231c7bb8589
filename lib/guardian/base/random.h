// Random numbers for names and jitter, from the operating system. Not for keys: those are crypto's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace guardian::base {

// `bytes` random bytes as lower-case hexadecimal. Any thread.
[[nodiscard]] std::string random_hex(std::size_t bytes);

// Uniform in [0, 1). Any thread.
[[nodiscard]] double random_fraction();

}  // namespace guardian::base
