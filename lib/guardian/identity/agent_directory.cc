#include "guardian/identity/agent_directory.h"

#include <bit>
#include <functional>

namespace guardian::identity {

AgentDirectory::AgentDirectory(const bundle::Payload& payload)
    : payload_(payload),
      slots_(std::bit_ceil(payload.agents.size() * 2 + 1)),
      revoked_(payload.revocations.agents.begin(), payload.revocations.agents.end()) {
  for (std::size_t i = 0; i < payload.agents.size(); ++i) {
    slots_[slot_of(payload.agents[i].view.id)] = static_cast<std::uint32_t>(i + 1);
  }
}

// Where the agent of that id stands, or would.
std::size_t AgentDirectory::slot_of(std::string_view id) const noexcept {
  std::size_t slot = std::hash<std::string_view>()(id) & (slots_.size() - 1);
  while (slots_[slot] != 0 && payload_.agents[slots_[slot] - 1].view.id != id) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

std::optional<std::size_t> AgentDirectory::find(std::string_view id) const noexcept {
  const std::uint32_t entry = slots_[slot_of(id)];
  if (entry == 0) return std::nullopt;
  return entry - 1;
}

bool AgentDirectory::is_revoked(std::string_view id) const noexcept { return revoked_.contains(id); }

}  // namespace guardian::identity
