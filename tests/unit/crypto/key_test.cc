#include "guardian/crypto/key.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "samples.h"
#include "with_keys.h"

namespace guardian::crypto {

using base::ErrorCode;

namespace {

PublicKey ed25519_key(std::string_view hex_point) {
  return jwk_key(R"({"kty":"OKP","crv":"Ed25519","x":")" + base64url_encode(unhex(hex_point)) + "\"}");
}

void check_refused(std::string_view pem) {
  const auto key = PublicKey::from_pem(pem);
  REQUIRE_FALSE(key.ok());
  CHECK(key.error().code() == ErrorCode::KeyInvalid);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  for (std::size_t at = out.find(from); at != std::string::npos; at = out.find(from, at + to.size())) {
    out.replace(at, from.size(), to);
  }
  return out;
}

}  // namespace

TEST_CASE("verify: the Ed25519 vectors of RFC 8032 7.1") {
  struct Vector {
    std::string_view point;
    std::string_view message;
    std::string_view signature;
  };
  constexpr Vector kVectors[] = {
      {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
       "4655141438e7a100b"},
      {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302ae"
       "eb00d291612bb0c00"},
      {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28"
       "dc027beceea1ec40a"}};
  for (const Vector& vector : kVectors) {
    const PublicKey key = ed25519_key(vector.point);
    CHECK(key.verify(unhex(vector.message), unhex(vector.signature)));
    CHECK_FALSE(key.verify(unhex(vector.message) + "x", unhex(vector.signature)));
  }
}

TEST_CASE("verify: an Ed25519 signature with the order of the group added to s is false") {
  // s of vector 2 plus the group's order.
  const PublicKey key = ed25519_key("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const std::string order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  std::string signature = unhex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
      "b00d291612bb0c00");
  REQUIRE(key.verify("\x72", signature));
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry +=
        static_cast<unsigned>(static_cast<unsigned char>(signature[32 + i])) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xFFU);
    carry >>= 8U;
  }
  CHECK_FALSE(key.verify("\x72", signature));
}

TEST_CASE("verify: the ES256 signature of RFC 7515 A.3, as 64 raw bytes") {
  const PublicKey key = jwk_key(samples::kRfc7515Jwk);
  const std::string signature = decoded(samples::kRfc7515Signature);
  REQUIRE(signature.size() == 64);
  CHECK(key.verify(samples::kRfc7515Message, signature));
  CHECK_FALSE(key.verify(samples::kMessage, signature));
}

TEST_CASE("verify: signatures by openssl: Ed25519, ECDSA as DER, RSASSA-PSS") {
  CHECK(pem_key(samples::kEd25519Public).verify(samples::kMessage, decoded(samples::kEd25519Signature)));
  CHECK(pem_key(samples::kP256Public).verify(samples::kMessage, decoded(samples::kP256DerSignature)));
  CHECK(pem_key(samples::kRsaPublic).verify(samples::kMessage, decoded(samples::kRsaPssSignature)));
}

TEST_CASE("verify: RSA with another salt length or with PKCS #1 v1.5 is false") {
  const PublicKey key = pem_key(samples::kRsaPublic);
  CHECK_FALSE(key.verify(samples::kMessage, decoded(samples::kRsaPssSalt20Signature)));
  CHECK_FALSE(key.verify(samples::kMessage, decoded(samples::kRsaPkcs1Signature)));
}

TEST_CASE("verify: an RSA signature with a zero in front is false") {
  const PublicKey key = pem_key(samples::kRsaPublic);
  const std::string good = decoded(samples::kRsaPssSignature);
  REQUIRE(key.verify(samples::kMessage, good));
  CHECK_FALSE(key.verify(samples::kMessage, '\0' + good));
}

TEST_CASE("verify: a wrong, short, long, empty or foreign signature is false for every type") {
  struct Sample {
    std::string_view pem;
    std::string_view signature;
  };
  for (const Sample& sample : {Sample{samples::kEd25519Public, samples::kEd25519Signature},
                               Sample{samples::kP256Public, samples::kP256DerSignature},
                               Sample{samples::kRsaPublic, samples::kRsaPssSignature}}) {
    const PublicKey key = pem_key(sample.pem);
    const std::string good = decoded(sample.signature);
    REQUIRE(key.verify(samples::kMessage, good));
    CHECK_FALSE(key.verify("guardian vectos", good));
    CHECK_FALSE(key.verify(samples::kMessage, ""));
    CHECK_FALSE(key.verify(samples::kMessage, good.substr(1)));
    CHECK_FALSE(key.verify(samples::kMessage, good.substr(0, good.size() - 1)));
    CHECK_FALSE(key.verify(samples::kMessage, good + '\0'));
    CHECK_FALSE(key.verify(samples::kMessage, std::string(64, '\0')));
    CHECK_FALSE(key.verify(samples::kMessage, std::string(5000, 'x')));
    for (const std::size_t at : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string flipped = good;
      flipped[at] = static_cast<char>(flipped[at] ^ 1);
      CHECK_FALSE(key.verify(samples::kMessage, flipped));
    }
  }
}

TEST_CASE("public key: PEM keeps type and thumbprint and comes back as openssl wrote it") {
  const PublicKey ed25519 = pem_key(samples::kEd25519Public);
  CHECK(ed25519.type() == KeyType::Ed25519);
  CHECK(ed25519.thumbprint() == samples::kEd25519Thumbprint);
  CHECK(ed25519.pem() == samples::kEd25519Public);
  CHECK_FALSE(ed25519.kid().has_value());
  const PublicKey p256 = pem_key(samples::kP256Public);
  CHECK(p256.type() == KeyType::P256);
  CHECK(p256.thumbprint() == samples::kP256Thumbprint);
  CHECK(p256.pem() == samples::kP256Public);
  const PublicKey rsa = pem_key(samples::kRsaPublic);
  CHECK(rsa.type() == KeyType::Rsa);
  CHECK(rsa.thumbprint() == samples::kRsaThumbprint);
  CHECK(rsa.pem() == samples::kRsaPublic);
}

TEST_CASE("public key: a compressed point is the same key") {
  CHECK(pem_key(samples::kP256PublicCompressed).thumbprint() == samples::kP256Thumbprint);
}

TEST_CASE("public key: PEM with other line ends and white space around it is the same key") {
  const std::string text = "\r\n  " + replaced(samples::kP256Public, "\n", "\r\n") + "\n\n";
  CHECK(pem_key(text).thumbprint() == samples::kP256Thumbprint);
}

TEST_CASE("public key: other algorithms, curves, sizes and private keys are refused") {
  check_refused(samples::kP384Public);
  check_refused(samples::kP256ExplicitCurve);
  check_refused(samples::kRsa1024Public);
  check_refused(samples::kEd25519Private);
  check_refused(samples::kP256Private);
}

TEST_CASE("public key: damaged PEM is refused") {
  const std::string good(samples::kP256Public);
  check_refused("");
  check_refused("hello");
  check_refused("-----BEGIN PUBLIC KEY-----");
  check_refused("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n");
  check_refused("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----");
  check_refused(good.substr(0, good.size() - 3));
  check_refused("x" + good);
  check_refused(good + "x");
  check_refused(good + good);
  check_refused(replaced(good, "37zY", "37!Y"));
  check_refused(replaced(good, "37zY", "37zYAAAA"));
  check_refused(replaced(good, "-----END PUBLIC KEY-----", "-----END PRIVATE KEY-----"));
  // A point that is not on the curve.
  check_refused(replaced(good, "ocw==", "odA=="));
  check_refused(replaced(good, "MFkw", "MFow"));
}

TEST_CASE("public key: an oversized PEM is too large") {
  const auto key = PublicKey::from_pem(std::string(40'000, 'x'));
  REQUIRE_FALSE(key.ok());
  CHECK(key.error().code() == ErrorCode::TooLarge);
}

TEST_CASE("public key: a copy verifies as the original does") {
  const PublicKey key = pem_key(samples::kEd25519Public);
  const PublicKey copy = key;
  CHECK(copy.thumbprint() == key.thumbprint());
  CHECK(copy.verify(samples::kMessage, decoded(samples::kEd25519Signature)));
}

TEST_CASE("key type: the names go both ways") {
  for (const KeyType type : {KeyType::Ed25519, KeyType::P256, KeyType::Rsa}) {
    CHECK(parse_key_type(to_string(type)) == type);
  }
  CHECK_FALSE(parse_key_type("dsa").has_value());
  CHECK_FALSE(parse_key_type("").has_value());
}

}  // namespace guardian::crypto
