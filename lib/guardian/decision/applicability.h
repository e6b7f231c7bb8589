// Which policies apply to which agent, worked out once per bundle so that a request never looks at a policy that cannot
// concern its agent. An agent's policies stand in four lists, by what they look at: the tier alone, the organisation,
// tags, the id. Agents with equal lists share them, so that many agents and many policies do not multiply. Immutable;
// any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
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

// The enabled policies that apply to one agent, dry-run ones among them: lists that share no entry. Borrows them.
class Applicable {
 public:
  using Lists = std::array<std::span<const std::uint32_t>, 4>;

  Applicable() = default;
  explicit Applicable(const Lists& lists) noexcept : lists_(lists) {}

  // The first of them that is at least `from`, or nullopt: `for (auto p = next(); p; p = next(*p + 1))` walks all in
  // bundle order. Logarithmic.
  [[nodiscard]] std::optional<std::uint32_t> next(std::uint32_t from = 0) const noexcept;
  // The first of them that is at least `from` and stands in `list` (ascending) too.
  [[nodiscard]] std::optional<std::uint32_t> next_of(const PolicyList& list, std::uint32_t from = 0) const noexcept;
  [[nodiscard]] const Lists& lists() const noexcept { return lists_; }
  [[nodiscard]] std::size_t size() const noexcept;

 private:
  Lists lists_;
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
  // What the enabled policies look at beside the tier; each policy is filed once, under the last that it looks at.
  struct Files {
    PolicyList by_tier;
    std::unordered_map<std::string_view, PolicyList> by_org;
    policy::GlobIndex by_tag;
    policy::GlobIndex by_id;
    bool any_by_id = false;
    bool tagged_by_org = false;  // some that look at tags look at the organisation too
  };

  void file_policies();
  // The same list for equal contents; nullptr for none.
  [[nodiscard]] const PolicyList* shared(PolicyList list);
  // Of `candidates` those that apply to the agent, whatever its id.
  [[nodiscard]] PolicyList applying(std::span<const std::uint32_t> candidates, const policy::Agent& agent) const;
  [[nodiscard]] PolicyList by_tags(const policy::Agent& agent) const;
  [[nodiscard]] PolicyList by_id(const policy::Agent& agent) const;
  // Of one agent; nullptr for a list that is empty. There is one of these for each agent, so it borrows in few bytes.
  using Shared = std::array<const PolicyList*, 4>;
  [[nodiscard]] static Applicable::Lists lists_of(const Shared& lists) noexcept;
  // All but the list by id, from what agents alike in it have already.
  [[nodiscard]] Shared lists_whatever_id(const policy::Agent& agent);
  // What of an agent the list by tags depends on.
  [[nodiscard]] std::string tags_key(const policy::Agent& agent) const;

  const bundle::Payload& payload_;
  Files files_;
  std::set<PolicyList> lists_;                                // nodes stay where they are
  std::unordered_map<std::string, const PolicyList*> known_;  // by what of an agent they depend on
  std::vector<Shared> of_agent_;
  Applicable of_unknown_;  // without the list by id
};

}  // namespace guardian::decision
