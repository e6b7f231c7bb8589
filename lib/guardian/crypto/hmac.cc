#include "guardian/crypto/hmac.h"

#include <botan/mac.h>

#include <algorithm>

#include "guardian/base/check.h"

namespace guardian::crypto {

Digest hmac_sha256(std::string_view key, std::string_view message) {
  const auto mac = Botan::MessageAuthenticationCode::create("HMAC(SHA-256)");
  GUARDIAN_ASSERT(mac != nullptr);
  const auto bytes = [](std::string_view text) { return std::vector<std::uint8_t>(text.begin(), text.end()); };
  mac->set_key(bytes(key));
  mac->update(bytes(message));
  const auto tag = mac->final();
  Digest digest{};
  GUARDIAN_ASSERT(tag.size() == digest.size());
  std::ranges::copy(tag, digest.begin());
  return digest;
}

}  // namespace guardian::crypto
