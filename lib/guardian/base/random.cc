#include "guardian/base/random.h"

#include <sys/random.h>

#include "guardian/base/check.h"

namespace guardian::base {

namespace {

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  // Requests of up to 256 bytes are never cut short (getrandom(2)).
  GUARDIAN_ASSERT(::getrandom(&bits, sizeof bits, 0) == static_cast<ssize_t>(sizeof bits));
  return bits;
}

}  // namespace

std::string random_hex(std::size_t bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::uint64_t byte = random_bits() & 0xFFU;
    text.push_back(kHex[byte >> 4U]);
    text.push_back(kHex[byte & 0xFU]);
  }
  return text;
}

double random_fraction() {
  constexpr double kScale = 1.0 / 9007199254740992.0;  // 2^-53
  return static_cast<double>(random_bits() >> 11U) * kScale;
}

}  // namespace guardian::base
