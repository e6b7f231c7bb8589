#include <botan/data_src.h>
#include <botan/ec_group.h>
#include <botan/ecdsa.h>
#include <botan/ed25519.h>
#include <botan/pem.h>
#include <botan/pkcs8.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>
#include <botan/system_rng.h>
#include <botan/x509_key.h>

#include <exception>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/crypto/bytes.h"
#include "guardian/crypto/key.h"
#include "guardian/crypto/key_material.h"
#include "guardian/crypto/pem.h"

namespace guardian::crypto {

namespace {

constexpr std::size_t kGeneratedRsaBits = 3072;
constexpr std::string_view kLabel = "PRIVATE KEY";

base::Error invalid(std::string_view why) { return {base::ErrorCode::KeyInvalid, std::string(why)}; }

std::unique_ptr<Botan::Private_Key> generate_key(KeyType type, Botan::RandomNumberGenerator& rng) {
  switch (type) {
    case KeyType::Ed25519:
      return std::make_unique<Botan::Ed25519_PrivateKey>(rng);
    case KeyType::P256:
      return std::make_unique<Botan::ECDSA_PrivateKey>(rng, Botan::EC_Group("secp256r1"));
    case KeyType::Rsa:
      return std::make_unique<Botan::RSA_PrivateKey>(rng, kGeneratedRsaBits);
  }
  GUARDIAN_ASSERT(false);
}

// Throws what Botan throws.
std::unique_ptr<Botan::Private_Key> load_key(std::string_view pem) {
  Botan::DataSource_Memory text(bytes_of(pem), pem.size());
  Botan::DataSource_Memory der(Botan::PEM_Code::decode_check_label(text, std::string(kLabel)));
  return Botan::PKCS8::load_key(der);
}

// Throws what Botan throws.
std::string sign_with(const Botan::Private_Key& key, KeyType type, std::string_view message) {
  Botan::System_RNG rng;
  Botan::PK_Signer signer(key, rng, signature_scheme(type), Botan::IEEE_1363);
  const std::vector<std::uint8_t> signature = signer.sign_message(bytes_of(message), message.size(), rng);
  return std::string(text_of(signature));
}

// A PKCS #8 text may carry another public half than its secret has, which Botan takes as it stands: only a signature
// shows it.
bool holds_together(const Botan::Private_Key& key, const PublicKey& public_key) {
  Botan::System_RNG rng;
  constexpr std::string_view kProbe = "guardian key check";
  return key.check_key(rng, false) && public_key.verify(kProbe, sign_with(key, public_key.type(), kProbe));
}

}  // namespace

struct PrivateKey::State {
  std::unique_ptr<Botan::Private_Key> key;
  PublicKey public_key;
};

PrivateKey::PrivateKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

base::Result<PrivateKey> PrivateKey::generate(KeyType type) {
  try {
    Botan::System_RNG rng;
    auto key = generate_key(type, rng);
    GUARDIAN_ASSIGN(PublicKey public_key, PublicKey::from_pem(Botan::X509::PEM_encode(*key)));
    return PrivateKey(std::make_unique<State>(State{std::move(key), std::move(public_key)}));
  } catch (const std::exception&) {
    return invalid("the key could not be generated");
  }
}

base::Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  GUARDIAN_TRY(check_pem(pem, kLabel));
  try {
    auto key = load_key(trim(pem));
    // Its public half must be one that would be accepted alone: type, curve and size.
    GUARDIAN_ASSIGN(PublicKey public_key, PublicKey::from_pem(Botan::X509::PEM_encode(*key)));
    if (!holds_together(*key, public_key)) return invalid("the private key does not hold together");
    return PrivateKey(std::make_unique<State>(State{std::move(key), std::move(public_key)}));
  } catch (const std::exception&) {
    return invalid("not a PKCS #8 private key of type Ed25519, P-256 or RSA");
  }
}

std::string PrivateKey::pem() const { return Botan::PKCS8::PEM_encode(*state_->key); }

const PublicKey& PrivateKey::public_key() const noexcept { return state_->public_key; }

std::string PrivateKey::sign(std::string_view message) const {
  try {
    return sign_with(*state_->key, public_key().type(), message);
  } catch (const std::exception&) {
    GUARDIAN_ASSERT(false && "a key that was checked cannot sign");
    return {};
  }
}

}  // namespace guardian::crypto
