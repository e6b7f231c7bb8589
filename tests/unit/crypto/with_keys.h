// Short forms for the tests of this room.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "guardian/crypto/base64.h"
#include "guardian/crypto/key.h"
#include "guardian/json/reader.h"

namespace guardian::crypto {

inline base::Result<PublicKey> try_jwk(std::string_view text) {
  const auto document = json::parse(text);
  REQUIRE(document.ok());
  return PublicKey::from_jwk(document->root());
}

inline PublicKey jwk_key(std::string_view text) {
  auto key = try_jwk(text);
  REQUIRE(key.ok());
  return std::move(key).value();
}

inline PublicKey pem_key(std::string_view text) {
  auto key = PublicKey::from_pem(text);
  REQUIRE(key.ok());
  return std::move(key).value();
}

inline PrivateKey private_key(std::string_view text) {
  auto key = PrivateKey::from_pem(text);
  REQUIRE(key.ok());
  return std::move(key).value();
}

inline PrivateKey new_key(KeyType type) {
  auto key = PrivateKey::generate(type);
  REQUIRE(key.ok());
  return std::move(key).value();
}

inline std::string decoded(std::string_view base64) {
  auto bytes = base64_decode(base64);
  REQUIRE(bytes.ok());
  return std::move(bytes).value();
}

inline std::string unhex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return out;
}

}  // namespace guardian::crypto
