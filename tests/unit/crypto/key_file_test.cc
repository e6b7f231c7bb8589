#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "samples.h"
#include "with_keys.h"

namespace guardian::crypto {

using base::ErrorCode;

namespace {

std::size_t count(std::string_view text) {
  const auto keys = parse_public_keys(text);
  REQUIRE_MESSAGE(keys.ok(), keys.error().message());
  return keys->size();
}

ErrorCode refusal(std::string_view text) {
  const auto keys = parse_public_keys(text);
  REQUIRE_MESSAGE(!keys.ok(), std::string(text));
  return keys.error().code();
}

std::string set_of(std::string_view keys) { return "{\"keys\":[" + std::string(keys) + "]}"; }

}  // namespace

TEST_CASE("key file: one PEM, many PEMs, a JWK and a JWK set are read") {
  CHECK(count(samples::kEd25519Public) == 1);
  CHECK(count("\n" + std::string(samples::kEd25519Public) + "\n\n" + std::string(samples::kRsaPublic)) == 2);
  CHECK(count(samples::kRfc8037Jwk) == 1);
  CHECK(count(set_of(std::string(samples::kRfc8037Jwk) + "," + std::string(samples::kRfc7515Jwk))) == 2);
  CHECK(count(R"({"x-note":1,"keys":[)" + std::string(samples::kRfc8037Jwk) + "]}") == 1);
}

TEST_CASE("key file: no key at all is refused") {
  CHECK(refusal("") == ErrorCode::KeyInvalid);
  CHECK(refusal(" \n") == ErrorCode::KeyInvalid);
  CHECK(refusal(set_of("")) == ErrorCode::KeyInvalid);
  CHECK(refusal("ssh-ed25519 AAAA") == ErrorCode::KeyInvalid);
  CHECK(refusal("[]") == ErrorCode::KeyInvalid);
}

TEST_CASE("key file: a key twice is refused, whatever its form and kid") {
  CHECK(refusal(std::string(samples::kRsaPublic) + std::string(samples::kRsaPublic)) == ErrorCode::KeyInvalid);
  const std::string with_kid =
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"other"})";
  CHECK(refusal(set_of(std::string(samples::kRfc8037Jwk) + "," + with_kid)) == ErrorCode::KeyInvalid);
}

TEST_CASE("key file: a bad or private key among good ones is refused and counted") {
  CHECK(refusal(std::string(samples::kRsaPublic) + std::string(samples::kEd25519Private)) == ErrorCode::KeyInvalid);
  CHECK(refusal(std::string(samples::kRsaPublic) + "text\n" + std::string(samples::kEd25519Public)) ==
        ErrorCode::KeyInvalid);
  const auto keys = parse_public_keys(set_of(std::string(samples::kRfc8037Jwk) + R"(,{"kty":"OKP","d":""})"));
  REQUIRE_FALSE(keys.ok());
  CHECK(keys.error().code() == ErrorCode::KeyInvalid);
  CHECK(keys.error().message().starts_with("key 2: `d`"));
}

TEST_CASE("key file: a set with an unknown member or keys that are no list is refused") {
  CHECK(refusal(R"({"keys":[],"more":1})") == ErrorCode::KeyInvalid);
  CHECK(refusal(R"({"keys":{}})") == ErrorCode::KeyInvalid);
  CHECK(refusal(R"({"keys":[1]})") == ErrorCode::KeyInvalid);
}

TEST_CASE("key file: bad JSON is malformed, a huge file too large") {
  CHECK(refusal(R"({"keys":[)") == ErrorCode::Malformed);
  CHECK(refusal(R"({"kty":"OKP","kty":"OKP"})") == ErrorCode::Malformed);
  CHECK(refusal(std::string((std::size_t{1} << 20) + 1, ' ')) == ErrorCode::TooLarge);
}

}  // namespace guardian::crypto
