#include "guardian/gateway/sidecar_statuses.h"

#include <doctest/doctest.h>

using guardian::gateway::parse_status;
using guardian::gateway::SidecarStatuses;

TEST_CASE("sidecar statuses: the last one of each is kept") {
  SidecarStatuses statuses;
  CHECK_FALSE(statuses.record("a", {"healthy", "1"}).has_value());
  CHECK_FALSE(statuses.record("b", {"degraded", "1"}).has_value());
  CHECK(statuses.record("a", {"degraded", "2"})->status == "healthy");
  CHECK(statuses.record("a", {"healthy", "3"})->bundle_version == "2");
  CHECK(statuses.size() == 2);
}

TEST_CASE("sidecar statuses: past the bound the one that was silent for longest is forgotten") {
  SidecarStatuses statuses(2);
  statuses.record("a", {"healthy", "1"});
  statuses.record("b", {"healthy", "1"});
  statuses.record("a", {"healthy", "2"});
  statuses.record("c", {"healthy", "1"});
  CHECK(statuses.size() == 2);
  CHECK(statuses.record("a", {"healthy", "3"}).has_value());
  CHECK_FALSE(statuses.record("b", {"healthy", "1"}).has_value());
}

TEST_CASE("sidecar statuses: what is kept of one has a bound") {
  const std::string longer(5'000, 'v');
  const auto status = parse_status(R"({"status":"healthy","bundleVersion":")" + longer + "\"}");
  REQUIRE(status.ok());
  CHECK(status->bundle_version.size() < 200);
  SidecarStatuses statuses;
  statuses.record(longer + "a", *status);
  CHECK(statuses.record(longer + "b", *status).has_value());
}
