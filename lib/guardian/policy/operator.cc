#include "guardian/policy/operator.h"

#include <array>
#include <vector>

#include "guardian/base/check.h"
#include "guardian/policy/spelling.h"

namespace guardian::policy {

namespace {

struct Row {
  Operator op;
  std::string_view name;
  std::string_view negated_name;
  bool negation_is_an_operator;
};

constexpr std::array kRows{
    Row{Operator::Equals, "equals", "notEquals", true},
    Row{Operator::In, "in", "notIn", true},
    Row{Operator::Lt, "lt", "not lt", false},
    Row{Operator::Lte, "lte", "not lte", false},
    Row{Operator::Gt, "gt", "not gt", false},
    Row{Operator::Gte, "gte", "not gte", false},
    Row{Operator::Between, "between", "not between", false},
    Row{Operator::Matches, "matches", "notMatches", true},
    Row{Operator::PathMatches, "pathMatches", "notPathMatches", true},
    Row{Operator::Regex, "regex", "not regex", false},
    Row{Operator::StartsWith, "startsWith", "not startsWith", false},
    Row{Operator::EndsWith, "endsWith", "not endsWith", false},
    Row{Operator::Contains, "contains", "not contains", false},
    Row{Operator::ContainsAll, "containsAll", "not containsAll", false},
    Row{Operator::Cidr, "cidr", "not cidr", false},
    Row{Operator::Some, "some", "not some", false},
    Row{Operator::Every, "every", "not every", false},
    Row{Operator::Exists, "exists", "not exists", false},
};

}  // namespace

std::optional<WrittenOperator> find_operator(std::string_view key) noexcept {
  for (const auto& row : kRows) {
    if (is_spelling(key, row.name)) return WrittenOperator{row.op, false};
    if (row.negation_is_an_operator && is_spelling(key, row.negated_name)) return WrittenOperator{row.op, true};
  }
  return std::nullopt;
}

std::string_view operator_name(Operator op, bool negated) noexcept {
  for (const auto& row : kRows) {
    if (row.op == op) return negated ? row.negated_name : row.name;
  }
  GUARDIAN_ASSERT(false);
}

std::string did_you_mean_operator(std::string_view written) {
  std::vector<std::string_view> names;
  for (const auto& row : kRows) {
    names.push_back(row.name);
    if (row.negation_is_an_operator) names.push_back(row.negated_name);
  }
  return did_you_mean(written, names);
}

}  // namespace guardian::policy
