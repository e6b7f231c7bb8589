// What PublicKey shares between its copies. Not for other rooms.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "guardian/crypto/key.h"
#include "guardian/crypto/key_material.h"

namespace guardian::crypto {

// Small, because a bundle may list a hundred thousand agents with a key each, few of which ever ask.
struct PublicKey::State {
  State(KeyMaterial from, std::optional<std::string> name);

  // What the library verifies with; Botan's exceptions pass.
  [[nodiscard]] std::shared_ptr<const Botan::Public_Key> key() const;

  KeyType type;
  std::array<std::uint8_t, 32> point{};                 // of Ed25519
  std::unique_ptr<const KeyMaterial> other_than_point;  // of the other types
  std::string thumbprint;
  std::optional<std::string> kid;
};

}  // namespace guardian::crypto
