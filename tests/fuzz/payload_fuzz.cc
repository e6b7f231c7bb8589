// What a signed payload, a trust root or a state file may hold: parsing ends in an answer, and what parses keeps the
// promises that the decision relies on.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "guardian/base/check.h"
#include "guardian/bundle/cache_state.h"
#include "guardian/bundle/payload.h"
#include "guardian/bundle/trust_root.h"

namespace bundle = guardian::bundle;

namespace {

void check_payload(const bundle::Payload& payload) {
  GUARDIAN_ASSERT(!payload.tiers.empty());
  GUARDIAN_ASSERT(!payload.unknown_agents_tier || *payload.unknown_agents_tier < payload.tiers.size());
  std::set<std::string_view> agents;
  for (const bundle::AgentRecord& agent : payload.agents) {
    GUARDIAN_ASSERT(agents.insert(agent.view.id).second);
    GUARDIAN_ASSERT(payload.tiers.at(agent.tier).name == agent.view.trust_tier);
    GUARDIAN_ASSERT(agent.view.tags.is_list());
  }
  std::set<std::string_view> policies;
  for (const auto& policy : payload.policies) GUARDIAN_ASSERT(policies.insert(policy.name()).second);
  GUARDIAN_ASSERT(bundle::Version::parse(payload.version.text())->compare(payload.version) == 0);
}

template <typename T>
void check_error(const guardian::base::Result<T>& result) {
  if (!result.ok()) GUARDIAN_ASSERT(result.error().message().find('\n') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto payload = bundle::parse_payload(text);
  check_error(payload);
  if (payload.ok()) check_payload(*payload);
  const auto state = bundle::parse_state(text);
  check_error(state);
  if (state.ok()) GUARDIAN_ASSERT(bundle::parse_state(bundle::write_state(*state)).ok());
  check_error(bundle::TrustRoot::parse(text));
  return 0;
}
