#include "guardian/bundle/trust_root.h"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;

// The code that a root with this content, signed by `key`, is refused with.
ErrorCode refused(const std::string& payload, const crypto::PrivateKey& key,
                  std::string_view payload_type = kTrustRootType) {
  const auto root = TrustRoot::parse(test::sign_payload(payload, {&key}, payload_type));
  REQUIRE_FALSE(root.ok());
  return root.error().code();
}

std::string content(const std::string& keys, std::string_view version = "1", std::string_view threshold = "1",
                    std::string_view more = "") {
  return R"({"schema":"meshguard.trust/v1","version":)" + std::string(version) +
         R"(,"expiresAt":"2027-01-01T00:00:00Z","threshold":)" + std::string(threshold) + R"(,"keys":[)" + keys + "]" +
         std::string(more) + "}";
}

}  // namespace

TEST_CASE("trust root: an envelope signed by its own keys is read") {
  const auto first = test::make_key();
  const auto second = test::make_key();
  const std::string bytes = test::root_bytes({&first, &second}, {.version = 3, .threshold = 2});
  const auto root = TrustRoot::parse(bytes);
  REQUIRE(root.ok());
  CHECK(root->version() == 3);
  CHECK(root->threshold() == 2);
  CHECK(root->keys().size() == 2);
  CHECK(root->expires_at() == test::instant_of("2027-01-01T00:00:00Z"));
  CHECK(root->source() == bytes);
  CHECK(TrustRoot::parse_root_envelope(bytes).ok());
}

TEST_CASE("trust root: PEM, JWK and JWK set are anchors without rotation") {
  const auto key = test::make_key();
  const std::string jwk = key.public_key().jwk();
  for (const std::string& text : {key.public_key().pem(), jwk, R"({"keys":[)" + jwk + "]}"}) {
    CAPTURE(text);
    const auto root = TrustRoot::parse(text);
    REQUIRE(root.ok());
    CHECK(root->version() == 0);
    CHECK(root->threshold() == 1);
    CHECK(root->keys().at(0).thumbprint() == key.public_key().thumbprint());
    CHECK_FALSE(root->expires_at().has_value());
    CHECK_FALSE(TrustRoot::parse_root_envelope(text).ok());
  }
}

TEST_CASE("trust root: one that too few of its own keys signed is refused") {
  const auto first = test::make_key();
  const auto second = test::make_key();
  const std::string keys = first.public_key().jwk() + "," + second.public_key().jwk();
  CHECK(refused(content(keys, "1", "2"), first) == ErrorCode::TrustRootInvalid);
  const auto stranger = test::make_key();
  CHECK(refused(content(keys), stranger) == ErrorCode::TrustRootInvalid);
}

TEST_CASE("trust root: members that break bundle.md are refused") {
  const auto key = test::make_key();
  const std::string jwk = key.public_key().jwk();
  REQUIRE(TrustRoot::parse(test::sign_payload(content(jwk), {&key}, kTrustRootType)).ok());
  const std::vector<std::pair<const char*, std::string>> broken = {
      {"version 0", content(jwk, "0")},
      {"version negative", content(jwk, "-1")},
      {"version a text", content(jwk, "\"1\"")},
      {"threshold 0", content(jwk, "1", "0")},
      {"threshold above the keys", content(jwk, "1", "2")},
      {"the same key twice", content(jwk + "," + jwk)},
      {"no keys", content("")},
      {"unknown member", content(jwk, "1", "1", R"(,"comment":"x")")},
      {"x- member", content(jwk, "1", "1", R"(,"x-comment":"x")")},
      {"no schema", R"({"version":1,"expiresAt":"2027-01-01T00:00:00Z","threshold":1,"keys":[)" + jwk + "]}"},
      {"no end", R"({"schema":"meshguard.trust/v1","version":1,"threshold":1,"keys":[)" + jwk + "]}"},
      {"a bundle's schema",
       R"({"schema":"meshguard.bundle/v1","version":1,"expiresAt":"2027-01-01T00:00:00Z","threshold":1,"keys":[)" +
           jwk + "]}"},
      {"a list", "[]"},
  };
  for (const auto& entry : broken) {
    CAPTURE(entry.first);
    CHECK(refused(entry.second, key) == ErrorCode::SchemaInvalid);
  }
  CHECK(refused(content(jwk), key, kPayloadType) == ErrorCode::SchemaInvalid);
  CHECK(refused("{", key) == ErrorCode::Malformed);
  CHECK(refused(content(R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"), key) == ErrorCode::KeyInvalid);
}

TEST_CASE("trust root: what is no key and no envelope is refused") {
  CHECK(TrustRoot::parse("{").error().code() == ErrorCode::Malformed);
  CHECK_FALSE(TrustRoot::parse("").ok());
  CHECK_FALSE(TrustRoot::parse("hello").ok());
  CHECK_FALSE(TrustRoot::parse("{}").ok());
  CHECK_FALSE(TrustRoot::parse(test::make_key().pem()).ok());
  CHECK(TrustRoot::parse(std::string(kMaxTrustRootBytes + 1, ' ')).error().code() == ErrorCode::TooLarge);
}

TEST_CASE("trust root: a draft that could not prove itself is refused") {
  const auto key = test::make_key();
  TrustRootDraft draft;
  draft.keys = {key.public_key()};
  REQUIRE(make_trust_root(draft).ok());
  TrustRootDraft twice = draft;
  twice.keys.push_back(key.public_key());
  CHECK(make_trust_root(twice).error().code() == ErrorCode::InvalidInput);
  for (const std::size_t threshold : {std::size_t{0}, std::size_t{2}}) {
    draft.threshold = threshold;
    CHECK(make_trust_root(draft).error().code() == ErrorCode::InvalidInput);
  }
  draft.threshold = 1;
  draft.version = 0;
  CHECK(make_trust_root(draft).error().code() == ErrorCode::InvalidInput);
}

}  // namespace guardian::bundle
