// Who the bundle knows: agents by id and the ids it revokes. Built once per bundle, immutable, constant-time lookups
// without allocation. Views point into the payload it was built from, which must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "guardian/bundle/payload.h"

namespace guardian::identity {

class AgentDirectory {
 public:
  explicit AgentDirectory(const bundle::Payload& payload);

  // Index into Payload::agents, or nullopt for an id the bundle does not list.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view id) const noexcept;
  // True for an id in revocations.agents, listed as an agent or not.
  [[nodiscard]] bool is_revoked(std::string_view id) const noexcept;

 private:
  // Open addressing, at most half full: an agent's index plus one, or 0. The id is looked up in the payload: a map
  // would take ten times the memory for a large bundle.
  [[nodiscard]] std::size_t slot_of(std::string_view id) const noexcept;

  const bundle::Payload& payload_;
  std::vector<std::uint32_t> slots_;
  std::unordered_set<std::string_view> revoked_;
};

}  // namespace guardian::identity
