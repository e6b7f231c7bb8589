// How much work one decision can be at most, in steps that do not depend on the machine: rules visited and bytes of
// patterns and operands compared with. What `bundle build` and `verify-bundle` print and hold against MAX_EVAL_COST
// (cli.md). Called when a bundle is made, checked or activated, never by a decision. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "guardian/bundle/payload.h"

namespace guardian::analysis {

struct DecisionCost {
  std::uint64_t rules = 0;          // visited
  std::uint64_t pattern_bytes = 0;  // theirs and of the tier's ceiling: globs, paths, expressions, operands
  std::string_view agent_id;        // whose decision it is; empty: an agent that the bundle does not list

  [[nodiscard]] std::uint64_t steps() const noexcept { return rules + pattern_bytes; }
};

// An upper bound over all agents, actions and contexts, never below what the engine does. Of one agent's own decision:
// a delegated request decides once more for each delegator. Views live as long as the payload.
[[nodiscard]] DecisionCost worst_decision(const bundle::Payload& payload);

}  // namespace guardian::analysis
