#include "key_files.h"

#include <utility>

namespace guardian::cmd {

base::Result<std::vector<crypto::PrivateKey>> read_private_keys(base::FileSystem& files,
                                                                const std::vector<std::string>& paths) {
  std::vector<crypto::PrivateKey> keys;
  for (const std::string& path : paths) {
    GUARDIAN_ASSIGN(const std::string pem, files.read_file(path, kMaxKeyFileBytes));
    auto key = crypto::PrivateKey::from_pem(pem);
    if (!key) return std::move(key).error().within(path);
    keys.push_back(std::move(key).value());
  }
  return keys;
}

base::Result<crypto::PublicKey> read_public_key(base::FileSystem& files, const std::string& path) {
  GUARDIAN_ASSIGN(const std::string text, files.read_file(path, kMaxKeyFileBytes));
  if (text.find("PRIVATE KEY-----") != std::string::npos) {
    auto key = crypto::PrivateKey::from_pem(text);
    if (!key) return std::move(key).error().within(path);
    return key->public_key();
  }
  auto keys = crypto::parse_public_keys(text);
  if (!keys) return std::move(keys).error().within(path);
  if (keys->size() != 1) {
    return base::Error(base::ErrorCode::InvalidInput,
                       path + ": holds " + std::to_string(keys->size()) + " keys, not one");
  }
  return keys->front();
}

}  // namespace guardian::cmd
