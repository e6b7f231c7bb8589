#include <doctest/doctest.h>

#include "tests/unit/sync/rig.h"

using guardian::base::ErrorCode;
using guardian::sync::Outcome;
using guardian::sync::TrustSource;
using namespace guardian::test;

TEST_CASE("sync: a newer bundle is verified, written and activated") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst), "\"1\"");
  const auto report = rig.syncer->sync_once();
  CHECK(report.outcome == Outcome::Applied);
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.dir().read("current.bundle.json") == report.active->bundle().bytes());
  CHECK(rig.syncer->status().last_sync_success);
  CHECK(rig.syncer->status().gateway_reachable);
}

TEST_CASE("sync: a restarted sidecar enforces its cached bundle without the gateway") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst), "\"1\"");
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.restart();
  CHECK(rig.loaded);
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.syncer->age().confirmed());
  const auto report = rig.syncer->sync_once();
  CHECK(report.error->code() == ErrorCode::Network);
  CHECK(report.retry_soon);
  CHECK(rig.active_version() == kFirst);
  CHECK_FALSE(rig.syncer->status().gateway_reachable);
}

TEST_CASE("sync: the ETag is asked with, after a restart too, and 304 confirms the bundle") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst), "\"1\"");
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.restart();
  rig.clock.advance(std::chrono::hours(1));
  rig.gateway.answers(304);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.gateway.calls().back().headers.find("If-None-Match") == "\"1\"");
  CHECK(rig.syncer->age().age() == std::chrono::seconds(0));
}

TEST_CASE("sync: a 304 that nothing was asked for is a failure") {
  Rig rig;
  rig.gateway.answers(304);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Failed);
}

TEST_CASE("sync: the same bundle again is unchanged") {
  Rig rig;
  const std::string bytes = bundle_of(rig.key, kFirst);
  rig.gateway.answers(200, bytes).answers(200, bytes);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
}

TEST_CASE("sync: what does not verify is refused and the active bundle stays") {
  Rig rig;
  const auto stranger = make_key();
  std::string flipped = bundle_of(rig.key, kSecond);
  flipped[flipped.size() / 2] = flipped[flipped.size() / 2] == 'A' ? 'B' : 'A';
  const std::string unknown_operator =
      BundleBuilder()
          .date(kSecond)
          .add_policy(
              R"({"name":"q","rules":[{"effect":"deny","actions":["x"],"conditions":{"context.a":{"resembles":1}}}]})")
          .bytes({&rig.key});
  rig.gateway.answers(200, bundle_of(rig.key, kFirst));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);

  rig.gateway.answers(200, flipped)
      .answers(200, bundle_of(stranger, kSecond))
      .answers(200, BundleBuilder().date("2026-04-18T09:00:00Z").bytes({&rig.key}))
      .answers(200, unknown_operator)
      .answers(200, "garbage");
  CHECK_FALSE(rig.syncer->sync_once().error->message().empty());
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Rollback);
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::PolicyInvalid);
  const auto garbage = rig.syncer->sync_once();
  CHECK(garbage.error->code() == ErrorCode::Malformed);
  CHECK_FALSE(garbage.retry_soon);
  CHECK(rig.active_version() == kFirst);
  rig.restart();
  CHECK(rig.active_version() == kFirst);
}

TEST_CASE("sync: no status of the gateway unloads the active bundle") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  for (const int status : {401, 403, 404, 410, 429, 500, 503}) {
    rig.gateway.answers(status);
    const auto report = rig.syncer->sync_once();
    CAPTURE(status);
    CHECK((report.error->code() == ErrorCode::Unauthorized) == (status == 401 || status == 403));
    CHECK(report.retry_soon == (status == 429 || status >= 500));
    CHECK(rig.active_version() == kFirst);
    CHECK(rig.syncer->status().gateway_reachable);
    CHECK_FALSE(rig.syncer->status().last_sync_success);
  }
}

TEST_CASE("sync: a bundle that cannot be written is enforced, said, and written by the next sync") {
  Rig rig;
  const std::string bytes = bundle_of(rig.key, kFirst);
  rig.gateway.answers(200, bytes, "\"1\"").answers(304);
  rig.files.fail_at(1, Fault::Once);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Applied);
  CHECK(rig.active_version() == kFirst);
  CHECK_FALSE(rig.syncer->status().persist_problem.empty());
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.syncer->status().persist_problem.empty());
  CHECK(rig.dir().read("current.bundle.json") == bytes);
}

TEST_CASE("sync: a cached bundle that was tampered with is not enforced") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.flip_cached();
  rig.restart();
  CHECK_FALSE(rig.loaded);
  CHECK(rig.active_version() == "none");
  CHECK_FALSE(rig.syncer->status().cache_problem.empty());
  rig.gateway.answers(200, bundle_of(rig.key, kFirst));
  CHECK_FALSE(rig.syncer->sync_once().error.has_value());
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.syncer->status().cache_problem.empty());
}

TEST_CASE("sync: an older bundle put into the cache by hand is refused") {
  Rig rig;
  const std::string old = bundle_of(rig.key, kFirst);
  rig.gateway.answers(200, bundle_of(rig.key, kSecond));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.dir().write("current.bundle.json", old);
  rig.restart();
  CHECK(rig.active_version() == "none");
  CHECK(rig.dir().read("quarantine/1-rollback.bundle.json") == old);
}

TEST_CASE("sync: without a configured root the gateway's is pinned at first use and another is not taken later") {
  Rig rig;
  rig.configured_trust = false;
  rig.restart();
  rig.gateway.has_root(1, root_bytes({&rig.key})).answers(200, bundle_of(rig.key, kFirst));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  CHECK(rig.syncer->status().trust == TrustSource::FirstUse);

  rig.restart();
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.syncer->status().trust == TrustSource::Pinned);
  const auto stranger = make_key();
  rig.gateway.answers(200, bundle_of(stranger, kSecond));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::ThresholdNotMet);
}

TEST_CASE("sync: an expired trust root of the gateway is not pinned") {
  Rig rig;
  rig.configured_trust = false;
  rig.restart();
  rig.gateway.has_root(1, root_bytes({&rig.key}, {.version = 1, .threshold = 1, .expires_at = "2026-01-01T00:00:00Z"}));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Expired);
  CHECK_FALSE(rig.dir().exists("roots/1.json"));
}

TEST_CASE("sync: the time floor comes back from the cached bundle when the state is lost") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kSecond));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.dir().write("state.json", "{}");
  rig.clock.set("2020-01-01T00:00:00Z");
  rig.restart();
  REQUIRE(rig.active_version() == kSecond);
  rig.gateway.answers(
      200, BundleBuilder().date("2026-04-18T11:31:00Z").set("expiresAt", "\"2026-04-18T11:00:00Z\"").bytes({&rig.key}));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Expired);
}

TEST_CASE("sync: a clock set back does not revive what has expired") {
  Rig rig;
  rig.gateway.answers(200,
                      BundleBuilder().date(kSecond).set("expiresAt", "\"2026-05-01T00:00:00Z\"").bytes({&rig.key}));
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.clock.set("2020-01-01T00:00:00Z");
  rig.gateway.answers(
      200, BundleBuilder().date("2026-04-18T11:31:00Z").set("expiresAt", "\"2026-04-18T11:00:00Z\"").bytes({&rig.key}));
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Expired);
}

TEST_CASE("sync: a cache cleared beside us is fetched and written anew, and its version floor is forgotten") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kSecond), "\"2\"").answers(200, bundle_of(rig.key, kFirst), "\"1\"");
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  guardian::base::SystemFileSystem files;
  REQUIRE(guardian::bundle::Cache(files, rig.dir().path()).clear(false).ok());
  CHECK(rig.active_version() == kSecond);
  CHECK(rig.syncer->sync_once().outcome == Outcome::Applied);
  CHECK_FALSE(rig.gateway.calls().back().headers.find("If-None-Match").has_value());
  CHECK(rig.active_version() == kFirst);
  CHECK(rig.dir().exists("current.bundle.json"));
}

TEST_CASE("sync: a cache cleared beside us is forgotten also while nothing is enforced") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kSecond));
  rig.flip_cached();
  rig.restart();
  REQUIRE(rig.active_version() == "none");
  guardian::base::SystemFileSystem files;
  REQUIRE(guardian::bundle::Cache(files, rig.dir().path()).clear(false).ok());
  rig.apply(bundle_of(rig.key, kFirst));
}

TEST_CASE("sync: a cache cleared beside us is forgotten also while a bundle waits to be written") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst));
  rig.files.fail_at(1, Fault::Dead);
  rig.apply(bundle_of(rig.key, kSecond));
  REQUIRE_FALSE(rig.syncer->status().persist_problem.empty());
  rig.files.heal();
  guardian::base::SystemFileSystem files;
  REQUIRE(guardian::bundle::Cache(files, rig.dir().path()).clear(false).ok());
  rig.apply(bundle_of(rig.key, kFirst));
}

TEST_CASE("sync: what was cleared is not written back while the gateway is away") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kSecond), "\"2\"");
  guardian::base::SystemFileSystem files;
  REQUIRE(guardian::bundle::Cache(files, rig.dir().path()).clear(false).ok());
  for (int turn = 0; turn < 3; ++turn) CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Network);
  CHECK(rig.active_version() == kSecond);
  CHECK_FALSE(rig.dir().exists("current.bundle.json"));
  rig.restart();
  CHECK(rig.active_version() == "none");
  rig.apply(bundle_of(rig.key, kFirst));
}

TEST_CASE("sync: what could not be written is tried again even while the gateway is away") {
  Rig rig;
  rig.gateway.answers(200, bundle_of(rig.key, kFirst));
  rig.files.fail_at(1, Fault::Once);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  REQUIRE_FALSE(rig.syncer->status().persist_problem.empty());
  CHECK(rig.syncer->sync_once().error->code() == ErrorCode::Network);
  CHECK(rig.syncer->status().persist_problem.empty());
  CHECK(rig.dir().exists("current.bundle.json"));
}

TEST_CASE("sync: an unreadable state is said until it has been written anew, and the cached bundle counts meanwhile") {
  Rig rig;
  const std::string bytes = bundle_of(rig.key, kFirst);
  rig.gateway.answers(200, bytes).answers(200, bytes);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Applied);
  rig.dir().write("state.json", "{bad");
  rig.restart();
  CHECK(rig.active_version() == kFirst);
  CHECK_FALSE(rig.syncer->status().cache_problem.empty());
  CHECK(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  CHECK(rig.syncer->status().cache_problem.empty());
}

TEST_CASE("sync: a root that is pinned anew after a clear is said anew, and what was wrong with the old one no more") {
  Rig rig;
  rig.configured_trust = false;
  rig.restart();
  rig.gateway.has_root(1, root_bytes({&rig.key}));
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  CHECK(rig.syncer->status().first_uses == 1);
  const auto other = make_key();
  rig.gateway.has_root(1, root_bytes({&other})).answers(304);
  REQUIRE(rig.syncer->sync_once().outcome == Outcome::Unchanged);
  REQUIRE_FALSE(rig.syncer->status().trust_problem.empty());
  CHECK(rig.syncer->status().first_uses == 1);
  guardian::base::SystemFileSystem files;
  REQUIRE(guardian::bundle::Cache(files, rig.dir().path()).clear(false).ok());
  rig.apply(bundle_of(other, kFirst));
  CHECK(rig.syncer->status().first_uses == 2);
  CHECK(rig.syncer->status().trust_problem.empty());
}

TEST_CASE("sync: an answer that says it was held, and came at once without news, was not held") {
  Rig rig;
  rig.apply(bundle_of(rig.key, kFirst), "\"1\"");
  const guardian::sync::Turn turn{{}, std::chrono::seconds(30)};
  rig.gateway.answers(304).held();
  CHECK_FALSE(rig.syncer->sync_once(turn).held);
  rig.gateway.answers(200, bundle_of(rig.key, kFirst), "\"1\"").held();
  CHECK_FALSE(rig.syncer->sync_once(turn).held);
  rig.gateway.answers(304).held([&] { rig.clock.advance(std::chrono::seconds(30)); });
  CHECK(rig.syncer->sync_once(turn).held);
  rig.gateway.answers(200, bundle_of(rig.key, kSecond), "\"2\"").held();
  CHECK(rig.syncer->sync_once(turn).held);
}
