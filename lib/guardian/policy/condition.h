// The checked tree that conditions compile to, whatever their form: all, any, and single tests. Negations are already
// pushed down to the tests. Immutable; any thread may evaluate.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/json/value.h"
#include "guardian/policy/attribute.h"
#include "guardian/policy/cidr.h"
#include "guardian/policy/facts.h"
#include "guardian/policy/operand_set.h"
#include "guardian/policy/operator.h"
#include "guardian/policy/path_glob.h"
#include "guardian/policy/program.h"
#include "guardian/policy/regex.h"

namespace guardian::policy {

struct Test;

struct Condition {
  enum class Kind : std::uint8_t { All, Any, Test };

  Condition() noexcept;  // all of nothing: holds
  explicit Condition(Kind kind);
  explicit Condition(Test test);
  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

  Kind kind = Kind::All;
  std::vector<Condition> children;
  std::unique_ptr<const Test> test;  // for Kind::Test
  std::uint32_t offset = 0;          // of the map, list, operand or text that it was read from, in the policy's text
};

// A limit of lt, lte, gt, gte, between: its type is fixed when the policy is compiled.
using Bound = std::variant<double, base::Instant>;

using Bounds = std::array<Bound, 2>;  // low and high; the orders have the first only

struct Test {
  Attribute attribute;  // inside `some` and `every`: that of the list, for explanations
  Operator op = Operator::Equals;
  bool negated = false;          // the operator's own negation and those above it, together
  bool null_is_a_value = false;  // absent is compared as null, so that the test is always decided
  json::Value operand;           // as written; lives in the policy's store
  // What the operand was compiled to: nothing where the operator takes it as written, an OperandSet where there are
  // many to compare with, and for `some` and `every` the condition over each member.
  std::variant<std::monostate, Bounds, std::vector<Glob>, std::vector<PathGlob>, std::vector<Regex>,
               std::vector<CidrBlock>, OperandSet, Condition>
      compiled;

  // The forms of `compiled`; empty where it is another.
  [[nodiscard]] std::span<const Bound> bounds() const noexcept;  // one, or low and high
  [[nodiscard]] std::span<const Glob> globs() const noexcept;
  [[nodiscard]] std::span<const PathGlob> paths() const noexcept;
  [[nodiscard]] const Condition* nested() const noexcept;  // nullptr but for `some` and `every`
};

// What an operator says of a value before polarity and effect count.
enum class Verdict : std::uint8_t { Holds, Fails, Absent, WrongType };

// How tests that cannot be decided come out: against the caller, which depends on the effect of their rule.
enum class Leaning : std::uint8_t { Allowing, Restricting };

// The value a test is about: its attribute, or the member where `member` is given.
[[nodiscard]] json::Value value_under_test(const Test& test, Facts& facts, const json::Value* member) noexcept;

// The operator alone, before the polarity of the test.
[[nodiscard]] Verdict judge(const Test& test, const json::Value& value, Facts& facts, Leaning leaning) noexcept;

// The table of policy.md section 4.
[[nodiscard]] bool holds(const Test& test, Facts& facts, const json::Value* member, Leaning leaning) noexcept;
[[nodiscard]] bool holds(const Condition& condition, Facts& facts, const json::Value* member, Leaning leaning) noexcept;

}  // namespace guardian::policy
