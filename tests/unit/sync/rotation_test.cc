// Trust roots that are replaced over the network (bundle.md section 3), through whole syncs.
#include <doctest/doctest.h>

#include <array>

#include "tests/unit/sync/rig.h"

using guardian::base::ErrorCode;
using guardian::sync::Outcome;
using guardian::sync::TrustSource;
using namespace guardian::test;

namespace {

using guardian::crypto::PrivateKey;

// Root `version` names `keys`; `others` sign it beside them.
std::string root_of(Signers keys, Signers others, std::uint64_t version, std::size_t threshold = 1,
                    std::string_view expires_at = "2027-01-01T00:00:00Z") {
  const std::string own = root_bytes(keys, {.version = version, .threshold = threshold, .expires_at = expires_at});
  auto envelope = guardian::crypto::parse_envelope(own, guardian::bundle::kMaxTrustRootBytes).value();
  for (const PrivateKey* key : others) guardian::crypto::sign_envelope(envelope, *key);
  return guardian::crypto::write_envelope(envelope);
}

// Keys 1 to 3: root n names key n and is signed by key n - 1 too.
struct Rotation {
  std::array<PrivateKey, 4> key = {make_key(), make_key(), make_key(), make_key()};
  std::string first = root_of({&key[1]}, {}, 1);
  std::string second = root_of({&key[2]}, {&key[1]}, 2);
  std::string third = root_of({&key[3]}, {&key[2]}, 3);
};

// A sidecar that trusts root 1 and enforces a bundle under it.
struct Started : Rotation {
  Started() {
    rig.trust_text = first;
    rig.restart();
    rig.gateway.has_root(1, first);
    rig.apply(bundle_of(key[1], kFirst), "\"1\"");
  }
  Rig rig;
};

}  // namespace

TEST_CASE("rotation: a sidecar offline since root 1 catches up with root 3 in one sync") {
  Started world;
  world.rig.gateway.has_root(2, world.second).has_root(3, world.third);
  world.rig.apply(bundle_of(world.key[3], kSecond));
  CHECK(world.rig.syncer->status().root_version == 3);
  CHECK(world.rig.syncer->status().trust_problem.empty());
  world.rig.restart();
  CHECK(world.rig.active_version() == kSecond);
  CHECK(world.rig.syncer->status().root_version == 3);
  CHECK(world.rig.syncer->status().trust == TrustSource::Configured);
}

TEST_CASE("rotation: one step at a time works as well, and retired keys count no more") {
  Started world;
  world.rig.gateway.has_root(2, world.second);
  world.rig.apply(bundle_of(world.key[2], kSecond));
  world.rig.gateway.answers(200, bundle_of(world.key[1], "2026-04-18T11:40:00Z"));
  CHECK(world.rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
  world.rig.gateway.has_root(3, world.third);
  world.rig.apply(bundle_of(world.key[3], "2026-04-18T11:50:00Z"));
  CHECK(world.rig.syncer->status().root_version == 3);
}

TEST_CASE("rotation: a chain with a gap is refused, said, and the bundle goes on under the old root") {
  Started world;
  world.rig.gateway.has_root(3, world.third);
  world.rig.gateway.answers(200, bundle_of(world.key[1], kSecond));
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Applied);
  CHECK(world.rig.syncer->status().trust_problem.find("gap") != std::string::npos);
  CHECK(world.rig.syncer->status().root_version == 1);
  world.rig.gateway.answers(200, bundle_of(world.key[3], "2026-04-18T11:40:00Z"));
  CHECK(world.rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
  CHECK(world.rig.active_version() == kSecond);
}

TEST_CASE("rotation: a root that the keys before did not sign, an older and another of the same version are refused") {
  Started world;
  const auto stranger = make_key();
  for (const std::string& wrong : {root_of({&stranger}, {}, 2), root_of({&stranger}, {}, 1)}) {
    world.rig.gateway.has_root(wrong == root_of({&stranger}, {}, 1) ? 1 : 2, wrong);
    world.rig.gateway.answers(304);
    CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
    CHECK_FALSE(world.rig.syncer->status().trust_problem.empty());
    CHECK(world.rig.syncer->status().root_version == 1);
  }
  world.rig.gateway.has_root(1, world.first).has_root(2, world.second);
  world.rig.apply(bundle_of(world.key[2], kSecond), "\"2\"");
  world.rig.gateway.loses_root(2).answers(304);
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(world.rig.syncer->status().trust_problem.find("older") != std::string::npos);
}

TEST_CASE("rotation: an expired root does not matter on the way, but as the newest it is refused") {
  Started world;
  const std::string expired = root_of({&world.key[2]}, {&world.key[1]}, 2, 1, "2026-04-01T00:00:00Z");
  world.rig.gateway.has_root(2, expired).answers(304);
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(world.rig.syncer->status().trust_problem.find("expired") != std::string::npos);
  world.rig.gateway.has_root(3, world.third);
  world.rig.apply(bundle_of(world.key[3], kSecond));
  CHECK(world.rig.syncer->status().root_version == 3);
}

TEST_CASE("rotation: until a bundle verifies under the new root the old one stays, and only such a bundle is taken") {
  Started world;
  world.rig.gateway.has_root(2, world.second).answers(304);
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(world.rig.syncer->status().root_version == 1);
  CHECK(world.rig.syncer->status().waiting_root == 2);
  CHECK(world.rig.active_version() == kFirst);
  world.rig.gateway.answers(200, bundle_of(world.key[1], kSecond));
  CHECK(world.rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
  world.rig.restart();
  CHECK(world.rig.active_version() == kFirst);
  CHECK(world.rig.syncer->status().root_version == 1);
  world.rig.apply(bundle_of(world.key[2], kSecond));
  CHECK(world.rig.syncer->status().waiting_root == 0);
}

TEST_CASE("rotation: an active bundle that the new root vouches for takes it into force at once") {
  Rotation keys;
  Rig rig;
  rig.trust_text = keys.first;
  rig.restart();
  rig.gateway.has_root(1, keys.first);
  rig.apply(BundleBuilder().date(kFirst).bytes({&keys.key[1], &keys.key[2]}), "\"1\"");
  rig.gateway.has_root(2, keys.second).answers(304);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.syncer->status().root_version == 2);
  rig.restart();
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.syncer->status().root_version == 2);
}

TEST_CASE("rotation: the same payload signed anew is kept with its new signatures") {
  Started world;
  const std::string anew = bundle_of(world.key[2], kFirst);
  world.rig.gateway.has_root(2, world.second).answers(200, anew, "\"2\"");
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(world.rig.syncer->status().root_version == 2);
  CHECK(world.rig.dir().read("current.bundle.json") == anew);
  world.rig.restart();
  CHECK(world.rig.active_version() == kFirst);
}

TEST_CASE("rotation: a root that was in force and is lost does not give way to an older one") {
  Started world;
  world.rig.gateway.has_root(2, world.second);
  world.rig.apply(bundle_of(world.key[2], kSecond));
  world.rig.dir().write("roots/2.json", "{");
  world.rig.restart();
  CHECK(world.rig.active_version() == "none");
  CHECK(world.rig.dir().exists("current.bundle.json"));
  world.rig.gateway.loses_root(2).answers(200, bundle_of(world.key[1], "2026-04-18T11:40:00Z"));
  CHECK(world.rig.syncer->sync_once().error->code() == ErrorCode::NoTrustRoot);
  world.rig.gateway.has_root(2, world.second);
  world.rig.apply(bundle_of(world.key[2], kSecond));
}

TEST_CASE("rotation: another TRUST_ROOT is the operator's decision, whatever was in force before") {
  Started world;
  world.rig.gateway.has_root(2, world.second);
  world.rig.apply(bundle_of(world.key[2], kSecond));
  const auto other = make_key();
  world.rig.trust_text = root_bytes({&other});
  world.rig.restart();
  CHECK(world.rig.active_version() == "none");
  world.rig.gateway.loses_root(2).has_root(1, world.rig.trust_text);
  world.rig.apply(bundle_of(other, "2026-04-18T11:40:00Z"));
}

TEST_CASE("rotation: two signatures are asked for where the threshold is two, by different keys") {
  const auto a = make_key();
  const auto b = make_key();
  Rig rig;
  rig.trust_text = root_bytes({&a, &b}, {.version = 1, .threshold = 2});
  rig.restart();
  rig.gateway.has_root(1, rig.trust_text);
  rig.gateway.answers(200, bundle_of(a, kFirst));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
  rig.apply(BundleBuilder().date(kFirst).bytes({&a, &b}));
}

TEST_CASE("rotation: a gateway without trust roots, or one that fails to give them, does not stop the bundle") {
  Started world;
  for (const int status : {404, 500, 401}) {
    world.rig.gateway.roots_answer(status).answers(304);
    CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
    CHECK(world.rig.syncer->status().trust_problem.empty());
  }
}

TEST_CASE("rotation: bare keys are not rotated, and the gateway is not asked") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst));
  CHECK(rig.gateway.root_calls() == 0);
}

TEST_CASE("rotation: a pinned root is rotated like a configured one, and more than 64 roots take another sync") {
  Rig rig;
  rig.configured_trust = false;
  rig.restart();
  rig.gateway.has_root(1, root_bytes({&rig.key}));
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  CHECK(rig.syncer->status().trust == TrustSource::FirstUse);
  for (std::uint64_t version = 2; version <= 70; ++version) {
    rig.gateway.has_root(version, root_bytes({&rig.key}, {.version = version}));
  }
  rig.gateway.answers(304).answers(304);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.syncer->status().root_version == 65);
  CHECK_FALSE(rig.syncer->status().trust_problem.empty());
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.syncer->status().root_version == 70);
  CHECK(rig.syncer->status().trust_problem.empty());
  rig.restart();
  CHECK(rig.syncer->status().trust == TrustSource::Pinned);
  CHECK(rig.active_version() == kFirst);
}

TEST_CASE("rotation: another TRUST_ROOT takes the place of what the cache had pinned, though the bundle is unchanged") {
  const auto a = make_key();
  const auto b = make_key();
  Rig rig;
  rig.trust_text = root_bytes({&a});
  rig.restart();
  rig.gateway.has_root(1, rig.trust_text);
  rig.apply(BundleBuilder().date(kFirst).bytes({&a, &b}), "\"1\"");
  rig.trust_text = root_bytes({&b});
  rig.restart();
  REQUIRE(rig.active_version() == kFirst);
  rig.gateway.has_root(1, rig.trust_text).answers(304);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.dir().read("roots/1.json") == rig.trust_text);
}
