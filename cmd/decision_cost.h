// The most that one decision of a bundle may cost, printed and held against MAX_EVAL_COST (cli.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "guardian/analysis/cost.h"
#include "guardian/base/result.h"
#include "guardian/json/writer.h"

namespace guardian::cmd {

// TooLarge when the cost is above the limit.
[[nodiscard]] base::Status check_cost(const analysis::DecisionCost& cost, std::optional<std::uint64_t> limit);

// A row for people, a member `decisionCost` for programs.
[[nodiscard]] std::string cost_row(const analysis::DecisionCost& cost);
void write_cost(json::Writer& out, const analysis::DecisionCost& cost);

}  // namespace guardian::cmd
