#include "guardian/crypto/key.h"

#include <botan/ed25519.h>
#include <botan/pubkey.h>
#include <botan/x509_key.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/crypto/base64.h"
#include "guardian/crypto/bytes.h"
#include "guardian/crypto/digest.h"
#include "guardian/crypto/key_material.h"
#include "guardian/crypto/key_state.h"
#include "guardian/crypto/pem.h"

namespace guardian::crypto {

namespace {

constexpr std::size_t kRawSignatureBytes = 64;  // Ed25519, and r and s of P-256
constexpr std::size_t kMaxP256DerBytes = 72;    // two integers of 33 bytes and what says so

// RFC 8032 5.1.7: the second half must be below the order of the group, or one signature could be written in two ways.
bool is_canonical_ed25519(std::string_view signature) noexcept {
  constexpr std::string_view kOrderBigEndian{
      "\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
      "\x14\xDE\xF9\xDE\xA2\xF7\x9C\xD6\x58\x12\x63\x1A\x5C\xF5\xD3\xED",
      32};
  if (signature.size() != kRawSignatureBytes) return false;
  std::array<char, 32> s{};
  std::copy(signature.rbegin(), signature.rend() - 32, s.begin());
  return std::string_view(s.data(), s.size()) < kOrderBigEndian;
}

}  // namespace

std::string_view to_string(KeyType type) noexcept {
  switch (type) {
    case KeyType::Ed25519:
      return "ed25519";
    case KeyType::P256:
      return "p256";
    case KeyType::Rsa:
      return "rsa";
  }
  GUARDIAN_ASSERT(false);
}

std::optional<KeyType> parse_key_type(std::string_view text) noexcept {
  for (const KeyType type : {KeyType::Ed25519, KeyType::P256, KeyType::Rsa}) {
    if (to_string(type) == text) return type;
  }
  return std::nullopt;
}

PublicKey::State::State(KeyMaterial from, std::optional<std::string> name)
    : type(from.type), thumbprint(base64url_encode(text_of(sha256(from.jwk)))), kid(std::move(name)) {
  if (const auto* const ed25519 = dynamic_cast<const Botan::Ed25519_PublicKey*>(from.key.get())) {
    const auto& bytes = ed25519->get_public_key();
    GUARDIAN_ASSERT(bytes.size() == point.size());
    std::ranges::copy(bytes, point.begin());
  } else {
    other_than_point = std::make_unique<const KeyMaterial>(std::move(from));
  }
}

std::shared_ptr<const Botan::Public_Key> PublicKey::State::key() const {
  if (other_than_point != nullptr) return other_than_point->key;
  return std::make_shared<Botan::Ed25519_PublicKey>(point.data(), point.size());
}

base::Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  GUARDIAN_ASSIGN(const std::string der, decode_public_pem(pem, "PUBLIC KEY"));
  GUARDIAN_ASSIGN(KeyMaterial material, der_material(der));
  return PublicKey(std::make_shared<State>(std::move(material), std::nullopt));
}

base::Result<PublicKey> PublicKey::from_jwk(const json::Value& jwk) {
  GUARDIAN_ASSIGN(KeyMaterial material, jwk_material(jwk));
  std::optional<std::string> kid;
  if (const json::Value* const member = jwk.find("kid")) kid = std::string(member->as_text());
  return PublicKey(std::make_shared<State>(std::move(material), std::move(kid)));
}

KeyType PublicKey::type() const noexcept { return state_->type; }

const std::string& PublicKey::thumbprint() const noexcept { return state_->thumbprint; }

const std::optional<std::string>& PublicKey::kid() const noexcept { return state_->kid; }

std::string PublicKey::jwk() const {
  return state_->other_than_point != nullptr ? state_->other_than_point->jwk : ed25519_jwk(text_of(state_->point));
}

std::string PublicKey::pem() const { return Botan::X509::PEM_encode(*state_->key()); }

bool PublicKey::can_be_signature(std::string_view signature) const noexcept {
  switch (type()) {
    case KeyType::Ed25519:
      return is_canonical_ed25519(signature);
    case KeyType::P256:
      return !signature.empty() && signature.size() <= kMaxP256DerBytes;
    case KeyType::Rsa:
      // RFC 8017 8.1.2: as long as the modulus; the library would take zeros in front.
      return signature.size() == (state_->other_than_point->key->key_length() + 7) / 8;
  }
  GUARDIAN_ASSERT(false);
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  return verify({}, message, signature);
}

bool PublicKey::verify(std::string_view beginning, std::string_view rest, std::string_view signature) const {
  if (!can_be_signature(signature)) return false;
  const bool is_der = type() == KeyType::P256 && signature.size() != kRawSignatureBytes;
  try {
    const auto key = state_->key();
    Botan::PK_Verifier verifier(*key, signature_scheme(type()), is_der ? Botan::DER_SEQUENCE : Botan::IEEE_1363);
    verifier.update(bytes_of(beginning), beginning.size());
    verifier.update(bytes_of(rest), rest.size());
    return verifier.check_signature(bytes_of(signature), signature.size());
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace guardian::crypto
