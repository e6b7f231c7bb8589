#include "decision_cost.h"

#include "guardian/base/text.h"
#include "output.h"

namespace guardian::cmd {

namespace {

std::string described(const analysis::DecisionCost& cost) {
  const std::string who =
      cost.agent_id.empty() ? "an agent that is not listed" : "agent `" + base::printable(cost.agent_id) + "`";
  return std::to_string(cost.steps()) + " steps: " + std::to_string(cost.rules) + " rules and " +
         std::to_string(cost.pattern_bytes) + " pattern bytes, for " + who;
}

}  // namespace

base::Status check_cost(const analysis::DecisionCost& cost, std::optional<std::uint64_t> limit) {
  if (!limit || cost.steps() <= *limit) return {};
  return base::Error(base::ErrorCode::TooLarge,
                     "one decision may cost " + described(cost) + "; MAX_EVAL_COST is " + std::to_string(*limit));
}

std::string cost_row(const analysis::DecisionCost& cost) { return row("decision cost", "at most " + described(cost)); }

void write_cost(json::Writer& out, const analysis::DecisionCost& cost) {
  out.key("decisionCost").begin_object().key("steps").unsigned_integer(cost.steps());
  out.key("rules").unsigned_integer(cost.rules).key("patternBytes").unsigned_integer(cost.pattern_bytes);
  out.key("agentId");
  if (cost.agent_id.empty()) {
    out.null();
  } else {
    out.text(cost.agent_id);
  }
  out.end_object();
}

}  // namespace guardian::cmd
