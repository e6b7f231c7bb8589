#include "guardian/crypto/dsse.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "samples.h"
#include "tests/support/growth.h"
#include "with_keys.h"

namespace guardian::crypto {

using base::ErrorCode;

namespace {

constexpr std::string_view kType = "application/vnd.example+json";

Envelope unsigned_envelope() { return {std::string(kType), R"({"a":1})", {}}; }

Envelope envelope_signed_by(const std::vector<const PrivateKey*>& keys) {
  Envelope envelope = unsigned_envelope();
  for (const PrivateKey* key : keys) sign_envelope(envelope, *key);
  return envelope;
}

ErrorCode parse_refusal(std::string_view text, std::size_t max_bytes = 1 << 20) {
  const auto envelope = parse_envelope(text, max_bytes);
  REQUIRE_MESSAGE(!envelope.ok(), std::string(text.substr(0, 200)));
  return envelope.error().code();
}

ErrorCode verify_refusal(const Envelope& envelope, const std::vector<PublicKey>& trusted, std::size_t threshold) {
  const auto signers = verify_envelope(envelope, trusted, threshold);
  REQUIRE_FALSE(signers.ok());
  return signers.error().code();
}

std::size_t signer_count(const Envelope& envelope, const std::vector<PublicKey>& trusted, std::size_t threshold) {
  const auto signers = verify_envelope(envelope, trusted, threshold);
  REQUIRE(signers.ok());
  return signers->size();
}

std::string with_signatures(std::string_view signatures) {
  return R"({"payloadType":"t","payload":"e30=","signatures":)" + std::string(signatures) + "}";
}

}  // namespace

TEST_CASE("pae: the example of the DSSE protocol") {
  CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
  CHECK(pre_authentication_encoding("é", std::string("\0\n", 2)) == std::string("DSSEv1 2 é 2 \0\n", 16));
}

TEST_CASE("envelope: what is written is read back, in the documented member order") {
  const PrivateKey key = private_key(samples::kEd25519Private);
  const Envelope envelope = envelope_signed_by({&key});
  const std::string text = write_envelope(envelope);
  CHECK(text.starts_with(
      R"({"payloadType":"application/vnd.example+json","payload":"eyJhIjoxfQ==","signatures":[{"keyid":")" +
      std::string(samples::kEd25519Thumbprint) + R"(","sig":")"));
  CHECK(text.ends_with("}]}\n"));
  const auto again = parse_envelope(text, text.size());
  REQUIRE(again.ok());
  CHECK(again->payload_type_untrusted == kType);
  CHECK(again->payload_untrusted == R"({"a":1})");
  CHECK(signer_count(*again, {key.public_key()}, 1) == 1);
}

TEST_CASE("envelope: unknown members and URL-safe, unpadded base64 are taken") {
  const auto envelope = parse_envelope(
      R"({"more":{"x":[1,2]},"payloadType":"t","payload":"_-8","signatures":[{"sig":"AA","cert":null}],"big":18446744073709551615})",
      1000);
  REQUIRE(envelope.ok());
  CHECK(envelope->payload_untrusted == "\xFF\xEF");
  CHECK(envelope->signatures[0].key_id_untrusted.empty());
  CHECK(envelope->signatures[0].signature == std::string(1, '\0'));
}

TEST_CASE("envelope: members that are missing or of a wrong type are malformed") {
  for (const std::string_view text :
       {R"([])", R"("x")", R"({})", R"({"payload":"e30=","signatures":[{"sig":""}]})",
        R"({"payloadType":"t","signatures":[{"sig":""}]})", R"({"payloadType":"t","payload":"e30="})",
        R"({"payloadType":1,"payload":"e30=","signatures":[{"sig":""}]})",
        R"({"payloadType":"t","payload":{},"signatures":[{"sig":""}]})",
        R"({"payloadType":"t","payload":"e3 0=","signatures":[{"sig":""}]})",
        R"({"payloadType":"t","payload":"+_8=","signatures":[{"sig":""}]})"}) {
    CHECK_MESSAGE(parse_refusal(text) == ErrorCode::Malformed, std::string(text));
  }
  for (const std::string_view signatures :
       {"null", "{}", "\"\"", "[]", "[1]", "[{}]", R"([{"sig":1}])", R"([{"sig":"*"}])", R"([{"sig":"","keyid":1}])",
        R"([{"sig":"","keyid":null}])", R"([{"sig":""},{"sig":"","keyid":{}}])"}) {
    CHECK_MESSAGE(parse_refusal(with_signatures(signatures)) == ErrorCode::Malformed, std::string(signatures));
  }
}

TEST_CASE("envelope: what the strict reader refuses is refused") {
  const std::string good = with_signatures(R"([{"sig":""}])");
  REQUIRE(parse_envelope(good + " \n", 1000).ok());
  CHECK(parse_refusal("\xEF\xBB\xBF" + good) == ErrorCode::Malformed);
  CHECK(parse_refusal(good + "x") == ErrorCode::Malformed);
  CHECK(parse_refusal(R"({"payload":"e30=",)" + good.substr(1)) == ErrorCode::Malformed);
  CHECK(parse_refusal(with_signatures(R"([{"sig":"","sig":""}])")) == ErrorCode::Malformed);
  CHECK(parse_refusal(R"({"x":)" + std::string(64, '[') + std::string(64, ']') + "," + good.substr(1)) ==
        ErrorCode::TooLarge);
}

TEST_CASE("envelope: size, signatures and values end at their limits") {
  const std::string good = with_signatures(R"([{"sig":""}])");
  CHECK(parse_envelope(good, good.size()).ok());
  CHECK(parse_refusal(good, good.size() - 1) == ErrorCode::TooLarge);
  std::string list = R"({"sig":""})";
  for (int i = 1; i < 64; ++i) list += R"(,{"sig":""})";
  CHECK(parse_envelope(with_signatures("[" + list + "]"), 1 << 20).ok());
  CHECK(parse_refusal(with_signatures("[" + list + R"(,{"sig":""}])")) == ErrorCode::TooLarge);
  std::string many = "0";
  for (int i = 0; i < 70'000; ++i) many += ",0";
  CHECK(parse_refusal(R"({"x":[)" + many + "]," + good.substr(1)) == ErrorCode::TooLarge);
}

TEST_CASE("sign: signing again with the same key replaces its signature") {
  const PrivateKey key = private_key(samples::kEd25519Private);
  const PrivateKey other = new_key(KeyType::P256);
  Envelope envelope = envelope_signed_by({&key, &other});
  envelope.payload_untrusted = "changed";
  sign_envelope(envelope, key);
  CHECK(envelope.signatures.size() == 2);
  CHECK(signer_count(envelope, {key.public_key()}, 1) == 1);
}

TEST_CASE("verify: a signature by a trusted key of each type counts") {
  for (const KeyType type : {KeyType::Ed25519, KeyType::P256, KeyType::Rsa}) {
    const PrivateKey key = new_key(type);
    const auto signers = verify_envelope(envelope_signed_by({&key}), std::vector{key.public_key()}, 1);
    REQUIRE(signers.ok());
    CHECK(*signers == std::vector{key.public_key().thumbprint()});
  }
}

TEST_CASE("verify: a changed payload or payload type under a named trusted key is an invalid signature") {
  const PrivateKey key = new_key(KeyType::Ed25519);
  Envelope envelope = envelope_signed_by({&key});
  envelope.payload_untrusted += ' ';
  CHECK(verify_refusal(envelope, {key.public_key()}, 1) == ErrorCode::SignatureInvalid);
  envelope = envelope_signed_by({&key});
  envelope.payload_type_untrusted += 'x';
  CHECK(verify_refusal(envelope, {key.public_key()}, 1) == ErrorCode::SignatureInvalid);
}

TEST_CASE("verify: bytes moved between type and payload do not verify") {
  const PrivateKey key = new_key(KeyType::Ed25519);
  Envelope envelope{"a", "b 1 c", {}};
  sign_envelope(envelope, key);
  envelope.payload_type_untrusted = "a 5 b";
  envelope.payload_untrusted = "c";
  CHECK(verify_refusal(envelope, {key.public_key()}, 1) == ErrorCode::SignatureInvalid);
}

TEST_CASE("verify: one bad signature that names a trusted key spoils good ones") {
  const PrivateKey good = new_key(KeyType::Ed25519);
  const PrivateKey bad = new_key(KeyType::Ed25519);
  Envelope envelope = envelope_signed_by({&good, &bad});
  envelope.signatures[1].signature[5] = static_cast<char>(envelope.signatures[1].signature[5] ^ 1);
  CHECK(verify_refusal(envelope, {good.public_key(), bad.public_key()}, 1) == ErrorCode::SignatureInvalid);
  CHECK(signer_count(envelope, {good.public_key()}, 1) == 1);
}

TEST_CASE("verify: a signature that names no key or an unknown one is tried under every trusted key") {
  const PrivateKey first = new_key(KeyType::P256);
  const PrivateKey second = new_key(KeyType::Ed25519);
  Envelope envelope = envelope_signed_by({&second});
  for (const std::string_view name : {"", "somebody"}) {
    envelope.signatures[0].key_id_untrusted = name;
    CHECK(signer_count(envelope, {first.public_key(), second.public_key()}, 1) == 1);
    CHECK(verify_refusal(envelope, {first.public_key()}, 1) == ErrorCode::ThresholdNotMet);
  }
}

TEST_CASE("verify: a key may be named by its kid, and then must verify") {
  const PrivateKey key = new_key(KeyType::Ed25519);
  std::string jwk = key.public_key().jwk();
  jwk.insert(jwk.size() - 1, R"(,"kid":"release-1")");
  const PublicKey named = jwk_key(jwk);
  Envelope envelope = envelope_signed_by({&key});
  envelope.signatures[0].key_id_untrusted = "release-1";
  CHECK(signer_count(envelope, {named}, 1) == 1);
  envelope.payload_untrusted += ' ';
  CHECK(verify_refusal(envelope, {named}, 1) == ErrorCode::SignatureInvalid);
}

TEST_CASE("verify: the threshold counts distinct keys, however often one signed or is listed") {
  const PrivateKey first = new_key(KeyType::P256);
  const PrivateKey second = new_key(KeyType::Ed25519);
  Envelope envelope = envelope_signed_by({&first});
  const std::string message = pre_authentication_encoding(kType, envelope.payload_untrusted);
  envelope.signatures.push_back({"", first.sign(message)});
  envelope.signatures.push_back({first.public_key().thumbprint(), first.sign(message)});
  const std::vector<PublicKey> trusted = {first.public_key(), first.public_key(), second.public_key()};
  CHECK(signer_count(envelope, trusted, 1) == 1);
  CHECK(verify_refusal(envelope, trusted, 2) == ErrorCode::ThresholdNotMet);
  sign_envelope(envelope, second);
  CHECK(signer_count(envelope, trusted, 2) == 2);
  CHECK(verify_refusal(envelope, trusted, 3) == ErrorCode::ThresholdNotMet);
}

TEST_CASE("verify: signatures that name no trusted key are tried last, and only while keys are wanting") {
  const PrivateKey first = new_key(KeyType::Ed25519);
  const PrivateKey second = new_key(KeyType::Ed25519);
  Envelope envelope = envelope_signed_by({&second, &first});
  envelope.signatures[0].key_id_untrusted.clear();
  const std::vector<PublicKey> trusted = {first.public_key(), second.public_key()};
  const auto enough = verify_envelope(envelope, trusted, 1);
  REQUIRE(enough.ok());
  CHECK(*enough == std::vector{first.public_key().thumbprint()});
  CHECK(signer_count(envelope, trusted, 2) == 2);
}

TEST_CASE("verify: signatures repeated, and of no use beside a good one, cost no try each") {
  const PrivateKey key = new_key(KeyType::Ed25519);
  Envelope envelope = unsigned_envelope();
  envelope.payload_untrusted = std::string(std::size_t{1} << 20, 'x');
  sign_envelope(envelope, key);
  Envelope crowded = envelope;
  const EnvelopeSignature good = envelope.signatures[0];
  EnvelopeSignature useless{"", good.signature};
  useless.signature[0] = static_cast<char>(useless.signature[0] ^ 1);
  for (int i = 1; i < 64; ++i) crowded.signatures.push_back(i % 2 == 0 ? good : useless);
  CHECK(support::grows_at_most(
      4.0, [&](std::size_t step) { CHECK(signer_count(step == 0 ? envelope : crowded, {key.public_key()}, 1) == 1); }));
}

TEST_CASE("verify: no signature or no trusted key meets no threshold") {
  const PrivateKey key = new_key(KeyType::Ed25519);
  CHECK(verify_refusal(unsigned_envelope(), {key.public_key()}, 1) == ErrorCode::ThresholdNotMet);
  CHECK(verify_refusal(envelope_signed_by({&key}), {}, 1) == ErrorCode::ThresholdNotMet);
}

}  // namespace guardian::crypto
