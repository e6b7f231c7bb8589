#include "guardian/bundle/cache.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "guardian/bundle/cache_state.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;
using test::BundleBuilder;

struct Fixture {
  test::TempDir dir;
  base::SystemFileSystem files;
  crypto::PrivateKey key = test::make_key();
  Cache cache{files, dir.file("cache")};
};

CacheState full_state(const VerifiedBundle& bundle) {
  return {bundle.as_floor(),
          test::instant_of("2026-04-18T11:00:00.000000007Z"),
          "\"v1-\xC3\xA4\"",
          test::instant_of("2026-04-18T10:30:00Z"),
          "host-1a2b3c4d",
          TrustFloor{3, crypto::sha256("anchor")},
          test::instant_of("2026-04-18T10:29:00Z")};
}

// Pins the roots 1 to `newest`, each signed by the key that all of them name.
base::Status pin(Fixture& fixture, std::uint64_t newest) {
  TrustChain chain(TrustRoot::parse(test::root_bytes({&fixture.key})).value());
  for (std::uint64_t version = 2; version <= newest; ++version) {
    REQUIRE(chain.extend(TrustRoot::parse(test::root_bytes({&fixture.key}, {.version = version})).value()).ok());
  }
  return fixture.cache.store_roots(chain, newest);
}

unsigned mode_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return static_cast<unsigned>(info.st_mode) & 0777U;
}

}  // namespace

TEST_CASE("cache: an unused one holds nothing") {
  const Fixture fixture;
  CHECK_FALSE(fixture.cache.load_bundle(kDefaultMaxBundleBytes)->has_value());
  CHECK_FALSE(fixture.cache.load_roots(nullptr)->has_value());
  const auto state = fixture.cache.load_state();
  REQUIRE(state.ok());
  CHECK_FALSE(state->floor.has_value());
  CHECK(state->sidecar_id.empty());
  CHECK_FALSE(fixture.dir.exists("cache"));
}

TEST_CASE("cache: what is stored is what is loaded, byte by byte") {
  Fixture fixture;
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  const auto sealed = fixture.cache.load_bundle(kDefaultMaxBundleBytes);
  REQUIRE(sealed.ok());
  REQUIRE(sealed->has_value());
  CHECK((*sealed)->bytes() == bundle->bytes());

  const auto state = fixture.cache.load_state();
  REQUIRE(state.ok());
  const CacheState expected = full_state(*bundle);
  REQUIRE(state->floor.has_value());
  CHECK(state->floor->version.compare(expected.floor->version) == 0);
  CHECK(state->floor->payload_digest == expected.floor->payload_digest);
  CHECK(state->last_sync == expected.last_sync);
  CHECK(state->last_sync_floor == expected.last_sync_floor);
  CHECK(state->etag == expected.etag);
  CHECK(state->time_floor == expected.time_floor);
  CHECK(state->sidecar_id == expected.sidecar_id);
  REQUIRE(state->trust.has_value());
  CHECK(state->trust->version == expected.trust->version);
  CHECK(state->trust->anchor == expected.trust->anchor);
}

TEST_CASE("cache: the directory is for its owner alone, and so are its files") {
  Fixture fixture;
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.prepare().ok());
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  REQUIRE(pin(fixture, 1).ok());
  CHECK(mode_of(fixture.cache.directory()) == 0700U);
  CHECK(mode_of(fixture.dir.file("cache/roots")) == 0700U);
  CHECK(mode_of(fixture.cache.bundle_path()) == 0600U);
  CHECK(mode_of(fixture.dir.file("cache/state.json")) == 0600U);
  CHECK(mode_of(fixture.dir.file("cache/roots/1.json")) == 0600U);
}

TEST_CASE("cache: a bundle that is no envelope is said, one over the limit too") {
  Fixture fixture;
  fixture.dir.write("cache/current.bundle.json", "{\"payload");
  const auto broken = fixture.cache.load_bundle(kDefaultMaxBundleBytes);
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code() == ErrorCode::Malformed);
  CHECK(fixture.cache.load_bundle(4).error().code() == ErrorCode::TooLarge);
}

TEST_CASE("cache: a state that is not exactly one is malformed") {
  Fixture fixture;
  const std::string digest(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("{\"etag\":1}"), std::string("{\"etag\":null}"),
        std::string("{\"colour\":\"red\"}"), std::string("{\"floor\":{\"version\":\"7\"}}"),
        std::string("{\"floor\":{\"version\":7,\"payloadSha256\":\"") + digest + "\"}}",
        std::string("{\"floor\":{\"version\":\"x\",\"payloadSha256\":\"") + digest + "\"}}",
        std::string("{\"floor\":{\"version\":\"7\",\"payloadSha256\":\"") + digest + "a\"}}",
        std::string("{\"floor\":{\"version\":\"7\",\"payloadSha256\":\"") + digest.substr(1) + "g\"}}",
        std::string("{\"lastSync\":\"never\"}"), std::string(std::size_t{1} << 20, ' ')}) {
    CAPTURE(text.substr(0, 80));
    fixture.dir.write("cache/state.json", text);
    const auto state = fixture.cache.load_state();
    REQUIRE_FALSE(state.ok());
    CHECK(state.error().code() == ErrorCode::Malformed);
  }
}

TEST_CASE("cache: whatever is in a state, it can be read back") {
  const auto round_trip = [](const CacheState& state) { return parse_state(write_state(state)); };
  CacheState state;
  state.etag = "\xFF\xFE";
  state.sidecar_id = "a\"b\n";
  state.time_floor = base::Instant{-99'999'999'999, 5};
  state.last_sync = base::Instant{999'999'999'999, 999'999'999};
  const auto read = round_trip(state);
  REQUIRE(read.ok());
  CHECK(read->etag.empty());
  CHECK(read->sidecar_id == "a\"b\n");
  CHECK(read->time_floor == base::Instant{0, 5});
  CHECK(read->last_sync == test::instant_of("9999-12-31T23:59:59.999999999Z"));
  CHECK(round_trip(CacheState()).ok());
  state.floor = VersionFloor{Version::parse("18446744073709551615").value(), crypto::sha256("x")};
  CHECK(round_trip(state)->floor->version.text() == "18446744073709551615");
}

TEST_CASE("cache: pinned roots are a chain from the oldest that parses, as far as each proves the next") {
  Fixture fixture;
  REQUIRE(pin(fixture, 11).ok());
  CHECK((*fixture.cache.load_roots(nullptr))->newest().version() == 11);
  CHECK((*fixture.cache.load_roots(nullptr))->anchor().version() == 1);
  fixture.dir.write("cache/roots/13.json", fixture.dir.read("cache/roots/9.json"));
  fixture.dir.write("cache/roots/99.json.tmp", "{");
  fixture.dir.write("cache/roots/latest.json", "{");
  CHECK((*fixture.cache.load_roots(nullptr))->newest().version() == 11);
  fixture.dir.write("cache/roots/10.json", "{");
  CHECK((*fixture.cache.load_roots(nullptr))->newest().version() == 9);
  fixture.dir.write("cache/roots/1.json", "{");
  CHECK((*fixture.cache.load_roots(nullptr))->anchor().version() == 2);
}

TEST_CASE("cache: a root that its forerunner did not sign ends the chain") {
  Fixture fixture;
  REQUIRE(pin(fixture, 2).ok());
  const auto stranger = test::make_key();
  fixture.dir.write("cache/roots/3.json", test::root_bytes({&stranger}, {.version = 3}));
  CHECK((*fixture.cache.load_roots(nullptr))->newest().version() == 2);
}

TEST_CASE("cache: with an anchor the roots that were reached from it count, and no others") {
  Fixture fixture;
  REQUIRE(pin(fixture, 3).ok());
  const auto stranger = test::make_key();
  const auto other = TrustRoot::parse(test::root_bytes({&stranger})).value();
  const auto own = TrustRoot::parse(test::root_bytes({&fixture.key}, {.version = 2})).value();
  const auto bare = TrustRoot::parse(fixture.key.public_key().pem()).value();
  CHECK((*fixture.cache.load_roots(&own))->newest().version() == 3);
  CHECK((*fixture.cache.load_roots(&other))->newest().digest() == other.digest());
  CHECK((*fixture.cache.load_roots(&bare))->roots().size() == 1);
}

TEST_CASE("cache: roots older than the anchor are dropped, so that they are not taken for the pinned one") {
  Fixture fixture;
  REQUIRE(pin(fixture, 3).ok());
  const auto other = test::make_key();
  const TrustChain chain(TrustRoot::parse(test::root_bytes({&other}, {.version = 3})).value());
  REQUIRE(fixture.cache.store_roots(chain, 3).ok());
  CHECK((*fixture.cache.load_roots(nullptr))->anchor().digest() == chain.anchor().digest());
  CHECK_FALSE(fixture.dir.exists("cache/roots/1.json"));
}

TEST_CASE("cache: roots of which none parses are an error, not a cache without roots") {
  Fixture fixture;
  fixture.dir.write("cache/roots/1.json", "{");
  CHECK_FALSE(fixture.cache.load_roots(nullptr).ok());
}

TEST_CASE("cache: bare keys are not pinned") {
  Fixture fixture;
  const TrustChain chain(TrustRoot::parse(fixture.key.public_key().pem()).value());
  REQUIRE(fixture.cache.store_roots(chain, 7).ok());
  CHECK_FALSE(fixture.cache.load_roots(nullptr)->has_value());
}

TEST_CASE("cache: the bundles before the current one are kept by version, the newest ones") {
  Fixture fixture;
  Cache cache(fixture.files, fixture.dir.file("cache"), 2);
  for (const char* date :
       {"2026-04-18T10:30:00Z", "2026-04-18T11:30:00Z", "2026-04-18T12:30:00Z", "2026-04-19T10:30:00Z"}) {
    const auto bundle = BundleBuilder().date(date).verified(fixture.key);
    REQUIRE(cache.store(*bundle, full_state(*bundle)).ok());
  }
  const auto versions = cache.previous_versions();
  REQUIRE(versions.ok());
  REQUIRE(versions->size() == 2);
  CHECK((*versions)[0].text() == "2026-04-18T12:30:00Z");
  CHECK((*versions)[1].text() == "2026-04-18T11:30:00Z");
  CHECK(cache.load_previous((*versions)[1], kDefaultMaxBundleBytes)->bytes() ==
        BundleBuilder().date("2026-04-18T11:30:00Z").bytes({&fixture.key}));
  CHECK(mode_of(fixture.dir.file("cache/previous")) == 0700U);
}

TEST_CASE("cache: with a history of none nothing is kept") {
  Fixture fixture;
  Cache cache(fixture.files, fixture.dir.file("cache"), 0);
  for (const char* date : {"2026-04-18T10:30:00Z", "2026-04-18T11:30:00Z"}) {
    const auto bundle = BundleBuilder().date(date).verified(fixture.key);
    REQUIRE(cache.store(*bundle, full_state(*bundle)).ok());
  }
  CHECK(cache.previous_versions()->empty());
}

TEST_CASE("cache: a current bundle that nobody verified does not become a previous one") {
  Fixture fixture;
  fixture.dir.write("cache/current.bundle.json", "{\"payload");
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  CHECK(fixture.cache.previous_versions()->empty());
}

TEST_CASE("cache: quarantine takes the current bundle away, names why, and keeps the last five") {
  Fixture fixture;
  for (int number = 1; number <= 7; ++number) {
    fixture.dir.write("cache/current.bundle.json", "damaged " + std::to_string(number));
    const auto moved = fixture.cache.quarantine_current("malformed");
    REQUIRE(moved.ok());
    CHECK(*moved == fixture.dir.file("cache/quarantine/" + std::to_string(number) + "-malformed.bundle.json"));
    CHECK_FALSE(fixture.cache.may_hold_bundle());
  }
  CHECK(fixture.files.list(fixture.dir.file("cache/quarantine"))->size() == 5);
  CHECK(fixture.dir.read("cache/quarantine/7-malformed.bundle.json") == "damaged 7");
  CHECK_FALSE(fixture.dir.exists("cache/quarantine/2-malformed.bundle.json"));
}

TEST_CASE("cache: clear forgets the floor, keeps limits, sidecar id and audit") {
  Fixture fixture;
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  REQUIRE(pin(fixture, 1).ok());
  fixture.dir.write("cache/limits/counts", "1");
  fixture.dir.write("cache/audit/segment", "2");
  fixture.dir.write("cache/previous/1", "3");
  fixture.dir.write("cache/quarantine/1", "4");
  fixture.dir.write("cache/somebody-elses", "5");
  REQUIRE(fixture.cache.clear(false).ok());
  CHECK_FALSE(fixture.cache.load_bundle(kDefaultMaxBundleBytes)->has_value());
  CHECK_FALSE(fixture.cache.load_roots(nullptr)->has_value());
  const auto state = fixture.cache.load_state();
  REQUIRE(state.ok());
  CHECK_FALSE(state->floor.has_value());
  CHECK_FALSE(state->time_floor.has_value());
  CHECK(state->etag.empty());
  CHECK(state->sidecar_id == "host-1a2b3c4d");
  CHECK(fixture.dir.exists("cache/limits/counts"));
  CHECK(fixture.dir.exists("cache/audit/segment"));
  CHECK(fixture.dir.exists("cache/somebody-elses"));
  CHECK_FALSE(fixture.dir.exists("cache/previous"));
  CHECK_FALSE(fixture.dir.exists("cache/quarantine"));
  REQUIRE(fixture.cache.clear(true).ok());
  CHECK_FALSE(fixture.dir.exists("cache/audit"));
  CHECK(fixture.dir.exists("cache/limits/counts"));
}

TEST_CASE("cache: clear also works on a broken or an unused cache") {
  Fixture fixture;
  CHECK(fixture.cache.clear(false).ok());
  CHECK_FALSE(fixture.dir.exists("cache"));
  fixture.dir.write("cache/state.json", "rubbish");
  REQUIRE(fixture.cache.clear(false).ok());
  CHECK(fixture.cache.load_state().ok());
}

}  // namespace guardian::bundle
