// Decisions of the engine in the words of the oracle, so that the two can be compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "guardian/decision/decision.h"
#include "support/naive/naive.h"

namespace guardian::testing {

inline std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

inline NaiveAnswer to_answer(const decision::Decision& decision) {
  NaiveAnswer answer;
  answer.allow = decision.allow;
  answer.policy = owned(decision.policy);
  answer.rule = owned(decision.rule);
  answer.reason = owned(decision.reason);
  answer.approval_id = owned(decision.approval_id);
  answer.requires_approval = decision.requires_approval;
  for (const decision::DryRun& run : decision.dry_run) {
    answer.dry_run.emplace_back(std::string(run.policy), std::string(run.rule), run.allow);
  }
  return answer;
}

}  // namespace guardian::testing
