#include "guardian/sidecar/health.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"

using guardian::sidecar::HealthInput;
using guardian::sidecar::HealthState;
using guardian::sidecar::judge_health;
using namespace guardian::test;

namespace {

std::shared_ptr<const guardian::decision::Snapshot> snapshot_of(const BundleBuilder& builder) {
  return std::make_shared<const guardian::decision::Snapshot>(builder.verified(make_key()));
}

HealthInput synced(const guardian::decision::Snapshot* snapshot) {
  HealthInput input;
  input.snapshot = snapshot;
  input.now = time_of("2026-04-18T12:00:00Z");
  input.sync.last_sync = input.now;
  input.sync.last_sync_success = true;
  input.sync.gateway_reachable = true;
  input.age = std::chrono::seconds(272);
  input.uptime = std::chrono::seconds(86'400);
  return input;
}

}  // namespace

TEST_CASE("health: the documented members in the documented order") {
  const auto snapshot = snapshot_of(BundleBuilder());
  const auto health = judge_health(synced(snapshot.get()));
  CHECK(health.state == HealthState::Healthy);
  CHECK(health.http_status() == 200);
  CHECK(health.body.starts_with(R"({"status":"healthy","mode":"enforce","bundleVersion":"2026-04-18T10:30:00Z",)"
                                R"("bundleAge":"4m32s","lastSync":"2026-04-18T12:00:00Z","lastSyncSuccess":true,)"
                                R"("gatewayReachable":true,"cachedPolicies":1,"cachedAgents":1,"uptimeSeconds":86400,)"
                                R"("version":")"));
  CHECK(health.body.ends_with(
      R"("trust":"configured","lastSyncError":null,"auditPending":0,"auditDropped":0,"problems":[]})"));
}

TEST_CASE("health: no bundle is unhealthy") {
  const auto health = judge_health(synced(nullptr));
  CHECK(health.http_status() == 503);
  CHECK(health.body.find(R"("bundleVersion":null,"bundleAge":null)") != std::string::npos);
}

TEST_CASE("health: a gateway that is away is not by itself degraded") {
  const auto snapshot = snapshot_of(BundleBuilder());
  HealthInput input = synced(snapshot.get());
  input.sync.gateway_reachable = false;
  input.sync.last_sync_success = false;
  input.sync.last_error = "connection refused";
  const auto health = judge_health(input);
  CHECK(health.state == HealthState::Healthy);
  CHECK(health.body.find(R"("lastSyncError":"connection refused")") != std::string::npos);
}

TEST_CASE("health: an expired bundle, a clock behind it, a bad cache and an unwritable disk are degraded and said") {
  const auto snapshot = snapshot_of(BundleBuilder().set("expiresAt", "\"2026-04-19T00:00:00Z\""));
  HealthInput expired = synced(snapshot.get());
  expired.now = time_of("2026-04-19T00:00:00Z");
  HealthInput behind = synced(snapshot.get());
  behind.clock_behind = std::chrono::hours(3);
  HealthInput bad_cache = synced(snapshot.get());
  bad_cache.sync.cache_problem = "cached bundle: flipped";
  HealthInput full_disk = synced(snapshot.get());
  full_disk.sync.persist_problem = "no space left";
  HealthInput waiting = synced(snapshot.get());
  waiting.sync.waiting_root = 2;
  HealthInput gap = synced(snapshot.get());
  gap.sync.trust_problem = "there is a gap";
  HealthInput old = synced(snapshot.get());
  old.too_old = true;
  for (const HealthInput& input : {expired, behind, bad_cache, full_disk, waiting, gap, old}) {
    const auto health = judge_health(input);
    CHECK(health.state == HealthState::Degraded);
    CHECK(health.http_status() == 200);
    const auto parsed = guardian::json::parse(health.body);
    REQUIRE(parsed.ok());
    CHECK(parsed->root().find("problems")->as_list().size() == 1);
  }
}
