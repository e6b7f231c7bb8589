#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "samples.h"
#include "with_keys.h"

namespace guardian::crypto {

using base::ErrorCode;

namespace {

constexpr std::string_view kX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

// The RFC 8037 key with `members` added.
std::string okp(std::string_view members) {
  return R"({"kty":"OKP","crv":"Ed25519","x":")" + std::string(kX) + "\"" + std::string(members) + "}";
}

std::string rsa(std::string_view modulus, std::string_view exponent) {
  return R"({"kty":"RSA","n":")" + base64url_encode(modulus) + R"(","e":")" + base64url_encode(exponent) + "\"}";
}

// The refused member stands in the message.
void check_refused(std::string_view text, std::string_view named = "") {
  const auto key = try_jwk(text);
  REQUIRE_MESSAGE(!key.ok(), std::string(text));
  CHECK(key.error().code() == ErrorCode::KeyInvalid);
  CHECK_MESSAGE(key.error().message().find(named) != std::string::npos, key.error().message());
}

}  // namespace

TEST_CASE("jwk: the Ed25519 key and thumbprint of RFC 8037 A.2 and A.3") {
  const PublicKey key = jwk_key(samples::kRfc8037Jwk);
  CHECK(key.type() == KeyType::Ed25519);
  CHECK(key.thumbprint() == samples::kRfc8037Thumbprint);
  CHECK(key.jwk() == R"({"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
}

TEST_CASE("jwk: the RSA key and thumbprint of RFC 7638 3.1") {
  const PublicKey key = jwk_key(samples::kRfc7638Jwk);
  CHECK(key.type() == KeyType::Rsa);
  CHECK(key.thumbprint() == samples::kRfc7638Thumbprint);
  CHECK(key.kid() == "2011-04-29");
}

TEST_CASE("jwk: a key read from PEM has the JWK that reads back as the same key") {
  for (const std::string_view pem : {samples::kEd25519Public, samples::kP256Public, samples::kRsaPublic}) {
    const PublicKey key = pem_key(pem);
    const PublicKey again = jwk_key(key.jwk());
    CHECK(again.thumbprint() == key.thumbprint());
    CHECK(again.pem() == pem);
  }
}

TEST_CASE("jwk: use, alg, key_ops, x5 members and names in x- are ignored, the kid is kept") {
  const PublicKey key = jwk_key(okp(
      R"(,"kid":"k1","use":"enc","alg":"none","key_ops":["x"],"x5u":"","x5c":[],"x5t":"","x5t#S256":"","x-team":{})"));
  CHECK(key.thumbprint() == samples::kRfc8037Thumbprint);
  CHECK(key.kid() == "k1");
}

TEST_CASE("jwk: every private member is refused by name") {
  for (const std::string_view name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    check_refused(okp(",\"" + std::string(name) + "\":\"AQAB\""), "`" + std::string(name) + "`");
  }
}

TEST_CASE("jwk: unknown members and those of another key type are refused by name") {
  check_refused(okp(R"(,"Kid":"a")"), "`Kid`");
  check_refused(okp(R"(,"y":"AQAB")"), "`y`");
  check_refused(okp(R"(,"n":"AQAB")"), "`n`");
  check_refused(okp(R"(,"x5":1)"), "`x5`");
}

TEST_CASE("jwk: members that are missing or no text are refused by name") {
  check_refused(R"({})", "`kty`");
  check_refused(R"({"kty":1})", "`kty`");
  check_refused(R"({"kty":"oct","k":"AQAB"})", "`kty`");
  check_refused(R"({"kty":"OKP","x":"AA"})", "`crv`");
  check_refused(R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", "`crv`");
  check_refused(R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})", "`crv`");
  check_refused(R"({"kty":"EC","crv":"P-256","x":"AA"})", "`y`");
  check_refused(R"({"kty":"RSA","n":"AQAB"})", "`e`");
  check_refused(R"({"kty":"RSA","n":["AQAB"],"e":"AQAB"})", "`n`");
  check_refused(okp(R"(,"kid":7)"), "`kid`");
  check_refused("[]");
  check_refused("\"OKP\"");
}

TEST_CASE("jwk: numbers must be base64url without padding") {
  check_refused(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="})", "`x`");
  check_refused(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"})", "`x`");
}

TEST_CASE("jwk: points of a wrong length or off the curve are refused") {
  check_refused(R"({"kty":"OKP","crv":"Ed25519","x":"AQAB"})");
  check_refused(R"({"kty":"OKP","crv":"Ed25519","x":""})");
  const std::string zero = base64url_encode(std::string(32, '\0'));
  check_refused(R"({"kty":"EC","crv":"P-256","x":")" + zero + R"(","y":")" + zero + "\"}");
  const std::string longer = base64url_encode(std::string(33, '\1'));
  check_refused(R"({"kty":"EC","crv":"P-256","x":")" + longer + R"(","y":")" + zero + "\"}");
  check_refused(R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4"})");
}

TEST_CASE("jwk: RSA is taken from 2048 to 8192 bits") {
  const std::string exponent = "\x01\x01";
  const auto modulus = [](std::size_t bytes, char first) { return first + std::string(bytes - 1, '\x7F'); };
  CHECK(try_jwk(rsa(modulus(256, '\x80'), exponent)).ok());
  check_refused(rsa(modulus(256, '\x7F'), exponent));
  CHECK(try_jwk(rsa(modulus(1024, '\xFF'), exponent)).ok());
  check_refused(rsa(modulus(1025, '\x01'), exponent));
}

TEST_CASE("jwk: RSA numbers that are even, tiny, huge or padded with zeros are refused") {
  const std::string modulus = std::string(256, '\xFF');
  CHECK(try_jwk(rsa(modulus, "\x03")).ok());
  check_refused(rsa(modulus, "\x01"));
  check_refused(rsa(modulus, "\x04"));
  check_refused(rsa(modulus, ""));
  check_refused(rsa(modulus, std::string(9, '\xFF')));
  check_refused(rsa(modulus, std::string("\x00\x03", 2)));
  check_refused(rsa(std::string(1, '\0') + modulus, "\x03"));
  check_refused(rsa(std::string(255, '\xFF') + '\xFE', "\x03"));
}

}  // namespace guardian::crypto
