#include "guardian/policy/operand.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
  GUARDIAN_ASSIGN(const auto bound, compile_bound(test.operand));
  test.compiled = Bounds{bound, bound};
  return {};
}

base::Status compile_between(Test& test) {
  if (!test.operand.is_list() || test.operand.as_list().size() != 2) {
    return wrong_operand(test, false, "a list of two, `[low, high]`");
  }
  GUARDIAN_ASSIGN(const auto low, compile_bound(test.operand.as_list()[0]));
  GUARDIAN_ASSIGN(const auto high, compile_bound(test.operand.as_list()[1]));
  if (low.index() != high.index()) {
    return refuse("`between` takes two numbers or two date-times, not one of each");
  }
  test.compiled = Bounds{low, high};
  return {};
}

// Every operand is text that `compile` makes a pattern of.
template <typename Pattern, typename Compile>
base::Status compile_patterns(Test& test, bool own_negation, Compile compile) {
  const auto operands = one_or_many(test.operand);
  std::vector<Pattern> patterns;
  patterns.reserve(operands.size());
  for (const auto& operand : operands) {
    if (!operand.is_text()) return wrong_operand(test, own_negation, "text or a list of texts");
    GUARDIAN_ASSIGN(auto pattern, compile(operand.as_text()));
    patterns.push_back(std::move(pattern));
  }
  test.compiled = std::move(patterns);
  return {};
}

// So many operands that comparing with each of them in turn would cost more than the value.
void sort_operands(Test& test) {
  const auto operands = one_or_many(test.operand);
  if (operands.size() > OperandSet::kMaxUnsorted) test.compiled = OperandSet(operands);
}

base::Status check_texts(const Test& test) {
  const bool texts = std::ranges::all_of(one_or_many(test.operand), &Value::is_text);
  return texts ? base::Status() : wrong_operand(test, false, "text or a list of texts");
}

base::Status check_in(Test& test, bool own_negation) {
  if (!test.operand.is_list()) return wrong_operand(test, own_negation, "a list");
  test.null_is_a_value = std::ranges::any_of(test.operand.as_list(), &Value::is_null);
  sort_operands(test);
  return {};
}

base::Status compile_operand(Test& test, bool own_negation, ConditionStore& store) {
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
      return compile_patterns<Glob>(test, own_negation, Glob::compile);
    case Operator::PathMatches:
      return compile_patterns<PathGlob>(test, own_negation, [&](std::string_view pattern) -> base::Result<PathGlob> {
        GUARDIAN_ASSIGN(auto compiled, PathGlob::compile(pattern));
        GUARDIAN_TRY(store.take(compiled.segments().size()));
        return compiled;
      });
    case Operator::Regex:
      return compile_patterns<Regex>(test, own_negation,
                                     [&](std::string_view pattern) { return store.add_regex(pattern); });
    case Operator::Cidr:
      return compile_patterns<CidrBlock>(test, own_negation, CidrBlock::compile);
    case Operator::StartsWith:
    case Operator::EndsWith:
      return check_texts(test);
    case Operator::Contains:
      sort_operands(test);
      return {};
    case Operator::ContainsAll:
      if (!test.operand.is_list()) return wrong_operand(test, false, "a list");
      sort_operands(test);
      return {};
    case Operator::Exists:
      return test.operand.is_boolean() ? base::Status() : wrong_operand(test, false, "true or false");
    case Operator::Some:
    case Operator::Every:
      break;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace

std::size_t parts_of(const Attribute& attribute) noexcept {
  constexpr std::size_t kSegmentsPerPart = 8;
  return 1 + attribute.below.size() / kSegmentsPerPart + parts_of_text(attribute.path);
}

base::Result<Test> compile_test(const Attribute& attribute, WrittenOperator written, const json::Value& operand,
                                bool negated, ConditionStore& store) {
  GUARDIAN_TRY(store.take(parts_of(attribute)));
  Test test;
  test.attribute = attribute;
  test.op = written.op;
  test.negated = written.negated != negated;
  test.operand = operand;
  GUARDIAN_TRY(compile_operand(test, written.negated, store));
  return test;
}

}  // namespace guardian::policy
