// The disk fails, or the process dies, at every single change that store() makes: what is found afterwards is the old
// bundle or the new one, whole, and the version has not gone back.
#include <doctest/doctest.h>

#include <optional>

#include "guardian/bundle/cache.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"

namespace guardian::bundle {

namespace {

using test::BundleBuilder;
using test::Fault;
using test::FaultyFileSystem;
using test::Leaves;

CacheState state_of(const VerifiedBundle& bundle) {
  CacheState state;
  state.floor = bundle.as_floor();
  state.sidecar_id = "host-1";
  return state;
}

struct Store {
  test::TempDir dir;
  FaultyFileSystem files;
  Cache cache{files, dir.file("cache")};
};

struct World {
  crypto::PrivateKey key = test::make_key();
  TrustRoot trust = test::trust_in({&key});
  std::shared_ptr<const VerifiedBundle> old_bundle = BundleBuilder().verified(key);
  std::shared_ptr<const VerifiedBundle> new_bundle = BundleBuilder().date("2026-04-19T10:30:00Z").verified(key);

  // As a sidecar does when it starts. Every check is of a disk that works again.
  std::shared_ptr<const VerifiedBundle> reopen(const Cache& cache, const CacheState& state) const {
    auto sealed = cache.load_bundle(kDefaultMaxBundleBytes);
    REQUIRE(sealed.ok());
    REQUIRE(sealed->has_value());
    const auto verified =
        verify(std::move(**sealed), trust, {Origin::Cached, test::instant_of("2026-04-19T11:00:00Z"), state.floor});
    REQUIRE(verified.ok());
    return *verified;
  }
};

// How many changes an undisturbed update makes.
std::size_t changes_of_update(const World& world) {
  Store store;
  REQUIRE(store.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
  store.files.heal();
  REQUIRE(store.cache.store(*world.new_bundle, state_of(*world.new_bundle)).ok());
  return store.files.calls();
}

void check_update(const World& world, std::size_t call, Fault fault, Leaves leaves) {
  Store store;
  REQUIRE(store.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
  store.files.fail_at(call, fault, leaves);
  // Where the hard link alone fails a copy does.
  const bool stored = store.cache.store(*world.new_bundle, state_of(*world.new_bundle)).ok();
  CHECK((!stored || (fault == Fault::Once && call == 3)));
  store.files.heal();

  Cache reopened(store.files, store.cache.directory());
  const auto state = reopened.load_state();
  REQUIRE(state.ok());
  REQUIRE(state->floor.has_value());
  CHECK(state->floor->version.compare(world.old_bundle->payload().version) >= 0);
  CHECK(state->sidecar_id == "host-1");
  const auto found = world.reopen(reopened, *state);
  const bool is_old = found->bytes() == world.old_bundle->bytes();
  const bool is_new = found->bytes() == world.new_bundle->bytes();
  CHECK((is_new || (is_old && !stored)));
  // A state that is ahead of its bundle would refuse the only bundle there is.
  CHECK(found->payload().version.compare(state->floor->version) >= 0);

  REQUIRE(reopened.store(*world.new_bundle, state_of(*world.new_bundle)).ok());
  CHECK(world.reopen(reopened, *reopened.load_state())->bytes() == world.new_bundle->bytes());
}

}  // namespace

TEST_CASE("cache: an update that breaks at any change leaves the old or the new bundle whole") {
  const World world;
  const std::size_t changes = changes_of_update(world);
  REQUIRE(changes >= 6);
  for (std::size_t call = 1; call <= changes; ++call) {
    CAPTURE(call);
    for (const Fault fault : {Fault::Once, Fault::Dead}) {
      for (const Leaves leaves : {Leaves::Nothing, Leaves::PartOfFile}) check_update(world, call, fault, leaves);
    }
  }
}

TEST_CASE("cache: an update that is tried again never keeps the new bundle in the old one's place") {
  const World world;
  constexpr std::size_t kMoreThanAnUpdate = 20;
  for (std::size_t call = 1; call <= kMoreThanAnUpdate; ++call) {
    for (const bool links : {true, false}) {
      CAPTURE(call);
      CAPTURE(links);
      Store store;
      if (!links) store.files.has_no_links();
      REQUIRE(store.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
      store.files.fail_at(call, Fault::Once);
      (void)store.cache.store(*world.new_bundle, state_of(*world.new_bundle));
      store.files.heal();
      REQUIRE(store.cache.store(*world.new_bundle, state_of(*world.new_bundle)).ok());
      const auto versions = store.cache.previous_versions();
      REQUIRE(versions.ok());
      for (const Version& version : *versions) {
        CHECK(version.text() == world.old_bundle->payload().version.text());
        CHECK(store.cache.load_previous(version, kDefaultMaxBundleBytes)->bytes() == world.old_bundle->bytes());
      }
    }
  }
}

TEST_CASE("cache: a first store that breaks leaves no bundle or the whole one") {
  const World world;
  Store whole;
  REQUIRE(whole.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
  for (std::size_t call = 1; call <= whole.files.calls(); ++call) {
    CAPTURE(call);
    Store store;
    store.files.fail_at(call, Fault::Dead, Leaves::PartOfFile);
    CHECK_FALSE(store.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
    store.files.heal();
    const auto state = store.cache.load_state();
    REQUIRE(state.ok());
    const auto sealed = store.cache.load_bundle(kDefaultMaxBundleBytes);
    REQUIRE(sealed.ok());
    if (sealed->has_value()) CHECK((*sealed)->bytes() == world.old_bundle->bytes());
    // No floor without its bundle.
    if (state->floor) CHECK(sealed->has_value());
  }
}

TEST_CASE("cache: a clear that breaks never leaves the bundle without its floor") {
  const World world;
  Store whole;
  REQUIRE(whole.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
  whole.files.heal();
  REQUIRE(whole.cache.clear(false).ok());
  for (std::size_t call = 1; call <= whole.files.calls(); ++call) {
    CAPTURE(call);
    Store store;
    REQUIRE(store.cache.store(*world.old_bundle, state_of(*world.old_bundle)).ok());
    store.files.fail_at(call, Fault::Dead, Leaves::PartOfFile);
    CHECK_FALSE(store.cache.clear(false).ok());
    store.files.heal();
    const auto state = store.cache.load_state();
    REQUIRE(state.ok());
    CHECK(state->sidecar_id == "host-1");
    const auto sealed = store.cache.load_bundle(kDefaultMaxBundleBytes);
    REQUIRE(sealed.ok());
    if (sealed->has_value()) CHECK(state->floor.has_value());
    CHECK(store.cache.clear(false).ok());
  }
}

TEST_CASE("cache: a root that is pinned while the disk breaks leaves the older root") {
  const auto key = test::make_key();
  const TrustRoot first = TrustRoot::parse(test::root_bytes({&key}, {.version = 1})).value();
  TrustChain chain(first);
  REQUIRE(chain.extend(TrustRoot::parse(test::root_bytes({&key}, {.version = 2})).value()).ok());
  Store whole;
  REQUIRE(whole.cache.store_roots(chain, 1).ok());
  whole.files.heal();
  REQUIRE(whole.cache.store_roots(chain, 2).ok());
  for (std::size_t call = 1; call <= whole.files.calls(); ++call) {
    CAPTURE(call);
    Store store;
    REQUIRE(store.cache.store_roots(chain, 1).ok());
    store.files.fail_at(call, Fault::Dead, Leaves::PartOfFile);
    CHECK_FALSE(store.cache.store_roots(chain, 2).ok());
    store.files.heal();
    const auto loaded = store.cache.load_roots(nullptr);
    REQUIRE(loaded.ok());
    REQUIRE(loaded->has_value());
    CHECK((*loaded)->anchor().digest() == first.digest());
  }
}

}  // namespace guardian::bundle
