#include "guardian/bundle/verify.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>

#include "guardian/crypto/base64.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/growth.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;
using test::BundleBuilder;
using test::instant_of;
using Verified = base::Result<std::shared_ptr<const VerifiedBundle>>;

SealedBundle open(std::string bytes) {
  auto sealed = SealedBundle::open(std::move(bytes));
  REQUIRE(sealed.ok());
  return std::move(sealed).value();
}

// One key that is trusted, and what it says of bundles.
struct World {
  crypto::PrivateKey key = test::make_key();
  TrustRoot trust = test::trust_in({&key});
  Admission admission = {Origin::Fetched, instant_of(test::kSoonAfter), std::nullopt};

  Verified judge(const BundleBuilder& builder) const { return verify(open(builder.bytes({&key})), trust, admission); }
  ErrorCode refused(const BundleBuilder& builder) const {
    const Verified verified = judge(builder);
    REQUIRE_FALSE(verified.ok());
    return verified.error().code();
  }
  void accept(const BundleBuilder& builder) {
    const Verified verified = judge(builder);
    REQUIRE(verified.ok());
    admission.floor = (*verified)->as_floor();
  }
};

}  // namespace

TEST_CASE("verify: a signed bundle is verified, its bytes kept as received") {
  const World world;
  const std::string bytes = " " + BundleBuilder().bytes({&world.key}) + "\n";
  const Verified verified = verify(open(bytes), world.trust, world.admission);
  REQUIRE(verified.ok());
  CHECK((*verified)->bytes() == bytes);
  CHECK((*verified)->freshness() == Freshness::Newer);
  CHECK((*verified)->signers() == std::vector<std::string>{world.key.public_key().thumbprint()});
  CHECK((*verified)->as_floor().payload_digest == crypto::sha256(BundleBuilder().payload()));
}

TEST_CASE("verify: the bytes come back as received however the envelope was written") {
  const World world;
  const std::string bytes = BundleBuilder().bytes({&world.key});
  const std::size_t begin = bytes.find("\"payload\":\"") + 11;
  const std::size_t end = bytes.find('"', begin);
  const std::string head = bytes.substr(0, begin);
  const std::string text = bytes.substr(begin, end - begin);
  const std::string tail = bytes.substr(end);
  std::string unpadded = text.substr(0, text.find('='));
  std::string url_safe = unpadded;
  std::ranges::replace(url_safe, '+', '-');
  std::ranges::replace(url_safe, '/', '_');
  std::string escaped = text;
  escaped.replace(0, 1, "\\u00" + crypto::hex(text.substr(0, 1)));
  for (const std::string& payload : {text, unpadded, url_safe, escaped}) {
    for (const std::string& received :
         {head + payload + tail, "\t{\"x\":[1]," + head.substr(1) + payload + tail + " \n"}) {
      CAPTURE(received.substr(0, 120));
      const SealedBundle sealed = open(received);
      CHECK(sealed.bytes() == received);
      const Verified verified = verify(open(received), world.trust, world.admission);
      REQUIRE(verified.ok());
      CHECK((*verified)->bytes() == received);
    }
  }
}

TEST_CASE("verify: opening and verifying is linear in the bundle") {
  const World world;
  std::array<std::string, 2> received;
  for (std::size_t step = 0; step < 2; ++step) {
    std::string agents = R"([{"id":"a","trustTier":"verified"})";
    std::string policies = R"([{"name":"p","rules":[{"effect":"allow","action":"a"}]})";
    for (std::size_t i = 0; i < (step + 1) * 500; ++i) {
      const std::string number = std::to_string(i);
      agents += R"(,{"id":"a)" + number + R"(","trustTier":"verified","tags":["t)" + number + "\"]}";
      policies += R"(,{"name":"p)" + number + R"(","rules":[{"effect":"allow","action":"a:)" + number + "\"}]}";
    }
    received[step] = BundleBuilder().set("agents", agents + "]").set("policies", policies + "]").bytes({&world.key});
  }
  CHECK(support::grows_at_most(
      3.0, [&](std::size_t step) { CHECK(verify(open(received[step]), world.trust, world.admission).ok()); }));
}

TEST_CASE("verify: a bundle that a stranger signed is refused") {
  const World world;
  const auto stranger = test::make_key();
  const auto verified = verify(open(BundleBuilder().bytes({&stranger})), world.trust, world.admission);
  REQUIRE_FALSE(verified.ok());
  CHECK(verified.error().code() == ErrorCode::ThresholdNotMet);
}

TEST_CASE("verify: two distinct keys are needed for a threshold of two") {
  const auto first = test::make_key();
  const auto second = test::make_key();
  const auto root = TrustRoot::parse(test::root_bytes({&first, &second}, {.threshold = 2}));
  REQUIRE(root.ok());
  const Admission admission = {Origin::Fetched, instant_of(test::kSoonAfter), std::nullopt};
  const auto alone = verify(open(BundleBuilder().bytes({&first})), *root, admission);
  REQUIRE_FALSE(alone.ok());
  CHECK(alone.error().code() == ErrorCode::ThresholdNotMet);
  crypto::Envelope twice = open(BundleBuilder().bytes({&first})).envelope();
  twice.signatures.push_back(twice.signatures[0]);
  CHECK_FALSE(verify(open(crypto::write_envelope(twice)), *root, admission).ok());
  CHECK(verify(open(BundleBuilder().bytes({&first, &second})), *root, admission).ok());
}

TEST_CASE("verify: any changed bit of payload or signature is refused") {
  const World world;
  const crypto::Envelope good = open(BundleBuilder().bytes({&world.key})).envelope();
  for (std::size_t i = 0; i < good.payload_untrusted.size(); i += 37) {
    CAPTURE(i);
    crypto::Envelope bad = good;
    bad.payload_untrusted[i] = static_cast<char>(bad.payload_untrusted[i] ^ 1);
    const auto verified = verify(open(crypto::write_envelope(bad)), world.trust, world.admission);
    REQUIRE_FALSE(verified.ok());
    CHECK(verified.error().code() == ErrorCode::SignatureInvalid);
  }
  for (std::size_t i = 0; i < good.signatures[0].signature.size(); i += 7) {
    CAPTURE(i);
    crypto::Envelope bad = good;
    bad.signatures[0].signature[i] = static_cast<char>(bad.signatures[0].signature[i] ^ 1);
    CHECK_FALSE(verify(open(crypto::write_envelope(bad)), world.trust, world.admission).ok());
  }
}

TEST_CASE("verify: the payload is not parsed before the signatures hold") {
  const World world;
  const auto stranger = test::make_key();
  const auto unsigned_rubbish = verify(open(test::sign_payload("{", {&stranger})), world.trust, world.admission);
  REQUIRE_FALSE(unsigned_rubbish.ok());
  CHECK(unsigned_rubbish.error().code() == ErrorCode::ThresholdNotMet);
  const auto signed_rubbish = verify(open(test::sign_payload("{", {&world.key})), world.trust, world.admission);
  REQUIRE_FALSE(signed_rubbish.ok());
  CHECK(signed_rubbish.error().code() == ErrorCode::Malformed);
}

TEST_CASE("verify: schema, policy and key errors of the payload come through") {
  const World world;
  CHECK(world.refused(BundleBuilder().set("revokations", "{}")) == ErrorCode::SchemaInvalid);
  CHECK(world.refused(BundleBuilder().add_policy(R"({"name":"q"})")) == ErrorCode::PolicyInvalid);
  CHECK(world.refused(BundleBuilder().add_policy(
            R"({"name":"q","rateLimits":{"requestsPerWeek":1},"rules":[{"effect":"allow","action":"a"}]})")) ==
        ErrorCode::PolicyInvalid);
  CHECK(world.refused(BundleBuilder().add_agent(R"({"id":"k","trustTier":"verified","publicKeys":[{}]})")) ==
        ErrorCode::KeyInvalid);
  CHECK(world.refused(BundleBuilder().set("x-d", std::string(64, '[') + std::string(64, ']'))) == ErrorCode::TooLarge);
}

TEST_CASE("verify: an older version is a rollback, whatever its origin") {
  World world;
  world.accept(BundleBuilder());
  CHECK(world.refused(BundleBuilder().date("2026-04-18T10:29:59Z")) == ErrorCode::Rollback);
  world.admission.origin = Origin::Cached;
  CHECK(world.refused(BundleBuilder().date("2026-04-18T10:29:59Z")) == ErrorCode::Rollback);
}

TEST_CASE("verify: the floor's version with another payload is a rollback, with the same it is unchanged") {
  World world;
  world.accept(BundleBuilder());
  CHECK(world.refused(BundleBuilder().clear_agents()) == ErrorCode::Rollback);
  const Verified same = world.judge(BundleBuilder());
  REQUIRE(same.ok());
  CHECK((*same)->freshness() == Freshness::Unchanged);
  world.admission.origin = Origin::Cached;
  const Verified cached = world.judge(BundleBuilder());
  REQUIRE(cached.ok());
  CHECK((*cached)->freshness() == Freshness::Unchanged);
}

TEST_CASE("verify: a newer version is newer, also by a nanosecond or beyond 2^53") {
  World dates;
  dates.accept(BundleBuilder());
  const Verified later = dates.judge(BundleBuilder().date("2026-04-18T10:30:00.000000001Z"));
  REQUIRE(later.ok());
  CHECK((*later)->freshness() == Freshness::Newer);

  World integers;
  integers.accept(BundleBuilder().set("version", "9007199254740993"));
  CHECK(integers.judge(BundleBuilder().set("version", "9007199254740994")).ok());
  CHECK(integers.refused(BundleBuilder().set("version", "9007199254740992")) == ErrorCode::Rollback);
}

TEST_CASE("verify: a version of the other kind is refused") {
  World dates;
  dates.accept(BundleBuilder());
  CHECK(dates.refused(BundleBuilder().set("version", "42")) == ErrorCode::VersionKind);
  World integers;
  integers.accept(BundleBuilder().set("version", "\"42\""));
  CHECK(integers.refused(BundleBuilder()) == ErrorCode::VersionKind);
}

TEST_CASE("verify: a version or timestamp more than 24 hours ahead is refused when fetched") {
  World world;
  world.admission.now = instant_of("2026-04-17T10:30:00Z");
  CHECK(world.judge(BundleBuilder()).ok());
  world.admission.now = instant_of("2026-04-17T10:29:59.999999999Z");
  CHECK(world.refused(BundleBuilder()) == ErrorCode::FutureVersion);
  CHECK(world.refused(BundleBuilder().set("version", "7")) == ErrorCode::FutureVersion);
  CHECK(world.refused(BundleBuilder().set("timestamp", "\"2026-04-17T00:00:00Z\"")) == ErrorCode::FutureVersion);
  world.admission.origin = Origin::Cached;
  CHECK(world.judge(BundleBuilder()).ok());
}

TEST_CASE("verify: an expired bundle is refused when fetched and stays in force when cached") {
  World world;
  const BundleBuilder builder = BundleBuilder().set("expiresAt", "\"2026-04-18T12:00:00Z\"");
  world.admission.now = instant_of("2026-04-18T11:59:59Z");
  const Verified fresh = world.judge(builder);
  REQUIRE(fresh.ok());
  CHECK_FALSE((*fresh)->expired(world.admission.now));
  world.admission.now = instant_of("2026-04-18T12:00:00Z");
  CHECK((*fresh)->expired(world.admission.now));
  CHECK(world.refused(builder) == ErrorCode::Expired);
  world.admission.origin = Origin::Cached;
  CHECK(world.judge(builder).ok());
}

TEST_CASE("verify: rollback is said before expiry") {
  World world;
  world.accept(BundleBuilder());
  world.admission.now = instant_of("2028-01-01T00:00:00Z");
  const BundleBuilder old = BundleBuilder().date("2026-04-17T10:30:00Z").set("expiresAt", "\"2027-01-01T00:00:00Z\"");
  CHECK(world.refused(old) == ErrorCode::Rollback);
}

}  // namespace guardian::bundle
