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

bool can_be_undecided(const Test& test, std::optional<json::Kind> kind) noexcept {
  if (test.op == Operator::Exists) return false;
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

// Nothing unless all patterns are literals; what a request that matches them can have then.
std::vector<json::Value> literals_of(const std::vector<Glob>& globs) {
  std::vector<json::Value> literals;
  for (const Glob& glob : globs) {
    if (!glob.is_literal()) return {};
    literals.push_back(json::Value::text(glob.literal()));
  }
  return literals;
}

std::vector<json::Value> whole_numbers(std::int64_t first, std::int64_t last) {
  std::vector<json::Value> numbers;
  for (std::int64_t number = first; number <= last; ++number) numbers.push_back(json::Value::integer(number));
  return numbers;
}

// All values an attribute can have where the rule is asked, when they are few; empty otherwise.
std::vector<json::Value> few_values(Root root, const CompiledRule& rule) {
  if (root == Root::Action) return literals_of(rule.actions);
  if (root == Root::Resource) return literals_of(rule.resources);
  if (root == Root::DelegationDepth) return whole_numbers(0, kMaxCoveredDepth);
  if (const auto range = range_of(root)) return whole_numbers(range->low, range->high);
  return {};
}

// The tests of one rule, in the order written, with the outcomes that each can have.
class Lister {
 public:
  Lister(const CompiledRule& rule, Facts& facts, std::vector<TestCoverage>& tests) noexcept
      : rule_(rule), facts_(facts), tests_(tests) {}

  void list(const Condition& condition, bool is_nested) {
    for (const Condition& child : condition.children) list(child, is_nested);
    if (condition.kind != Condition::Kind::Test) return;
    const Test& test = *condition.test;
    TestCoverage& added = tests_.emplace_back();
    added.path = test.attribute.path;
    added.operation = operator_name(test.op, test.negated);
    added.operand = json::write(test.operand);
    // A member of a list may be anything.
    if (is_nested) {
      added.possible[index(TestOutcome::Undecided)] = can_be_undecided(test, std::nullopt);
    } else {
      limit(test, added);
    }
    if (const auto* nested = test.nested()) list(*nested, true);
  }

 private:
  static constexpr std::size_t index(TestOutcome outcome) noexcept { return static_cast<std::size_t>(outcome); }

  void limit(const Test& test, TestCoverage& coverage) {
    const Root root = test.attribute.root;
    // A rule with resources is never asked without one.
    const bool has_resource = root == Root::Resource && !rule_.resources.empty();
    const auto kind = has_resource ? json::Kind::Text : constant_kind(root);
    coverage.possible[index(TestOutcome::Undecided)] = can_be_undecided(test, kind);
    const std::vector<json::Value> values = few_values(root, rule_);
    if (values.empty()) return;
    coverage.possible.fill(false);
    for (const json::Value& value : values) {
      const Verdict verdict = judge(test, value, facts_, leaning_of(rule_.effect));
      coverage.possible[index(outcome_of(test, verdict))] = true;
    }
  }

  const CompiledRule& rule_;
  Facts& facts_;
  std::vector<TestCoverage>& tests_;
};

// Walks a condition in the order of Lister and marks what each test says of the facts.
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
  const Agent nobody;
  const Request nothing;
  const Input input{nobody, nothing, {}};
  Facts facts(input, compiled_->zone);
  for (const CompiledRule& rule : compiled_->rules) {
    RuleCoverage& added = coverage.rules.emplace_back();
    added.id = rule.id;
    Lister(rule, facts, added.tests).list(rule.condition, false);
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
