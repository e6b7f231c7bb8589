#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "samples.h"
#include "with_keys.h"

namespace guardian::crypto {

using base::ErrorCode;

namespace {

std::string refusal_text(std::string_view pem) {
  const auto key = PrivateKey::from_pem(pem);
  REQUIRE_FALSE(key.ok());
  CHECK(key.error().code() == ErrorCode::KeyInvalid);
  return key.error().message();
}

}  // namespace

TEST_CASE("private key: what it signs, its public key verifies, for every type") {
  for (const KeyType type : {KeyType::Ed25519, KeyType::P256, KeyType::Rsa}) {
    const PrivateKey key = new_key(type);
    CHECK(key.public_key().type() == type);
    const std::string signature = key.sign(samples::kMessage);
    CHECK(key.public_key().verify(samples::kMessage, signature));
    CHECK_FALSE(key.public_key().verify("another message", signature));
    const PrivateKey again = private_key(key.pem());
    CHECK(again.public_key().thumbprint() == key.public_key().thumbprint());
    CHECK(key.public_key().verify("", again.sign("")));
    if (type == KeyType::P256) CHECK(signature.size() == 64);
    if (type == KeyType::Rsa) CHECK(signature.size() == 384);
  }
}

TEST_CASE("private key: keys written by openssl are read with the right public half") {
  CHECK(private_key(samples::kEd25519Private).public_key().thumbprint() == samples::kEd25519Thumbprint);
  CHECK(private_key(samples::kP256Private).public_key().thumbprint() == samples::kP256Thumbprint);
}

TEST_CASE("private key: Ed25519 signs exactly as openssl does") {
  CHECK(private_key(samples::kEd25519Private).sign(samples::kMessage) == decoded(samples::kEd25519Signature));
}

TEST_CASE("private key: two generated keys are two keys") {
  CHECK(new_key(KeyType::Ed25519).public_key().thumbprint() != new_key(KeyType::Ed25519).public_key().thumbprint());
}

TEST_CASE("private key: moving keeps it usable") {
  PrivateKey key = new_key(KeyType::Ed25519);
  const std::string thumbprint = key.public_key().thumbprint();
  const PrivateKey moved = std::move(key);
  CHECK(moved.public_key().thumbprint() == thumbprint);
  CHECK(moved.public_key().verify("m", moved.sign("m")));
}

TEST_CASE("private key: public, encrypted, short, foreign and damaged ones are refused") {
  refusal_text("");
  refusal_text("secret");
  CHECK(refusal_text(samples::kEd25519Public).find("`PUBLIC KEY`") != std::string::npos);
  CHECK(refusal_text(samples::kEd25519Encrypted).find("`ENCRYPTED PRIVATE KEY`") != std::string::npos);
  refusal_text(samples::kRsa1024Private);
  refusal_text("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n");
  refusal_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  refusal_text(std::string(samples::kP256Private) + std::string(samples::kEd25519Private));
  refusal_text(std::string(samples::kP256Private).erase(40, 4));
}

TEST_CASE("private key: a secret beside another key's public half is refused") {
  std::string pem(samples::kP256Private);
  const std::size_t secret_digit = pem.find("KE2HFI28");
  REQUIRE(secret_digit != std::string::npos);
  pem[secret_digit] = 'L';
  CHECK(refusal_text(pem).find("hold together") != std::string::npos);
}

TEST_CASE("private key: an error holds nothing of the text") {
  const std::string message = refusal_text("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
  CHECK(message.find("c2Vj") == std::string::npos);
  CHECK(message.find("secret") == std::string::npos);
}

}  // namespace guardian::crypto
