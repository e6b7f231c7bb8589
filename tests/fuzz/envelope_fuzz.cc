// An envelope that parses must come back the same after it was written, and verifying it must end in an answer.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/crypto/dsse.h"

namespace crypto = guardian::crypto;

namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
// The seeds are signed with it (its private half is in tests/unit/crypto/samples.h).
constexpr std::string_view kTrusted =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA7FPxJKDOHxmuFQG7bj3r4e6Iqt6NsaYoSAbpvVB2sHc=\n"
    "-----END PUBLIC KEY-----\n";

void check_same(const crypto::Envelope& a, const crypto::Envelope& b) {
  GUARDIAN_ASSERT(a.payload_type_untrusted == b.payload_type_untrusted);
  GUARDIAN_ASSERT(a.payload_untrusted == b.payload_untrusted);
  GUARDIAN_ASSERT(a.signatures.size() == b.signatures.size());
  for (std::size_t i = 0; i < a.signatures.size(); ++i) {
    GUARDIAN_ASSERT(a.signatures[i].key_id_untrusted == b.signatures[i].key_id_untrusted);
    GUARDIAN_ASSERT(a.signatures[i].signature == b.signatures[i].signature);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto key = crypto::PublicKey::from_pem(kTrusted);
  const auto envelope = crypto::parse_envelope({reinterpret_cast<const char*>(data), size}, kMaxBytes);
  if (!envelope) return 0;
  const auto again = crypto::parse_envelope(crypto::write_envelope(*envelope), 8 * kMaxBytes);
  GUARDIAN_ASSERT(again.ok());
  check_same(*envelope, *again);
  const std::array<crypto::PublicKey, 1> trusted = {*key};
  const auto signers = crypto::verify_envelope(*envelope, trusted, 1);
  GUARDIAN_ASSERT(!signers.ok() || signers->size() == 1);
  GUARDIAN_ASSERT(!crypto::verify_envelope(*envelope, trusted, 2).ok());
  return 0;
}
