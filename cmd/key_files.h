// Signing keys from the files that `--key` names.
#pragma once

#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/crypto/key.h"

namespace guardian::cmd {

inline constexpr std::size_t kMaxKeyFileBytes = std::size_t{64} << 10;

// Errors name the file; the key's text never appears.
[[nodiscard]] base::Result<std::vector<crypto::PrivateKey>> read_private_keys(base::FileSystem& files,
                                                                              const std::vector<std::string>& paths);

// The public half of a PEM private key, or the one public key (PEM or JWK) in the file.
[[nodiscard]] base::Result<crypto::PublicKey> read_public_key(base::FileSystem& files, const std::string& path);

}  // namespace guardian::cmd
