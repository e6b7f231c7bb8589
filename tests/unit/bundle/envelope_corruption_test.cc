// Good bundles broken in one way at a time, judged by open() and verify() together as each of their callers does.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "guardian/bundle/verify.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/corruptions.h"
#include "tests/support/fake_clock.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;
using test::RefusedBy;
using test::Trusted;

TrustRoot root_of(const test::CorruptionKeys& keys, Trusted trusted) {
  auto root = TrustRoot::parse(test::corruption_root(keys, trusted));
  REQUIRE(root.ok());
  return std::move(root).value();
}

// What the tests share: keys are slow to make.
struct World {
  test::CorruptionKeys keys = test::make_corruption_keys();
  TrustRoot one_of_three = root_of(keys, Trusted::OneOfThree);
  TrustRoot two_of_two = root_of(keys, Trusted::TwoOfTwo);
  std::vector<test::Corruption> corruptions = test::all_corruptions(keys);

  [[nodiscard]] const TrustRoot& root(Trusted trusted) const {
    return trusted == Trusted::TwoOfTwo ? two_of_two : one_of_three;
  }
};

const World& world() {
  static const World the_world;
  return the_world;
}

std::string_view outcome(const std::string& bytes, const TrustRoot& trust, const Admission& admission) {
  auto sealed = SealedBundle::open(bytes, test::kCorruptionMaxBytes);
  if (!sealed.ok()) return to_string(sealed.error().code());
  const auto verified = verify(std::move(sealed).value(), trust, admission);
  return verified.ok() ? "accepted" : to_string(verified.error().code());
}

Admission admission(Origin origin, const std::optional<VersionFloor>& floor) {
  return {origin, test::instant_of(test::kSoonAfter), floor};
}

VersionFloor current_floor() {
  auto sealed = SealedBundle::open(test::good_bundle(world().keys, test::kCurrentVersion));
  REQUIRE(sealed.ok());
  const auto verified = verify(std::move(sealed).value(), world().two_of_two, admission(Origin::Fetched, std::nullopt));
  REQUIRE(verified.ok());
  return (*verified)->as_floor();
}

}  // namespace

TEST_CASE("corruptions: names are unique, and more than the forty that are promised") {
  std::set<std::string> names;
  for (const test::Corruption& corruption : world().corruptions) {
    CAPTURE(corruption.name);
    CHECK(names.insert(corruption.name).second);
  }
  CHECK(names.size() >= 40);
}

TEST_CASE("corruptions: each is refused with its code as a file, when fetched and from the cache") {
  const VersionFloor floor = current_floor();
  for (const test::Corruption& corruption : world().corruptions) {
    CAPTURE(corruption.name);
    const TrustRoot& trust = world().root(corruption.trusted);
    const std::string_view code = to_string(corruption.code);
    CHECK(outcome(corruption.bytes, trust, admission(Origin::Fetched, std::nullopt)) ==
          (corruption.refused_by == RefusedBy::AllButVerifyBundle ? "accepted" : code));
    CHECK(outcome(corruption.bytes, trust, admission(Origin::Fetched, floor)) == code);
    CHECK(outcome(corruption.bytes, trust, admission(Origin::Cached, floor)) ==
          (corruption.refused_by == RefusedBy::AllButTheCache ? "accepted" : code));
  }
}

TEST_CASE("corruptions: what they were made from is accepted") {
  const test::CorruptionKeys& keys = world().keys;
  const Admission newest = admission(Origin::Fetched, current_floor());
  for (const crypto::PrivateKey* key : {&keys.ed25519, &keys.p256, &keys.rsa}) {
    CHECK(outcome(test::BundleBuilder().bytes({key}), world().one_of_three, newest) == "accepted");
  }
  const std::string by_both = test::BundleBuilder().bytes({&keys.ed25519, &keys.p256});
  CHECK(outcome(by_both, world().two_of_two, newest) == "accepted");
  for (const std::string_view version : {test::kPreviousVersion, test::kCurrentVersion}) {
    CHECK(outcome(test::good_bundle(keys, version), world().two_of_two, admission(Origin::Fetched, std::nullopt)) ==
          "accepted");
  }

  auto sealed = SealedBundle::open(by_both);
  REQUIRE(sealed.ok());
  crypto::Envelope envelope = sealed->envelope();
  for (crypto::EnvelopeSignature& signature : envelope.signatures) signature.key_id_untrusted.clear();
  CHECK(outcome(crypto::write_envelope(envelope), world().two_of_two, newest) == "accepted");
  envelope.signatures[1].signature = test::der_signature(envelope.signatures[1].signature);
  CHECK(outcome(crypto::write_envelope(envelope), world().two_of_two, newest) == "accepted");
  CHECK(outcome(by_both + " \r\n\t", world().two_of_two, newest) == "accepted");
}

TEST_CASE("envelope: at most 64 signatures and the byte limit that is given") {
  const test::CorruptionKeys& keys = world().keys;
  const std::string bytes = test::BundleBuilder().bytes({&keys.ed25519, &keys.stranger});
  auto sealed = SealedBundle::open(bytes);
  REQUIRE(sealed.ok());
  const Admission first = admission(Origin::Fetched, std::nullopt);
  crypto::Envelope envelope = sealed->envelope();
  while (envelope.signatures.size() < 64) envelope.signatures.push_back(envelope.signatures[1]);
  CHECK(outcome(crypto::write_envelope(envelope), world().one_of_three, first) == "accepted");
  envelope.signatures.push_back(envelope.signatures[1]);
  CHECK(outcome(crypto::write_envelope(envelope), world().one_of_three, first) == to_string(ErrorCode::TooLarge));

  CHECK(SealedBundle::open(bytes, bytes.size()).ok());
  const auto too_large = SealedBundle::open(bytes, bytes.size() - 1);
  REQUIRE_FALSE(too_large.ok());
  CHECK(too_large.error().code() == ErrorCode::TooLarge);
}

}  // namespace guardian::bundle
