#include "guardian/policy/condition.h"

#include <algorithm>
#include <utility>

#include "guardian/base/check.h"

namespace guardian::policy {

Condition::Condition() noexcept = default;
Condition::Condition(Kind k) : kind(k) {}
Condition::Condition(Test t) : kind(Kind::Test), test(std::make_unique<const Test>(std::move(t))) {}
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

std::span<const Bound> Test::bounds() const noexcept {
  const auto* both = std::get_if<Bounds>(&compiled);
  if (both == nullptr) return {};
  return std::span(*both).first(op == Operator::Between ? 2 : 1);
}

std::span<const Glob> Test::globs() const noexcept {
  const auto* form = std::get_if<std::vector<Glob>>(&compiled);
  return form == nullptr ? std::span<const Glob>() : *form;
}

std::span<const PathGlob> Test::paths() const noexcept {
  const auto* form = std::get_if<std::vector<PathGlob>>(&compiled);
  return form == nullptr ? std::span<const PathGlob>() : *form;
}

const Condition* Test::nested() const noexcept { return std::get_if<Condition>(&compiled); }

json::Value value_under_test(const Test& test, Facts& facts, const json::Value* member) noexcept {
  return member == nullptr ? facts.look_up(test.attribute) : *member;
}

bool holds(const Test& test, Facts& facts, const json::Value* member, Leaning leaning) noexcept {
  switch (judge(test, value_under_test(test, facts, member), facts, leaning)) {
    case Verdict::Holds:
      return !test.negated;
    case Verdict::Fails:
      return test.negated;
    case Verdict::Absent:
      return test.negated && leaning == Leaning::Restricting;
    case Verdict::WrongType:
      return leaning == Leaning::Restricting;
  }
  GUARDIAN_ASSERT(false);
}

bool holds(const Condition& condition, Facts& facts, const json::Value* member, Leaning leaning) noexcept {
  const auto child_holds = [&](const Condition& child) { return holds(child, facts, member, leaning); };
  switch (condition.kind) {
    case Condition::Kind::All:
      return std::ranges::all_of(condition.children, child_holds);
    case Condition::Kind::Any:
      return std::ranges::any_of(condition.children, child_holds);
    case Condition::Kind::Test:
      return holds(*condition.test, facts, member, leaning);
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::policy
