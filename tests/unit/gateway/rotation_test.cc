#include <doctest/doctest.h>

#include "guardian/bundle/verify.h"
#include "guardian/gateway/gateway.h"
#include "unit/gateway/rig.h"

using guardian::base::ErrorCode;
using guardian::bundle::TrustRoot;
using guardian::crypto::PrivateKey;
using namespace guardian::test;

namespace {

// A root of `keys`, signed by them and by `also`.
std::string root_signed_also(Signers keys, Signers also, const RootOptions& options) {
  auto envelope = *guardian::crypto::parse_envelope(root_bytes(keys, options), guardian::bundle::kMaxTrustRootBytes);
  for (const PrivateKey* signer : also) guardian::crypto::sign_envelope(envelope, *signer);
  return guardian::crypto::write_envelope(envelope);
}

struct Rotation : GatewayRig {
  PrivateKey next = make_key();
  std::string first = root_bytes({&key});
  std::string second = root_signed_also({&next}, {&key}, {.version = 2});

  // The roots directory with the first root in it.
  std::vector<std::string> roots() {
    dir.write("roots/1.json", first);
    return {dir.file("roots")};
  }
  [[nodiscard]] std::uint64_t newest() const {
    return TrustRoot::parse_root_envelope(get(kRootPath).content())->version();
  }
  // The version that verifies under the newest root that is served.
  [[nodiscard]] std::string verified_version() const {
    const auto root = TrustRoot::parse_root_envelope(get(kRootPath).content());
    auto sealed = guardian::bundle::SealedBundle::open(get(kBundlePath).content());
    const auto verified = guardian::bundle::verify(
        std::move(sealed).value(), *root,
        {guardian::bundle::Origin::Fetched, guardian::base::to_instant(clock.now()), std::nullopt});
    return verified.ok() ? (*verified)->payload().version.text() : verified.error().message();
  }
};

}  // namespace

TEST_CASE("rotation: a new root and the key it names are published as one, with a newer bundle") {
  Rotation rig;
  rig.open(rig.roots());
  const std::string before = rig.gateway->bundle_version();
  // Either alone does not fit, and leaves all as it is.
  rig.set_keys({&rig.next});
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  rig.set_keys({&rig.key});
  rig.dir.write("roots/2.json", rig.second);
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  CHECK(rig.newest() == 1);
  CHECK(rig.verified_version() == before);

  rig.set_keys({&rig.next});
  REQUIRE(rig.gateway->rebuild()->published);
  CHECK(rig.newest() == 2);
  CHECK(rig.get(std::string(kRootPath) + "/1").content() == rig.first);
  CHECK(rig.get(std::string(kRootPath) + "/2").content() == rig.second);
  CHECK(rig.gateway->bundle_version() > before);
  CHECK(rig.verified_version() == rig.gateway->bundle_version());
}

TEST_CASE("rotation: a root that the one before did not sign is refused, at the start and later") {
  Rotation rig;
  const auto roots = rig.roots();
  rig.open(roots);
  rig.dir.write("roots/2.json", root_bytes({&rig.key, &rig.next}, {.version = 2}));
  CHECK(rig.gateway->rebuild().ok());
  rig.dir.write("roots/3.json", root_bytes({&rig.next}, {.version = 3}));
  CHECK(rig.gateway->rebuild().ok() == false);  // the key is not in it
  const PrivateKey stranger = make_key();
  rig.dir.write("roots/3.json", root_bytes({&stranger}, {.version = 3}));
  rig.set_keys({&stranger});
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::TrustRootInvalid);
  CHECK(rig.try_open(roots).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(rig.newest() == 2);
}

TEST_CASE("rotation: as many keys of the root before must sign as its threshold says") {
  Rotation rig;
  const PrivateKey other = make_key();
  rig.dir.write("roots/1.json", root_bytes({&rig.key, &other}, {.version = 1, .threshold = 2}));
  rig.dir.write("roots/2.json", root_signed_also({&rig.next}, {&rig.key}, {.version = 2}));
  rig.set_keys({&rig.next});
  CHECK(rig.try_open({rig.dir.file("roots")}).error().code() == ErrorCode::TrustRootInvalid);
  rig.dir.write("roots/2.json", root_signed_also({&rig.next}, {&rig.key, &other}, {.version = 2}));
  CHECK(rig.try_open({rig.dir.file("roots")}).ok());
}

TEST_CASE("rotation: the root that sidecars hold must stay among the roots as it was") {
  Rotation rig;
  rig.open(rig.roots());
  rig.dir.write("roots/1.json", root_bytes({&rig.key}, {.expires_at = "2028-01-01T00:00:00Z"}));
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  REQUIRE(rig.files.remove_all(rig.dir.file("roots/1.json")).ok());
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  CHECK(rig.get(kRootPath).content() == rig.first);
}

TEST_CASE("rotation: a root that has expired is not rotated to, but one that is in force is served on") {
  Rotation rig;
  rig.dir.write("roots/1.json", root_bytes({&rig.key}, {.expires_at = "2026-01-01T00:00:00Z"}));
  rig.open({rig.dir.file("roots")});
  rig.dir.write("roots/2.json",
                root_signed_also({&rig.next}, {&rig.key}, {.version = 2, .expires_at = "2026-02-01T00:00:00Z"}));
  rig.set_keys({&rig.next});
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::Expired);
}

TEST_CASE("rotation: roots may be given file by file in any order, but not with a gap or twice") {
  Rotation rig;
  const std::string one = rig.dir.write("1.json", rig.first);
  const std::string two = rig.dir.write("2.json", rig.second);
  const std::string three = rig.dir.write("3.json", root_bytes({&rig.next}, {.version = 3}));
  rig.set_keys({&rig.next});
  CHECK(rig.try_open({two, one}).ok());
  CHECK(rig.try_open({one, two, three}).ok());
  CHECK(rig.try_open({two, three}).ok());
  CHECK(rig.try_open({one, three}).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(rig.try_open({one, two, two}).error().code() == ErrorCode::TrustRootInvalid);
  CHECK(rig.try_open({one, rig.dir.file("none.json")}).error().code() == ErrorCode::NotFound);
  CHECK(rig.try_open({rig.dir.file("repo")}).error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("rotation: keys that the newest root does not know, or too few of them, do not start") {
  Rotation rig;
  const std::string stranger = rig.dir.write("s.json", root_bytes({&rig.next}));
  CHECK(rig.try_open({stranger}).error().code() == ErrorCode::InvalidInput);
  const std::string both = rig.dir.write("b.json", root_bytes({&rig.key, &rig.next}, {.threshold = 2}));
  CHECK(rig.try_open({both}).error().code() == ErrorCode::InvalidInput);
  rig.set_keys({&rig.key, &rig.next});
  CHECK(rig.try_open({both}).ok());
  rig.set_keys({});
  CHECK(rig.try_open({both}).error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("rotation: without trust roots the keys must stay, since nobody could follow") {
  Rotation rig;
  rig.open();
  rig.set_keys({&rig.next});
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  rig.set_keys({&rig.key});
  CHECK_FALSE(rig.gateway->rebuild()->published);
}

TEST_CASE("rotation: a key that is half written changes nothing") {
  Rotation rig;
  rig.open(rig.roots());
  rig.dir.write("roots/2.json", rig.second.substr(0, rig.second.size() / 2));
  CHECK_FALSE(rig.gateway->rebuild().ok());
  rig.dir.write("roots/2.json.tmp", rig.second);
  rig.dir.write("roots/.3.json", "x");
  REQUIRE(rig.files.remove_all(rig.dir.file("roots/2.json")).ok());
  CHECK_FALSE(rig.gateway->rebuild()->published);
}
