// A good envelope broken in one way at a time, judged by open() and verify() together.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "guardian/bundle/verify.h"
#include "guardian/crypto/base64.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;

std::string replaced(std::string text, std::string_view from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string_view outcome(const std::string& bytes, const TrustRoot& trust) {
  auto sealed = SealedBundle::open(bytes);
  if (!sealed.ok()) return to_string(sealed.error().code());
  const auto verified =
      verify(std::move(sealed).value(), trust, {Origin::Fetched, test::instant_of(test::kSoonAfter), std::nullopt});
  return verified.ok() ? "accepted" : to_string(verified.error().code());
}

struct Corruption {
  const char* name;
  std::string bytes;
  ErrorCode code;
};

}  // namespace

TEST_CASE("envelope: every named corruption is refused with its code") {
  const auto key = test::make_key();
  const auto other = test::make_key();
  const TrustRoot trust = test::trust_in({&key});
  const std::string payload = test::BundleBuilder().payload();
  const std::string good = test::BundleBuilder().bytes({&key});
  const std::string base64 = crypto::base64_encode(payload);
  const std::string& keyid = key.public_key().thumbprint();
  const std::string signature =
      crypto::base64_encode(key.sign(crypto::pre_authentication_encoding(kPayloadType, payload)));
  const auto envelope = [&](const std::string& signatures) {
    return R"({"payloadType":")" + std::string(kPayloadType) + R"(","payload":")" + base64 + R"(","signatures":)" +
           signatures + "}";
  };
  REQUIRE(outcome(good, trust) == "accepted");
  REQUIRE(outcome(envelope(R"([{"sig":")" + signature + R"("}])"), trust) == "accepted");

  const std::vector<Corruption> corruptions = {
      {"empty", "", ErrorCode::Malformed},
      {"no JSON", "bundle", ErrorCode::Malformed},
      {"a list", "[" + good + "]", ErrorCode::Malformed},
      {"truncated", good.substr(0, good.size() / 2), ErrorCode::Malformed},
      {"byte-order mark", "\xEF\xBB\xBF" + good, ErrorCode::Malformed},
      {"bytes after the object", good + "{}", ErrorCode::Malformed},
      {"duplicate payload", replaced(good, "{", R"({"payload":"e30=",)"), ErrorCode::Malformed},
      {"duplicate key in an unknown member", replaced(good, "{", R"({"x":{"a":1,"a":2},)"), ErrorCode::Malformed},
      {"nested deeper than 64", replaced(good, "{", R"({"x":)" + std::string(64, '[') + std::string(64, ']') + ","),
       ErrorCode::TooLarge},
      {"no payload", replaced(good, "\"payload\"", "\"payloads\""), ErrorCode::Malformed},
      {"no payload type", replaced(good, "payloadType", "payloadtype"), ErrorCode::Malformed},
      {"no signatures", replaced(good, "\"signatures\"", "\"signature\""), ErrorCode::Malformed},
      {"signatures empty", envelope("[]"), ErrorCode::Malformed},
      {"signatures an object", envelope("{}"), ErrorCode::Malformed},
      {"signature without sig", envelope(R"([{"keyid":")" + keyid + R"("}])"), ErrorCode::Malformed},
      {"keyid a number", envelope(R"([{"keyid":1,"sig":")" + signature + R"("}])"), ErrorCode::Malformed},
      {"keyid null", envelope(R"([{"keyid":null,"sig":")" + signature + R"("}])"), ErrorCode::Malformed},
      {"payload with white space", replaced(good, base64, base64 + "\\n"), ErrorCode::Malformed},
      {"payload cut inside base64", replaced(good, base64, base64.substr(0, 41)), ErrorCode::Malformed},
      {"payload a number", replaced(good, "\"" + base64 + "\"", "1"), ErrorCode::Malformed},
      {"another payload type", replaced(good, "bundle.v1", "bundle.v2"), ErrorCode::SchemaInvalid},
      {"a trust root's type", test::root_bytes({&key}), ErrorCode::SchemaInvalid},
      {"a trust root's content under a bundle's type", test::sign_payload(R"({"schema":"meshguard.trust/v1"})", {&key}),
       ErrorCode::SchemaInvalid},
      {"another payload", replaced(good, base64, crypto::base64_encode("{}")), ErrorCode::SignatureInvalid},
      {"signature of another key under a trusted name",
       envelope(R"([{"keyid":")" + keyid + R"(","sig":")" +
                crypto::base64_encode(other.sign(crypto::pre_authentication_encoding(kPayloadType, payload))) +
                R"("}])"),
       ErrorCode::SignatureInvalid},
      {"signature over the bare payload",
       envelope(R"([{"keyid":")" + keyid + R"(","sig":")" + crypto::base64_encode(key.sign(payload)) + R"("}])"),
       ErrorCode::SignatureInvalid},
      {"signature over another type",
       envelope(R"([{"keyid":")" + keyid + R"(","sig":")" +
                crypto::base64_encode(key.sign(crypto::pre_authentication_encoding(kTrustRootType, payload))) +
                R"("}])"),
       ErrorCode::SignatureInvalid},
      {"empty signature", envelope(R"([{"keyid":")" + keyid + R"(","sig":""}])"), ErrorCode::SignatureInvalid},
      {"good signature beside a bad one of a trusted key",
       envelope(R"([{"sig":")" + signature + R"("},{"keyid":")" + keyid + R"(","sig":"AAAA"}])"),
       ErrorCode::SignatureInvalid},
      {"a stranger's signature alone", test::sign_payload(payload, {&other}), ErrorCode::ThresholdNotMet},
  };
  for (const Corruption& corruption : corruptions) {
    CAPTURE(corruption.name);
    CHECK(outcome(corruption.bytes, trust) == to_string(corruption.code));
  }
}

TEST_CASE("envelope: at most 64 signatures and the byte limit that is given") {
  const auto key = test::make_key();
  const auto stranger = test::make_key();
  const TrustRoot trust = test::trust_in({&key});
  const std::string bytes = test::BundleBuilder().bytes({&key, &stranger});
  auto sealed = SealedBundle::open(bytes);
  REQUIRE(sealed.ok());
  crypto::Envelope envelope = sealed->envelope();
  while (envelope.signatures.size() < 64) envelope.signatures.push_back(envelope.signatures[1]);
  CHECK(outcome(crypto::write_envelope(envelope), trust) == "accepted");
  envelope.signatures.push_back(envelope.signatures[1]);
  CHECK(outcome(crypto::write_envelope(envelope), trust) != "accepted");

  CHECK(SealedBundle::open(bytes, bytes.size()).ok());
  const auto too_large = SealedBundle::open(bytes, bytes.size() - 1);
  REQUIRE_FALSE(too_large.ok());
  CHECK(too_large.error().code() == ErrorCode::TooLarge);
}

}  // namespace guardian::bundle
