#include "guardian/policy/operand.h"

#include <algorithm>
#include <span>
#include <string>

#include "guardian/base/check.h"
#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

using json::Value;

base::Error refuse(std::string message) { return {base::ErrorCode::PolicyInvalid, std::move(message)}; }

base::Error wrong_operand(const Test& test, bool negated, std::string_view wanted) {
  return refuse("`" + std::string(operator_name(test.op, negated)) + "` takes " + std::string(wanted));
}

std::span<const Value> one_or_many(const Value& operand) noexcept {
  return operand.is_list() ? operand.as_list() : std::span(&operand, 1);
}

base::Result<Bound> compile_bound(const Value& operand) {
  if (operand.is_number()) return Bound(operand.as_number());
  if (operand.is_text()) {
    if (const auto instant = base::parse_rfc3339(operand.as_text())) return Bound(*instant);
    return refuse(quoted(operand.as_text()) + " is neither a number nor an RFC 3339 date-time");
  }
  return refuse("the operand is neither a number nor an RFC 3339 date-time");
}

base::Status compile_order(Test& test) {
  GUARDIAN_ASSIGN(auto bound, compile_bound(test.operand));
  test.bounds.push_back(bound);
  return {};
}

base::Status compile_between(Test& test) {
  if (!test.operand.is_list() || test.operand.as_list().size() != 2) {
    return wrong_operand(test, false, "a list of two, `[low, high]`");
  }
  for (const auto& end : test.operand.as_list()) {
    GUARDIAN_ASSIGN(auto bound, compile_bound(end));
    test.bounds.push_back(bound);
  }
  if (test.bounds[0].index() != test.bounds[1].index()) {
    return refuse("`between` takes two numbers or two date-times, not one of each");
  }
  return {};
}

// Every operand is text and is compiled into `out`.
template <typename Pattern>
base::Status compile_patterns(const Test& test, bool own_negation, std::vector<Pattern>& out) {
  for (const auto& operand : one_or_many(test.operand)) {
    if (!operand.is_text()) return wrong_operand(test, own_negation, "text or a list of texts");
    GUARDIAN_ASSIGN(auto pattern, Pattern::compile(operand.as_text()));
    out.push_back(std::move(pattern));
  }
  return {};
}

base::Status check_texts(const Test& test) {
  const bool texts = std::ranges::all_of(one_or_many(test.operand), &Value::is_text);
  return texts ? base::Status() : wrong_operand(test, false, "text or a list of texts");
}

base::Status check_in(Test& test, bool own_negation) {
  if (!test.operand.is_list()) return wrong_operand(test, own_negation, "a list");
  test.null_is_a_value = std::ranges::any_of(test.operand.as_list(), &Value::is_null);
  return {};
}

base::Status compile_operand(Test& test, bool own_negation) {
  switch (test.op) {
    case Operator::Equals:
      test.null_is_a_value = test.operand.is_null();
      return {};
    case Operator::In:
      return check_in(test, own_negation);
    case Operator::Lt:
    case Operator::Lte:
    case Operator::Gt:
    case Operator::Gte:
      return compile_order(test);
    case Operator::Between:
      return compile_between(test);
    case Operator::Matches:
      return compile_patterns(test, own_negation, test.globs);
    case Operator::PathMatches:
      return compile_patterns(test, own_negation, test.paths);
    case Operator::Regex:
      return compile_patterns(test, own_negation, test.regexes);
    case Operator::Cidr:
      return compile_patterns(test, own_negation, test.blocks);
    case Operator::StartsWith:
    case Operator::EndsWith:
      return check_texts(test);
    case Operator::Contains:
      return {};
    case Operator::ContainsAll:
      return test.operand.is_list() ? base::Status() : wrong_operand(test, false, "a list");
    case Operator::Exists:
      return test.operand.is_boolean() ? base::Status() : wrong_operand(test, false, "true or false");
    case Operator::Some:
    case Operator::Every:
      break;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace

base::Result<Test> compile_test(const Attribute& attribute, WrittenOperator written, const json::Value& operand,
                                bool negated, json::Document& operands) {
  Test test;
  test.attribute = attribute;
  test.op = written.op;
  test.negated = written.negated != negated;
  test.operand = operands.add_deep(operand);
  GUARDIAN_TRY(compile_operand(test, written.negated));
  return test;
}

}  // namespace guardian::policy
