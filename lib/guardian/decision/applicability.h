// Which policies apply to which agent, worked out once per bundle so that a request never looks at a policy that cannot
// concern its agent. Agents alike in tier, tags and organisation share one list. Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guardian/bundle/payload.h"

namespace guardian::decision {

class Applicability {
 public:
  // Indices into Payload::policies, ascending (bundle order).
  using PolicyList = std::vector<std::uint32_t>;

  // The payload must outlive it.
  explicit Applicability(const bundle::Payload& payload);

  // The enabled policies that apply to Payload::agents[agent]; dry-run ones are among them.
  [[nodiscard]] std::span<const std::uint32_t> of_agent(std::size_t agent) const noexcept;
  // The same for an agent the bundle does not list; `scratch` holds the answer and is reused by the caller.
  [[nodiscard]] std::span<const std::uint32_t> of_unknown(const policy::Agent& agent, PolicyList& scratch) const;

 private:
  // What agents of one tier, tag set and organisation have in common.
  struct Group {
    PolicyList whatever_id;  // apply without looking at the id
    PolicyList depending_on_id;
  };

  [[nodiscard]] Group make_group(const policy::Agent& agent) const;
  // Group::whatever_id merged with those of depending_on_id that match; empty when none of the latter does.
  [[nodiscard]] PolicyList merged(const Group& group, const policy::Agent& agent) const;

  const bundle::Payload& payload_;
  std::vector<Group> groups_;
  std::vector<PolicyList> own_lists_;
  // Per agent: an index into groups_, or past them into own_lists_.
  std::vector<std::uint32_t> list_of_agent_;
  Group unknown_;
};

}  // namespace guardian::decision
