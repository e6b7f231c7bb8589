// What PublicKey shares between its copies. Not for other rooms.
#pragma once

#include <optional>
#include <string>

#include "guardian/crypto/key.h"
#include "guardian/crypto/key_material.h"

namespace guardian::crypto {

struct PublicKey::State {
  State(KeyMaterial from, std::optional<std::string> name);

  KeyMaterial material;
  std::string thumbprint;
  std::optional<std::string> kid;
};

}  // namespace guardian::crypto
