#include "guardian/crypto/digest.h"

#include <botan/hash.h>
#include <botan/mem_ops.h>
#include <botan/system_rng.h>

#include <exception>

#include "guardian/base/check.h"
#include "guardian/crypto/bytes.h"

namespace guardian::crypto {

struct Sha256::State {
  std::unique_ptr<Botan::HashFunction> hash = Botan::HashFunction::create("SHA-256");
};

Sha256::Sha256() : state_(std::make_unique<State>()) { GUARDIAN_ASSERT(state_->hash != nullptr); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) { state_->hash->update(bytes_of(bytes), bytes.size()); }

Digest Sha256::finish() {
  Digest digest{};
  state_->hash->final(digest.data());
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = kDigits[byte >> 4U];
    out[2 * i + 1] = kDigits[byte & 0xFU];
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
