// One entry of a policy's `rules`, checked and compiled.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

// True for `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`: policy names and rule ids.
[[nodiscard]] bool is_name(std::string_view text) noexcept;

// What errors call a rule that may not be valid: its id where it has one, else `rule-<number>`.
[[nodiscard]] std::string label_of_rule(const json::Value& written, std::size_t number);

// `number` counts from 1 and gives the default id; `ids` are those of the earlier rules and gets this one's. The
// operands of the rule's conditions go into `operands`. PolicyInvalid with its place.
[[nodiscard]] base::Result<CompiledRule> compile_rule(Place& place, const json::Value& written, std::size_t number,
                                                      std::unordered_set<std::string>& ids, ConditionStore& operands);

}  // namespace guardian::policy
