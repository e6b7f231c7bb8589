#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "guardian/crypto/base64.h"
#include "guardian/crypto/key_material.h"

namespace guardian::crypto {

namespace {

constexpr std::array<std::string_view, 8> kPrivateMembers = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
// Accepted for every key type; only `kid` is kept.
constexpr std::array<std::string_view, 9> kCommonMembers = {"kty", "kid", "use", "alg",     "key_ops",
                                                            "x5u", "x5c", "x5t", "x5t#S256"};

base::Error invalid(std::string_view why) { return {base::ErrorCode::KeyInvalid, std::string(why)}; }

base::Error invalid_member(std::string_view member, std::string_view why) {
  return {base::ErrorCode::KeyInvalid, "`" + std::string(member) + "`: " + std::string(why)};
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

base::Result<std::string_view> text_member(const json::Value& jwk, std::string_view name) {
  const json::Value* const member = jwk.find(name);
  if (member == nullptr) return invalid_member(name, "missing");
  if (!member->is_text()) return invalid_member(name, "not a text");
  return member->as_text();
}

base::Result<std::string> bytes_member(const json::Value& jwk, std::string_view name) {
  GUARDIAN_ASSIGN(const std::string_view text, text_member(jwk, name));
  auto bytes = base64url_decode(text);
  if (!bytes) return invalid_member(name, "not base64url without padding");
  return bytes;
}

// `own` are the members of the key type, beside the common ones.
base::Status check_members(const json::Value& jwk, std::span<const std::string_view> own) {
  for (const json::Member& member : jwk.as_object()) {
    if (contains(own, member.key) || contains(kCommonMembers, member.key) || member.key.starts_with("x-")) continue;
    if (contains(kPrivateMembers, member.key)) return invalid_member(member.key, "belongs to a private key");
    return invalid_member(member.key, "unknown member");
  }
  const json::Value* const kid = jwk.find("kid");
  if (kid != nullptr && !kid->is_text()) return invalid_member("kid", "not a text");
  return {};
}

base::Result<KeyMaterial> okp(const json::Value& jwk) {
  constexpr std::array<std::string_view, 2> kOwn = {"crv", "x"};
  GUARDIAN_TRY(check_members(jwk, kOwn));
  GUARDIAN_ASSIGN(const std::string_view curve, text_member(jwk, "crv"));
  if (curve != "Ed25519") return invalid_member("crv", "must be `Ed25519` for `OKP`");
  GUARDIAN_ASSIGN(const std::string point, bytes_member(jwk, "x"));
  return ed25519_material(point);
}

base::Result<KeyMaterial> ec(const json::Value& jwk) {
  constexpr std::array<std::string_view, 3> kOwn = {"crv", "x", "y"};
  GUARDIAN_TRY(check_members(jwk, kOwn));
  GUARDIAN_ASSIGN(const std::string_view curve, text_member(jwk, "crv"));
  if (curve != "P-256") return invalid_member("crv", "must be `P-256` for `EC`");
  GUARDIAN_ASSIGN(const std::string x, bytes_member(jwk, "x"));
  GUARDIAN_ASSIGN(const std::string y, bytes_member(jwk, "y"));
  return p256_material(x, y);
}

base::Result<KeyMaterial> rsa(const json::Value& jwk) {
  constexpr std::array<std::string_view, 2> kOwn = {"n", "e"};
  GUARDIAN_TRY(check_members(jwk, kOwn));
  GUARDIAN_ASSIGN(const std::string modulus, bytes_member(jwk, "n"));
  GUARDIAN_ASSIGN(const std::string exponent, bytes_member(jwk, "e"));
  return rsa_material(modulus, exponent);
}

}  // namespace

base::Result<KeyMaterial> jwk_material(const json::Value& jwk) {
  if (!jwk.is_object()) return invalid("a JWK must be an object");
  GUARDIAN_ASSIGN(const std::string_view type, text_member(jwk, "kty"));
  if (type == "OKP") return okp(jwk);
  if (type == "EC") return ec(jwk);
  if (type == "RSA") return rsa(jwk);
  return invalid_member("kty", "must be `OKP`, `EC` or `RSA`");
}

}  // namespace guardian::crypto
