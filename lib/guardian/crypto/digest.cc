#include "guardian/crypto/digest.h"

#include <botan/hash.h>
#include <botan/mem_ops.h>
#include <botan/system_rng.h>

#include <exception>

#include "guardian/base/check.h"
#include "guardian/crypto/bytes.h"

namespace guardian::crypto {

Digest sha256(std::string_view bytes) {
  const auto hash = Botan::HashFunction::create("SHA-256");
  GUARDIAN_ASSERT(hash != nullptr);
  hash->update(bytes_of(bytes), bytes.size());
  Digest digest{};
  hash->final(digest.data());
  return digest;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

std::string hex(const Digest& digest) { return hex(text_of(digest)); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  const Digest digest_a = sha256(a);
  const Digest digest_b = sha256(b);
  return Botan::constant_time_compare(digest_a.data(), digest_b.data(), digest_a.size());
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  try {
    Botan::System_RNG().randomize(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  } catch (const std::exception&) {
    GUARDIAN_ASSERT(false && "the system has no random bytes");
  }
  return out;
}

}  // namespace guardian::crypto
