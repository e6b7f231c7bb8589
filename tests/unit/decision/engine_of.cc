#include "engine_of.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/bundle/payload.h"
#include "guardian/policy/yaml.h"

namespace guardian::testing {

namespace {

constexpr std::string_view kRest = R"(
schema: meshguard.bundle/v1
version: "2026-04-18T10:00:00Z"
timestamp: "2026-04-18T10:00:00Z"
trustTiers:
  - { name: untrusted, rank: 0, ceiling: ["read:*"] }
  - { name: verified, rank: 1 }
agents:
  - { id: agent_a, trustTier: verified, tags: [support] }
  - { id: agent_b, trustTier: untrusted }
  - { id: agent_gone, trustTier: verified }
revocations: { agents: [agent_gone] }
)";

}  // namespace

std::shared_ptr<const decision::Engine> engine_of(std::string_view policies, std::string_view approvals) {
  std::string text = std::string(kRest) + "policies:\n" + std::string(policies) + "\n";
  if (!approvals.empty()) text += "approvals:\n" + std::string(approvals) + "\n";
  auto document = policy::parse_yaml(text);
  if (!document) FAIL(document.error().message());
  auto payload = bundle::check_payload(std::move(document).value(), {});
  if (!payload) FAIL(payload.error().message());
  return std::make_shared<const decision::Engine>(std::make_shared<const bundle::Payload>(std::move(payload).value()));
}

}  // namespace guardian::testing
