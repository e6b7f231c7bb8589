// A key that is read must be the same key in every form it is written in, and verifying with it must end in an answer.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/crypto/base64.h"
#include "guardian/crypto/key.h"
#include "guardian/json/reader.h"

namespace crypto = guardian::crypto;
namespace json = guardian::json;

namespace {

void check_key(const crypto::PublicKey& key, std::string_view signature) {
  const auto from_pem = crypto::PublicKey::from_pem(key.pem());
  GUARDIAN_ASSERT(from_pem.ok() && from_pem->thumbprint() == key.thumbprint());
  const auto jwk = json::parse(key.jwk());
  GUARDIAN_ASSERT(jwk.ok());
  const auto from_jwk = crypto::PublicKey::from_jwk(jwk->root());
  GUARDIAN_ASSERT(from_jwk.ok() && from_jwk->thumbprint() == key.thumbprint());
  GUARDIAN_ASSERT(!key.verify("message", ""));
  static_cast<void>(key.verify("message", signature));
  static_cast<void>(key.verify("message", signature.substr(0, 64)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto bytes = crypto::base64_decode(text);
  GUARDIAN_ASSERT(!bytes || crypto::base64_decode(crypto::base64_encode(*bytes)).value() == *bytes);
  if (const auto keys = crypto::parse_public_keys(text)) {
    for (const crypto::PublicKey& key : *keys) check_key(key, text);
  }
  if (const auto key = crypto::PrivateKey::from_pem(text)) {
    GUARDIAN_ASSERT(key->public_key().verify("message", key->sign("message")));
    check_key(key->public_key(), text);
  }
  return 0;
}
