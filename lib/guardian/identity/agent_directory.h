// Who the bundle knows: agents by id and the ids it revokes. Built once per bundle, immutable, constant-time lookups
// without allocation. Views point into the payload it was built from, which must outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

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
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::unordered_set<std::string_view> revoked_;
};

}  // namespace guardian::identity
