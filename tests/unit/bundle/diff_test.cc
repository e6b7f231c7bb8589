#include "guardian/bundle/diff.h"

#include <doctest/doctest.h>

#include "support/bundle_builder.h"

using guardian::bundle::diff;
using guardian::bundle::parse_payload;
using guardian::bundle::Payload;
using guardian::test::BundleBuilder;

namespace {

using Names = std::vector<std::string>;

Payload payload_of(const BundleBuilder& builder) {
  auto payload = parse_payload(builder.payload());
  if (!payload) FAIL(payload.error().message());
  return std::move(payload).value();
}

constexpr const char* kAgent = R"({"id":"a","trustTier":"verified"})";
constexpr const char* kPolicy =
    R"({"name":"p","appliesTo":{"tags":["x"]},"rules":[{"id":"r","effect":"allow","actions":["read:*"]}]})";

}  // namespace

TEST_CASE("diff: without an earlier bundle everything is added") {
  const Payload after = payload_of(BundleBuilder());
  const auto changes = diff(nullptr, after);
  CHECK(changes.policies.added == Names{"base"});
  CHECK(changes.agents.added == Names{"agent_abc123"});
  CHECK(changes.policies.removed.empty());
  CHECK(changes.agents.changed.empty());
}

TEST_CASE("diff: a later version with the same content changes nothing") {
  const Payload before = payload_of(BundleBuilder());
  const Payload after = payload_of(BundleBuilder().date("2026-04-19T00:00:00Z"));
  const auto changes = diff(&before, after);
  CHECK(changes.policies.empty());
  CHECK(changes.agents.empty());
}

TEST_CASE("diff: what is only in the later one is added and what is only in the earlier one is removed") {
  const Payload before = payload_of(BundleBuilder());
  const Payload after =
      payload_of(BundleBuilder().clear_agents().add_agent(kAgent).clear_policies().add_policy(kPolicy));
  const auto changes = diff(&before, after);
  CHECK(changes.agents.added == Names{"a"});
  CHECK(changes.agents.removed == Names{"agent_abc123"});
  CHECK(changes.policies.added == Names{"p"});
  CHECK(changes.policies.removed == Names{"base"});
  CHECK(changes.policies.changed.empty());
}

TEST_CASE("diff: other content under one name is a change, another order of members is none") {
  const Payload before = payload_of(BundleBuilder().add_agent(kAgent));
  const Payload reordered = payload_of(BundleBuilder().add_agent(R"({"trustTier":"verified","id":"a"})"));
  CHECK(diff(&before, reordered).agents.empty());
  const Payload promoted = payload_of(BundleBuilder().add_agent(R"({"id":"a","trustTier":"trusted"})"));
  CHECK(diff(&before, promoted).agents.changed == Names{"a"});
}
