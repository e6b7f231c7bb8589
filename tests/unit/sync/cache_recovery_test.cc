// A cache that is damaged, and what a sidecar makes of it (bundle.md section 4).
#include <doctest/doctest.h>

#include "tests/unit/sync/rig.h"

using guardian::base::ErrorCode;
using guardian::bundle::BundleSource;
using guardian::sync::Outcome;
using namespace guardian::test;

namespace {

// Two bundles were taken, the second is current.
struct TwoBundles {
  TwoBundles() {
    rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
    rig.apply(bundle_of(rig.key, kSecond), "\"2\"");
  }
  Rig rig;
};

constexpr std::string_view kThird = "2026-04-18T11:45:00Z";

}  // namespace

TEST_CASE("recovery: a damaged bundle goes to quarantine and the one before is enforced, which is said") {
  TwoBundles world;
  world.rig.flip_cached();
  world.rig.restart();
  CHECK_FALSE(world.rig.loaded);
  CHECK(world.rig.active_version() == kFirst);
  CHECK(world.rig.syncer->status().source == BundleSource::Previous);
  CHECK(world.rig.syncer->status().cache_problem.find("quarantine") != std::string::npos);
  CHECK(world.rig.dir().exists("quarantine/1-threshold_not_met.bundle.json") !=
        world.rig.dir().exists("quarantine/1-signature_invalid.bundle.json"));
  CHECK_FALSE(world.rig.dir().exists("current.bundle.json"));
}

TEST_CASE("recovery: what stands in is replaced by the floor's own bundle or a newer one, and by no other") {
  TwoBundles world;
  world.rig.flip_cached();
  world.rig.restart();
  world.rig.gateway.answers(200, bundle_of(world.rig.key, "2026-04-18T11:00:00Z"));
  CHECK(world.rig.syncer->sync_once().error->code() == ErrorCode::Rollback);
  CHECK_FALSE(world.rig.gateway.calls().back().headers.find("If-None-Match").has_value());
  CHECK(world.rig.active_version() == kFirst);
  world.rig.apply(bundle_of(world.rig.key, kSecond), "\"2\"");
  CHECK(world.rig.active_version() == kSecond);
  CHECK(world.rig.syncer->status().cache_problem.empty());
  world.rig.restart();
  CHECK(world.rig.loaded);
  CHECK(world.rig.active_version() == kSecond);
}

TEST_CASE("recovery: what stands in is said at every start until it is replaced") {
  TwoBundles world;
  world.rig.flip_cached();
  world.rig.restart();
  world.rig.restart();
  CHECK(world.rig.active_version() == kFirst);
  CHECK_FALSE(world.rig.syncer->status().cache_problem.empty());
  world.rig.apply(bundle_of(world.rig.key, kThird));
  CHECK(world.rig.syncer->status().cache_problem.empty());
}

TEST_CASE("recovery: of the bundles before, the newest that verifies is taken") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst));
  rig.apply(bundle_of(rig.key, kSecond));
  rig.apply(bundle_of(rig.key, kThird));
  rig.dir().write("previous/" + std::string(kSecond) + ".bundle.json", "{");
  rig.dir().write("current.bundle.json", "");
  rig.restart();
  CHECK(rig.active_version() == kFirst);
}

TEST_CASE("recovery: a bundle kept under another version's name is not taken") {
  TwoBundles world;
  const std::string first = "previous/" + std::string(kFirst) + ".bundle.json";
  world.rig.dir().write(first, bundle_of(world.rig.key, kThird));
  world.rig.flip_cached();
  world.rig.restart();
  CHECK(world.rig.active_version() == "none");
}

TEST_CASE("recovery: a disk that cannot be read says nothing against the bundle") {
  TwoBundles world;
  guardian::base::SystemFileSystem files;
  REQUIRE(files.rename(world.rig.dir().file("current.bundle.json"), world.rig.dir().file("aside")).ok());
  REQUIRE(files.make_directories(world.rig.dir().file("current.bundle.json")).ok());
  world.rig.restart();
  CHECK(world.rig.active_version() == kFirst);
  CHECK_FALSE(world.rig.dir().exists("quarantine"));
}

TEST_CASE("recovery: a current bundle that is removed beside a running sidecar is written again") {
  TwoBundles world;
  guardian::base::SystemFileSystem files;
  REQUIRE(files.remove_all(world.rig.dir().file("current.bundle.json")).ok());
  world.rig.gateway.answers(304);
  CHECK(world.rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(world.rig.dir().read("current.bundle.json") == bundle_of(world.rig.key, kSecond));
}

TEST_CASE("recovery: a bootstrap bundle is enforced without a cache, though expired, and is replaced by a newer one") {
  Rig rig;
  const std::string bundle =
      BundleBuilder().date(kFirst).set("expiresAt", "\"2026-04-18T11:00:00Z\"").bytes({&rig.key});
  CHECK(rig.syncer->use_file(bundle, BundleSource::File).error().code() == ErrorCode::Expired);
  REQUIRE(rig.syncer->use_file(bundle, BundleSource::Bootstrap).ok());
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.syncer->status().source == BundleSource::Bootstrap);
  CHECK_FALSE(rig.dir().exists("current.bundle.json"));
  rig.gateway.answers(200, bundle_of(rig.key, "2026-04-18T10:00:00Z"));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Rollback);
  rig.apply(bundle_of(rig.key, kSecond));
  CHECK(rig.dir().exists("current.bundle.json"));
}

TEST_CASE("recovery: a bootstrap bundle is not confirmed by the ETag of a bundle that is lost") {
  TwoBundles world;
  guardian::base::SystemFileSystem files;
  REQUIRE(files.remove_all(world.rig.dir().file("current.bundle.json")).ok());
  REQUIRE(files.remove_all(world.rig.dir().file("previous")).ok());
  world.rig.restart();
  REQUIRE(world.rig.active_version() == "none");
  REQUIRE(world.rig.syncer->use_file(bundle_of(world.rig.key, kFirst), BundleSource::Bootstrap).ok());
  world.rig.apply(bundle_of(world.rig.key, kSecond), "\"2\"");
  CHECK_FALSE(world.rig.gateway.calls().back().headers.find("If-None-Match").has_value());
}

TEST_CASE("recovery: a bootstrap bundle of another kind of version does not take the floor's place") {
  Rig rig;
  const std::string numbered = BundleBuilder().set("version", "50").bytes({&rig.key});
  rig.apply(numbered, "\"50\"");
  guardian::base::SystemFileSystem files;
  REQUIRE(files.remove_all(rig.dir().file("current.bundle.json")).ok());
  rig.restart();
  REQUIRE(rig.syncer->use_file(bundle_of(rig.key, kFirst), BundleSource::Bootstrap).ok());
  CHECK_FALSE(rig.syncer->status().cache_problem.empty());
  rig.gateway.answers(200, bundle_of(rig.key, kSecond));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::VersionKind);
  rig.apply(numbered, "\"50\"");
  CHECK(rig.active_version() == "50");
}

TEST_CASE("recovery: a bootstrap bundle that stands in for a damaged one does not hide that") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kSecond));
  rig.flip_cached();
  rig.restart();
  REQUIRE(rig.syncer->use_file(bundle_of(rig.key, kFirst), BundleSource::Bootstrap).ok());
  const std::string problem = rig.syncer->status().cache_problem;
  CHECK(problem.find("quarantine") != std::string::npos);
  CHECK(problem.find("older than the newest seen") != std::string::npos);
}

TEST_CASE("recovery: a bootstrap bundle that is not ours, or is from the future, is not enforced") {
  Rig rig;
  const auto stranger = make_key();
  CHECK(rig.syncer->use_file(bundle_of(stranger, kFirst), BundleSource::Bootstrap).error().code() ==
        ErrorCode::ThresholdNotMet);
  CHECK(rig.syncer->use_file(bundle_of(rig.key, "2027-04-18T10:30:00Z"), BundleSource::Bootstrap).error().code() ==
        ErrorCode::FutureVersion);
  CHECK(rig.active_version() == "none");
}

TEST_CASE("recovery: the time floor goes on over a restart from where it was") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kSecond), "\"2\"");
  rig.clock.advance(std::chrono::hours(5));
  rig.gateway.answers(304);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  rig.clock.set("2020-01-01T00:00:00Z");
  rig.restart();
  CHECK(rig.syncer->time_floor().now() == time_of("2026-04-18T16:30:00Z"));
  rig.gateway.answers(
      200, BundleBuilder().date("2026-04-18T11:31:00Z").set("expiresAt", "\"2026-04-18T16:00:00Z\"").bytes({&rig.key}));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Expired);
}

TEST_CASE("recovery: a bundle that the cache remembers as confirmed is as old as that confirmation") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  rig.clock.advance(std::chrono::hours(2));
  rig.restart();
  CHECK(rig.syncer->age().confirmed());
  CHECK(rig.syncer->age().age() == std::chrono::hours(2));
}

TEST_CASE("recovery: a bundle issued ahead of the clock is no older after a restart than its confirmation") {
  Rig rig;
  rig.apply(bundle_of(rig.key, "2026-04-19T11:00:00Z"), "\"1\"");
  rig.clock.advance(std::chrono::minutes(1));
  rig.restart();
  CHECK(rig.syncer->time_floor().clock_behind().has_value());
  CHECK(rig.syncer->age().confirmed());
  CHECK(rig.syncer->age().age() == std::chrono::minutes(1));
}

TEST_CASE("recovery: a bundle that was issued centuries ago is not young") {
  Rig rig;
  const std::string ancient =
      BundleBuilder().set("version", "1").set("timestamp", "\"1700-01-01T00:00:00Z\"").bytes({&rig.key});
  REQUIRE(rig.syncer->use_file(ancient, BundleSource::Bootstrap).ok());
  CHECK_FALSE(rig.syncer->age().confirmed());
  CHECK(rig.syncer->age().age() > std::chrono::hours(24 * 365 * 50));
}

TEST_CASE("recovery: a clock set back before a restart makes no bundle younger than the time floor says") {
  Rig rig;
  rig.files.fail_at(1, Fault::Once);
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  rig.clock.advance(std::chrono::hours(5));
  // The gateway is away, and what could not be written is.
  REQUIRE(rig.syncer->sync_once().error->code() == ErrorCode::Network);
  rig.clock.set("2026-04-18T12:00:00Z");
  rig.restart();
  CHECK(rig.syncer->age().confirmed());
  CHECK(rig.syncer->age().age() == std::chrono::hours(5));
}

TEST_CASE("sync: a turn that is cancelled leaves everything as it was") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  const auto before = rig.syncer->status();
  std::stop_source stop;
  stop.request_stop();
  const auto report = rig.syncer->sync_once({stop.get_token(), std::chrono::seconds(30)});
  CHECK(report.outcome == Outcome::Cancelled);
  CHECK(rig.gateway.calls().back().headers.find("Prefer") == "wait=30");
  CHECK(rig.syncer->status().last_sync == before.last_sync);
  CHECK(rig.syncer->status().last_sync_success);
}
