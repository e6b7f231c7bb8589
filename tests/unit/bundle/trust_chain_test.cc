#include "guardian/bundle/trust_chain.h"

#include <doctest/doctest.h>

#include "tests/support/bundle_builder.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;

TrustRoot root_of(test::Signers keys, std::uint64_t version, std::size_t threshold = 1) {
  return TrustRoot::parse(test::root_bytes(keys, {.version = version, .threshold = threshold})).value();
}

// The root of `keys`, signed by `others` beside them.
TrustRoot cross_signed(test::Signers keys, test::Signers others, std::uint64_t version) {
  crypto::Envelope envelope =
      crypto::parse_envelope(test::root_bytes(keys, {.version = version}), kMaxTrustRootBytes).value();
  for (const crypto::PrivateKey* key : others) crypto::sign_envelope(envelope, *key);
  return TrustRoot::parse(crypto::write_envelope(envelope)).value();
}

crypto::Envelope bundle_by(test::Signers keys) {
  return crypto::parse_envelope(test::BundleBuilder().bytes(keys), kDefaultMaxBundleBytes).value();
}

}  // namespace

TEST_CASE("trust chain: a root that old and new keys signed follows, though no key is left of the one before") {
  const auto a = test::make_key();
  const auto b = test::make_key();
  const auto c = test::make_key();
  TrustChain chain(root_of({&a}, 1));
  REQUIRE(chain.extend(cross_signed({&b}, {&a}, 2)).ok());
  REQUIRE(chain.extend(cross_signed({&c}, {&b}, 3)).ok());
  CHECK(chain.anchor().version() == 1);
  CHECK(chain.newest().version() == 3);
  CHECK(chain.find(2)->version() == 2);
  CHECK(chain.find(4) == nullptr);
}

TEST_CASE("trust chain: a root that the keys before did not sign is refused, and so is a gap or a step back") {
  const auto a = test::make_key();
  const auto b = test::make_key();
  TrustChain chain(root_of({&a}, 1));
  CHECK(chain.extend(root_of({&b}, 2)).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(chain.extend(cross_signed({&b}, {&a}, 3)).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(chain.extend(cross_signed({&b}, {&a}, 1)).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(chain.roots().size() == 1);
}

TEST_CASE("trust chain: the threshold of the root before counts for its successor") {
  const auto a = test::make_key();
  const auto b = test::make_key();
  const auto c = test::make_key();
  TrustChain chain(root_of({&a, &b}, 1, 2));
  CHECK_FALSE(chain.extend(cross_signed({&c}, {&a}, 2)).ok());
  CHECK(chain.extend(cross_signed({&c}, {&a, &b}, 2)).ok());
}

TEST_CASE("trust chain: bare keys have no successor") {
  const auto key = test::make_key();
  TrustChain chain(TrustRoot::parse(key.public_key().pem()).value());
  CHECK_FALSE(chain.extend(root_of({&key}, 1)).ok());
}

TEST_CASE("trust chain: the newest root that vouches is found, and none below the oldest allowed") {
  const auto a = test::make_key();
  const auto b = test::make_key();
  TrustChain chain(root_of({&a}, 1));
  REQUIRE(chain.extend(cross_signed({&b}, {&a}, 2)).ok());
  CHECK((*chain.vouching(bundle_by({&a}), 1))->version() == 1);
  CHECK((*chain.vouching(bundle_by({&b}), 1))->version() == 2);
  CHECK((*chain.vouching(bundle_by({&a, &b}), 1))->version() == 2);
  CHECK(chain.vouching(bundle_by({&a}), 2).error().code() == ErrorCode::ThresholdNotMet);
  CHECK(chain.vouching(bundle_by({&b}), 3).error().code() == ErrorCode::NoTrustRoot);
}

}  // namespace guardian::bundle
