#include "guardian/tools/replay_bundles.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/base/file_system.h"
#include "replay_trail.h"
#include "support/temp_dir.h"

namespace guardian {

namespace {

// A cache that took two bundles one after the other.
struct TwoBundles {
  TwoBundles() {
    REQUIRE(cache.prepare().ok());
    store("2026-04-18T10:30:00Z");
    store("2026-04-18T11:30:00Z");
  }
  void store(std::string_view date) {
    const auto bundle = test::BundleBuilder().date(date).verified(key);
    bundle::CacheState state;
    state.floor = bundle->as_floor();
    REQUIRE(cache.store(*bundle, state).ok());
    cache.vouch_for_current(bundle->payload().version);
  }

  crypto::PrivateKey key = test::make_key();
  test::TempDir dir;
  base::SystemFileSystem files;
  bundle::Cache cache{files, dir.path()};
};

std::string version_of(const std::shared_ptr<const tools::ReplayBundle>& bundle) {
  return bundle == nullptr ? "none" : bundle->engine().payload().version.text();
}

constexpr std::string_view kLimited =
    R"({"name":"docs","version":"1","appliesTo":{"agentIds":["*"]},"rateLimits":{"requestsPerHour":9},"rules":[)"
    R"({"id":"read","effect":"allow","actions":["read:*"],"rateLimit":{"requestsPerMinute":2}},)"
    R"({"id":"free","effect":"allow","actions":["list:*"]}]})";

}  // namespace

TEST_CASE("replay bundles: the current bundle and those before it are found by version") {
  TwoBundles world;
  tools::KeptBundles kept(world.cache, bundle::TrustChain(test::trust_in({&world.key})), std::size_t{1} << 20);
  for (const char* const version : {"2026-04-18T10:30:00Z", "2026-04-18T11:30:00Z", "2026-04-18T10:30:00Z"}) {
    CHECK(version_of(kept.of(version)) == version);
  }
  CHECK(kept.of("2026-04-18T12:30:00Z") == nullptr);
  CHECK(version_of(kept.of("2026-04-18T11:30:00Z")) == "2026-04-18T11:30:00Z");
}

TEST_CASE("replay bundles: a version that is none names no file") {
  TwoBundles world;
  tools::KeptBundles kept(world.cache, bundle::TrustChain(test::trust_in({&world.key})), std::size_t{1} << 20);
  CHECK(kept.of("") == nullptr);
  CHECK(kept.of("../current") == nullptr);
}

TEST_CASE("replay bundles: a bundle that nobody trusted vouches for is not used") {
  TwoBundles world;
  const crypto::PrivateKey other = test::make_key();
  tools::KeptBundles kept(world.cache, bundle::TrustChain(test::trust_in({&other})), std::size_t{1} << 20);
  CHECK(kept.of("2026-04-18T10:30:00Z") == nullptr);
  CHECK(kept.of("2026-04-18T11:30:00Z") == nullptr);
}

TEST_CASE("replay bundles: what an allow was counted against follows from policy and rule") {
  const tools::ReplayBundle bundle(test::replay_engine(kLimited));
  const limits::Charge both = bundle.charge_of("docs", "read", "agent_abc123");
  REQUIRE(both.size == 2);
  CHECK(both.counters[0].rule == "read");
  CHECK(both.counters[0].maxima == limits::Maxima{.per_minute = 2});
  CHECK(both.counters[0].agent == "agent_abc123");
  CHECK(both.counters[1].rule.empty());
  CHECK(both.counters[1].maxima == limits::Maxima{.per_hour = 9});
  CHECK(bundle.charge_of("docs", "free", "agent_abc123").size == 1);
  CHECK(bundle.charge_of("docs", "default", "agent_abc123").size == 1);
  CHECK(bundle.charge_of("other", "read", "agent_abc123").size == 0);
}

TEST_CASE("replay bundles: unknown agents share a count, as in the engine") {
  const tools::ReplayBundle bundle(test::replay_engine(kLimited));
  CHECK(bundle.charge_of("docs", "read", "nobody").counters[0].agent.empty());
  policy::Request request;
  request.action = "read:x";
  const auto decided = bundle.engine().decide({"agent_abc123", request, {}}, base::TimePoint());
  REQUIRE(decided.charge.size == 2);
  const limits::Charge same = bundle.charge_of("docs", "read", "agent_abc123");
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(same.counters[i].policy == decided.charge.counters[i].policy);
    CHECK(same.counters[i].rule == decided.charge.counters[i].rule);
    CHECK(same.counters[i].agent == decided.charge.counters[i].agent);
    CHECK(same.counters[i].maxima == decided.charge.counters[i].maxima);
  }
}

}  // namespace guardian
