#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "guardian/crypto/bytes.h"
#include "guardian/crypto/key.h"
#include "guardian/json/reader.h"

namespace guardian::crypto {

namespace {

constexpr std::size_t kMaxKeyFileBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxKeysInFile = 1024;

base::Error invalid(std::string why) { return {base::ErrorCode::KeyInvalid, std::move(why)}; }

std::string nth_key(std::size_t index) { return "key " + std::to_string(index + 1); }

base::Result<std::vector<PublicKey>> read_pem_keys(std::string_view text) {
  std::vector<PublicKey> keys;
  while (!text.empty()) {
    if (keys.size() == kMaxKeysInFile) return base::Error(base::ErrorCode::TooLarge, "more than 1024 keys");
    const std::size_t next = text.find("-----BEGIN ", 1);
    auto key = PublicKey::from_pem(text.substr(0, next));
    if (!key) return std::move(key).error().within(nth_key(keys.size()));
    keys.push_back(std::move(key).value());
    text = next == std::string_view::npos ? std::string_view() : text.substr(next);
  }
  return keys;
}

base::Result<std::vector<PublicKey>> read_jwk_set(const json::Value& set) {
  std::vector<PublicKey> keys;
  for (const json::Member& member : set.as_object()) {
    if (member.key != "keys" && !member.key.starts_with("x-")) {
      return invalid("`" + std::string(member.key) + "`: unknown member of a JWK set");
    }
  }
  const json::Value& list = *set.find("keys");
  if (!list.is_list()) return invalid("`keys`: not a list");
  if (list.as_list().size() > kMaxKeysInFile) return base::Error(base::ErrorCode::TooLarge, "more than 1024 keys");
  for (const json::Value& jwk : list.as_list()) {
    auto key = PublicKey::from_jwk(jwk);
    if (!key) return std::move(key).error().within(nth_key(keys.size()));
    keys.push_back(std::move(key).value());
  }
  return keys;
}

base::Result<std::vector<PublicKey>> read_json_keys(std::string_view text) {
  GUARDIAN_ASSIGN(const json::Document document, json::parse(text));
  if (document.root().find("keys") != nullptr) return read_jwk_set(document.root());
  GUARDIAN_ASSIGN(PublicKey key, PublicKey::from_jwk(document.root()));
  return std::vector<PublicKey>{std::move(key)};
}

}  // namespace

base::Result<std::vector<PublicKey>> parse_public_keys(std::string_view text) {
  if (text.size() > kMaxKeyFileBytes) return base::Error(base::ErrorCode::TooLarge, "more than 1048576 bytes of keys");
  const std::string_view trimmed = trim(text);
  if (trimmed.empty()) return invalid("no key");
  const bool is_pem = trimmed.starts_with("-----BEGIN ");
  if (!is_pem && !trimmed.starts_with('{')) return invalid("neither PEM nor a JWK nor a JWK set");
  GUARDIAN_ASSIGN(std::vector<PublicKey> keys, is_pem ? read_pem_keys(trimmed) : read_json_keys(text));
  if (keys.empty()) return invalid("no key");
  std::set<std::string_view> seen;
  for (const PublicKey& key : keys) {
    if (!seen.insert(key.thumbprint()).second) return invalid("the key `" + key.thumbprint() + "` twice");
  }
  return keys;
}

}  // namespace guardian::crypto
