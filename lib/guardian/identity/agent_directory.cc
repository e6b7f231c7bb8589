#include "guardian/identity/agent_directory.h"

namespace guardian::identity {

AgentDirectory::AgentDirectory(const bundle::Payload& payload)
    : revoked_(payload.revocations.agents.begin(), payload.revocations.agents.end()) {
  by_id_.reserve(payload.agents.size());
  for (std::size_t i = 0; i < payload.agents.size(); ++i) by_id_.emplace(payload.agents[i].view.id, i);
}

std::optional<std::size_t> AgentDirectory::find(std::string_view id) const noexcept {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

bool AgentDirectory::is_revoked(std::string_view id) const noexcept { return revoked_.contains(id); }

}  // namespace guardian::identity
