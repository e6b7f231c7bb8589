// Which policies apply to which agent, worked out once per bundle so that a request never looks at a policy that cannot
// concern its agent. Agents alike in tier, tags and organisation share one list; what depends on the agent's id stands
// in a list of its own. Immutable; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guardian/bundle/payload.h"
#include "guardian/policy/glob_index.h"

namespace guardian::decision {

// Indices into Payload::policies, ascending (bundle order).
using PolicyList = std::vector<std::uint32_t>;

// The enabled policies that apply to one agent, dry-run ones among them: two lists that share no entry. Borrows both.
class Applicable {
 public:
  Applicable() = default;
  Applicable(std::span<const std::uint32_t> common, std::span<const std::uint32_t> own) noexcept
      : common_(common), own_(own) {}

  // The first of them that is at least `from`, or nullopt: `for (auto p = next(); p; p = next(*p + 1))` walks all in
  // bundle order. Logarithmic.
  [[nodiscard]] std::optional<std::uint32_t> next(std::uint32_t from = 0) const noexcept;
  // The first of them that is at least `from` and stands in `list` (ascending) too.
  [[nodiscard]] std::optional<std::uint32_t> next_of(const PolicyList& list, std::uint32_t from = 0) const noexcept;
  // The lists it is made of: what the agent's group shares, and what applies to its id.
  [[nodiscard]] std::span<const std::uint32_t> common() const noexcept { return common_; }
  [[nodiscard]] std::span<const std::uint32_t> own() const noexcept { return own_; }
  [[nodiscard]] std::size_t size() const noexcept { return common_.size() + own_.size(); }

 private:
  std::span<const std::uint32_t> common_;
  std::span<const std::uint32_t> own_;
};

class Applicability {
 public:
  // The payload must outlive it.
  explicit Applicability(const bundle::Payload& payload);

  // What applies to Payload::agents[agent].
  [[nodiscard]] Applicable of_agent(std::size_t agent) const noexcept;
  // The same for an agent the bundle does not list; `own` holds a part of the answer and belongs to the caller.
  [[nodiscard]] Applicable of_unknown(const policy::Agent& agent, PolicyList& own) const;

 private:
  // What agents of one tier, tag set and organisation have in common: the policies that do not look at the id, and
  // those that would apply if it matched.
  struct Group {
    PolicyList whatever_id;
    PolicyList depending_on_id;
  };

  [[nodiscard]] Group make_group(const policy::Agent& agent) const;
  // Those of Group::depending_on_id whose agentIds match.
  [[nodiscard]] PolicyList own_of(const Group& group, std::string_view agent_id) const;

  const bundle::Payload& payload_;
  policy::GlobIndex by_agent_id_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> group_of_agent_;
  std::unordered_map<std::size_t, PolicyList> own_of_agent_;
  Group unknown_;
};

}  // namespace guardian::decision
