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
  return {bundle.as_floor(), test::instant_of("2026-04-18T11:00:00.000000007Z"), "\"v1-\xC3\xA4\"",
          test::instant_of("2026-04-18T10:30:00Z"), "host-1a2b3c4d"};
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
  CHECK_FALSE(fixture.cache.load_root()->has_value());
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
  CHECK(state->etag == expected.etag);
  CHECK(state->time_floor == expected.time_floor);
  CHECK(state->sidecar_id == expected.sidecar_id);
}

TEST_CASE("cache: the directory is for its owner alone, and so are its files") {
  Fixture fixture;
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.prepare().ok());
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  REQUIRE(fixture.cache.store_root(TrustRoot::parse(test::root_bytes({&fixture.key})).value()).ok());
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

TEST_CASE("cache: the newest root that parses is loaded") {
  Fixture fixture;
  for (const std::uint64_t version : {std::uint64_t{9}, std::uint64_t{10}}) {
    REQUIRE(fixture.cache.store_root(TrustRoot::parse(test::root_bytes({&fixture.key}, {.version = version})).value())
                .ok());
  }
  CHECK((*fixture.cache.load_root())->version() == 10);
  fixture.dir.write("cache/roots/11.json", "{");
  fixture.dir.write("cache/roots/12.json", fixture.dir.read("cache/roots/9.json"));
  fixture.dir.write("cache/roots/99.json.tmp", "{");
  fixture.dir.write("cache/roots/latest.json", "{");
  CHECK((*fixture.cache.load_root())->version() == 10);
}

TEST_CASE("cache: roots of which none parses are an error, not a cache without roots") {
  Fixture fixture;
  fixture.dir.write("cache/roots/1.json", "{");
  CHECK_FALSE(fixture.cache.load_root().ok());
}

TEST_CASE("cache: an anchor of bare keys can be pinned") {
  Fixture fixture;
  REQUIRE(fixture.cache.store_root(TrustRoot::parse(fixture.key.public_key().pem()).value()).ok());
  const auto root = fixture.cache.load_root();
  REQUIRE(root.ok());
  REQUIRE(root->has_value());
  CHECK((*root)->keys().at(0).thumbprint() == fixture.key.public_key().thumbprint());
}

TEST_CASE("cache: clear forgets the floor, keeps limits, sidecar id and audit") {
  Fixture fixture;
  const auto bundle = BundleBuilder().verified(fixture.key);
  REQUIRE(fixture.cache.store(*bundle, full_state(*bundle)).ok());
  REQUIRE(fixture.cache.store_root(TrustRoot::parse(test::root_bytes({&fixture.key})).value()).ok());
  fixture.dir.write("cache/limits/counts", "1");
  fixture.dir.write("cache/audit/segment", "2");
  fixture.dir.write("cache/previous/1", "3");
  fixture.dir.write("cache/quarantine/1", "4");
  fixture.dir.write("cache/somebody-elses", "5");
  REQUIRE(fixture.cache.clear(false).ok());
  CHECK_FALSE(fixture.cache.load_bundle(kDefaultMaxBundleBytes)->has_value());
  CHECK_FALSE(fixture.cache.load_root()->has_value());
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
