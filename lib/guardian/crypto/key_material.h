// The public half of a key as the library holds it, made only from numbers that were checked: the one way from foreign
// bytes to a key that may verify. Not for other rooms.
#pragma once

#include <botan/pk_keys.h>

#include <memory>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/crypto/key.h"

namespace guardian::crypto {

struct KeyMaterial {
  KeyType type;
  std::shared_ptr<const Botan::Public_Key> key;
  std::string jwk;  // exactly the members of the RFC 7638 thumbprint, in its order
};

// Each: KeyInvalid when the numbers are no key we use. All numbers are big-endian bytes.
[[nodiscard]] base::Result<KeyMaterial> ed25519_material(std::string_view point);
[[nodiscard]] base::Result<KeyMaterial> p256_material(std::string_view x, std::string_view y);
[[nodiscard]] base::Result<KeyMaterial> rsa_material(std::string_view modulus, std::string_view exponent);
// A DER SubjectPublicKeyInfo and nothing after it.
[[nodiscard]] base::Result<KeyMaterial> der_material(std::string_view der);
// The members of a public JWK; what PublicKey::from_jwk says about them. `kid` is not looked at beyond its type.
[[nodiscard]] base::Result<KeyMaterial> jwk_material(const json::Value& jwk);

// The members of the thumbprint of that key.
[[nodiscard]] std::string ed25519_jwk(std::string_view point);

// The library's name for the padding and hash that go with the key.
[[nodiscard]] std::string signature_scheme(KeyType type);

}  // namespace guardian::crypto
