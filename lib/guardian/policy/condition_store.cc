#include "guardian/policy/condition_store.h"

#include <string>

namespace guardian::policy {

namespace {

std::size_t parts_of(const json::Value& value) noexcept {
  if (value.is_text()) return 1 + parts_of_text(value.as_text());
  std::size_t count = 1;
  if (value.is_list()) {
    for (const json::Value& item : value.as_list()) count += parts_of(item);
  } else if (value.is_object()) {
    for (const json::Member& member : value.as_object()) count += parts_of_text(member.key) + parts_of(member.value);
  }
  return count;
}

}  // namespace

base::Result<json::Value> ConditionStore::add_operand(const json::Value& operand) {
  GUARDIAN_TRY(take(parts_of(operand)));
  return document_.add_deep(operand);
}

base::Status ConditionStore::take(std::size_t parts) {
  if (parts > parts_left_) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the conditions of the policy have more than " +
                                                           std::to_string(kMaxConditionParts) +
                                                           " tests and operands, aliases expanded");
  }
  parts_left_ -= parts;
  return {};
}

base::Result<Regex> ConditionStore::add_regex(std::string_view pattern) {
  return Regex::compile(pattern, shared_ != nullptr ? *shared_ : own_);
}

}  // namespace guardian::policy
