#include "guardian/policy/coverage.h"

#include <optional>
#include <span>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"
#include "guardian/policy/compiled.h"
#include "guardian/policy/facts.h"
#include "guardian/policy/globs.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

namespace {

// The kind of an attribute that every request has, whatever the caller sends.
std::optional<json::Kind> constant_kind(Root root) noexcept {
  switch (root) {
    case Root::Action:
    case Root::AgentId:
    case Root::AgentTrustTier:
    case Root::TimeIso:
      return json::Kind::Text;
    case Root::AgentTrustRank:
    case Root::DelegationDepth:
    case Root::TimeYear:
    case Root::TimeMonth:
    case Root::TimeDay:
    case Root::TimeHour:
    case Root::TimeMinute:
    case Root::TimeSecond:
    case Root::TimeMinuteOfDay:
    case Root::TimeWeekday:
    case Root::TimeEpoch:
      return json::Kind::Number;
    case Root::AgentTags:
      return json::Kind::List;
    case Root::Resource:
    case Root::AgentName:
    case Root::AgentOrgId:
    case Root::AgentMetadata:
    case Root::Context:
    case Root::Token:
    case Root::Delegation:
    case Root::DelegationRoot:
      return std::nullopt;
  }
  GUARDIAN_ASSERT(false);
}

// Whether some value of that kind makes the operator say that it cannot decide.
bool can_refuse(const Test& test, json::Kind kind) noexcept {
  const bool is_text = kind == json::Kind::Text;
  const bool is_list = kind == json::Kind::List;
  switch (test.op) {
    case Operator::Equals:
    case Operator::In:
    case Operator::Exists:
      return false;
    case Operator::Lt:
    case Operator::Lte:
    case Operator::Gt:
    case Operator::Gte:
    case Operator::Between:
      return kind != json::Kind::Number || !std::holds_alternative<double>(test.bounds().front());
    case Operator::Matches:
    case Operator::Contains:
    case Operator::ContainsAll:
      return !is_text && !is_list;
    case Operator::Regex:
    case Operator::StartsWith:
    case Operator::EndsWith:
      return !is_text;
    case Operator::PathMatches:
    case Operator::Cidr:
      return true;
    case Operator::Some:
    case Operator::Every:
      return !is_list;
  }
  GUARDIAN_ASSERT(false);
}

bool can_be_undecided(const Test& test, bool is_nested) noexcept {
  if (test.op == Operator::Exists) return false;
  // A member of a list may be anything.
  const auto kind = is_nested ? std::nullopt : constant_kind(test.attribute.root);
  if (kind) return can_refuse(test, *kind);
  const bool compares_values = test.op == Operator::Equals || test.op == Operator::In;
  return !(test.null_is_a_value && compares_values);
}

TestOutcome outcome_of(const Test& test, Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::Holds:
      return test.negated ? TestOutcome::Fails : TestOutcome::Holds;
    case Verdict::Fails:
      return test.negated ? TestOutcome::Holds : TestOutcome::Fails;
    case Verdict::Absent:
    case Verdict::WrongType:
      return TestOutcome::Undecided;
  }
  GUARDIAN_ASSERT(false);
}

void list_tests(const Condition& condition, bool is_nested, std::vector<TestCoverage>& tests) {
  for (const Condition& child : condition.children) list_tests(child, is_nested, tests);
  if (condition.kind != Condition::Kind::Test) return;
  const Test& test = *condition.test;
  tests.push_back({.path = test.attribute.path,
                   .operation = std::string(operator_name(test.op, test.negated)),
                   .operand = json::write(test.operand),
                   .can_be_undecided = can_be_undecided(test, is_nested)});
  if (const auto* nested = test.nested()) list_tests(*nested, true, tests);
}

// Walks a condition in the order of list_tests and marks what each test says of the facts.
class Marker {
 public:
  Marker(Facts& facts, Leaning leaning, std::span<TestCoverage> tests) noexcept
      : facts_(facts), leaning_(leaning), tests_(tests) {}

  // `members` are the values a nested test is asked of; nullptr at the top, where a test has its own attribute.
  void mark(const Condition& condition, const std::vector<json::Value>* members) {
    for (const Condition& child : condition.children) mark(child, members);
    if (condition.kind != Condition::Kind::Test) return;
    const Test& test = *condition.test;
    TestCoverage& coverage = tests_[next_++];
    std::vector<json::Value> values;
    if (members == nullptr) {
      values.push_back(value_under_test(test, facts_, nullptr));
    } else {
      values = *members;
    }
    std::vector<json::Value> below;
    for (const json::Value& value : values) {
      coverage.mark(outcome_of(test, judge(test, value, facts_, leaning_)));
      if (value.is_list()) below.insert(below.end(), value.as_list().begin(), value.as_list().end());
    }
    if (const auto* nested = test.nested()) mark(*nested, &below);
  }

 private:
  Facts& facts_;
  Leaning leaning_;
  std::span<TestCoverage> tests_;
  std::size_t next_ = 0;
};

bool is_asked(const CompiledRule& rule, const Request& request) noexcept {
  if (!any_matches(rule.actions, request.action)) return false;
  return rule.resources.empty() || (request.resource && any_matches(rule.resources, *request.resource));
}

}  // namespace

std::string_view to_string(TestOutcome outcome) noexcept {
  switch (outcome) {
    case TestOutcome::Holds:
      return "holds";
    case TestOutcome::Fails:
      return "fails";
    case TestOutcome::Undecided:
      return "undecided";
  }
  GUARDIAN_ASSERT(false);
}

PolicyCoverage Policy::nothing_covered() const {
  PolicyCoverage coverage{compiled_->name, {}};
  for (const CompiledRule& rule : compiled_->rules) {
    RuleCoverage& added = coverage.rules.emplace_back();
    added.id = rule.id;
    list_tests(rule.condition, false, added.tests);
  }
  return coverage;
}

void Policy::cover(const Input& input, PolicyCoverage& coverage) const {
  GUARDIAN_ASSERT(coverage.rules.size() == compiled_->rules.size());
  Facts facts(input, compiled_->zone);
  for (std::size_t i = 0; i < compiled_->rules.size(); ++i) {
    const CompiledRule& rule = compiled_->rules[i];
    if (!is_asked(rule, input.request)) continue;
    RuleCoverage& covered = coverage.rules[i];
    const Leaning leaning = leaning_of(rule.effect);
    covered.asked = true;
    Marker(facts, leaning, covered.tests).mark(rule.condition, nullptr);
    if (!holds(rule.condition, facts, nullptr, leaning)) continue;
    covered.matched = true;
    if (compiled_->combining == Combining::FirstApplicable) return;
  }
}

}  // namespace guardian::policy
