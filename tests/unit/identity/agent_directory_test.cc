#include "guardian/identity/agent_directory.h"

#include <doctest/doctest.h>

#include "support/bundle_builder.h"

using guardian::identity::AgentDirectory;

TEST_CASE("agents: listed ones are found by their exact id and others are not") {
  const auto payload = guardian::bundle::parse_payload(guardian::test::BundleBuilder().payload());
  REQUIRE(payload.ok());
  const AgentDirectory directory(*payload);
  CHECK(directory.find("agent_abc123") == 0U);
  CHECK_FALSE(directory.find("agent_abc12").has_value());
  CHECK_FALSE(directory.find("AGENT_ABC123").has_value());
  CHECK_FALSE(directory.find("").has_value());
}

TEST_CASE("agents: a revoked id is revoked whether it is listed or not") {
  const auto payload = guardian::bundle::parse_payload(
      guardian::test::BundleBuilder().set("revocations", R"({"agents":["agent_abc123","agent_gone"]})").payload());
  REQUIRE(payload.ok());
  const AgentDirectory directory(*payload);
  CHECK(directory.is_revoked("agent_abc123"));
  CHECK(directory.is_revoked("agent_gone"));
  CHECK_FALSE(directory.is_revoked("agent_other"));
}
