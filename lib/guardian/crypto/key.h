// Signing keys: Ed25519, ECDSA P-256 and RSA (2,048 to 8,192 bits), read from PEM, JWK (RFC 7517, 7518, 8037) and JWK
// sets. The key decides the algorithm, never what was signed (bundle.md section 1). Malformed keys are errors, never
// exceptions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/json/value.h"

namespace guardian::crypto {

enum class KeyType { Ed25519, P256, Rsa };
[[nodiscard]] std::string_view to_string(KeyType type) noexcept;  // `ed25519`, `p256`, `rsa`
[[nodiscard]] std::optional<KeyType> parse_key_type(std::string_view text) noexcept;

// Immutable and cheap to copy; any thread may verify with the same key.
class PublicKey {
 public:
  // SubjectPublicKeyInfo. KeyInvalid for other algorithms, curves, sizes or a private key's PEM.
  [[nodiscard]] static base::Result<PublicKey> from_pem(std::string_view pem);
  // Members of RFC 7517, 7518 and 8037 for the three key types; `kid` kept; `use`, `alg`, `key_ops` (and x5*) accepted
  // and ignored; any private member (`d`, `p`, `q`, `dp`, `dq`, `qi`, `oth`, `k`) and any unknown member that does not
  // begin with `x-` is refused, naming it. KeyInvalid.
  [[nodiscard]] static base::Result<PublicKey> from_jwk(const json::Value& jwk);

  [[nodiscard]] KeyType type() const noexcept;
  // RFC 7638 SHA-256 thumbprint, base64url without padding. Identifies the key whatever it is called.
  [[nodiscard]] const std::string& thumbprint() const noexcept;
  [[nodiscard]] const std::optional<std::string>& kid() const noexcept;  // of the JWK it was read from
  // The public JWK with exactly the members the thumbprint is over (`{"crv":...,"kty":...,"x":...}`).
  [[nodiscard]] std::string jwk() const;
  [[nodiscard]] std::string pem() const;

  // Ed25519; ECDSA P-256 with SHA-256, signature as DER or 64 raw bytes; RSASSA-PSS, SHA-256, salt 32. A wrong, short
  // or malformed signature is false.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;
  // The same for a message in two pieces, so that a large one need not be copied behind a small one.
  [[nodiscard]] bool verify(std::string_view beginning, std::string_view rest, std::string_view signature) const;
  // False where no signature of this size verifies under this key: it need not be tried.
  [[nodiscard]] bool can_be_signature(std::string_view signature) const noexcept;

 private:
  struct State;
  explicit PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
  friend class PrivateKey;
};

// Move-only; the secret is wiped on destruction by the library that holds it.
class PrivateKey {
 public:
  [[nodiscard]] static base::Result<PrivateKey> generate(KeyType type);  // RSA: 3,072 bits
  // PKCS #8 without a passphrase. KeyInvalid; the error never holds the text.
  [[nodiscard]] static base::Result<PrivateKey> from_pem(std::string_view pem);
  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  [[nodiscard]] std::string pem() const;  // PKCS #8
  [[nodiscard]] const PublicKey& public_key() const noexcept;
  // What public_key().verify accepts; P-256 as 64 raw bytes.
  [[nodiscard]] std::string sign(std::string_view message) const;

 private:
  struct State;
  explicit PrivateKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Keys from a file's text: one or more PEM public keys, one JWK, or a JWK set (`{"keys": [...]}`). At least one; no key
// twice.
[[nodiscard]] base::Result<std::vector<PublicKey>> parse_public_keys(std::string_view text);

}  // namespace guardian::crypto
