#include "guardian/policy/explain.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "guardian/base/check.h"
#include "guardian/policy/facts.h"
#include "guardian/policy/globs.h"

namespace guardian::policy {

namespace {

struct Answer {
  bool holds = true;
  const Test* failed = nullptr;
};

// Whether the condition holds, and if not the first test, in the order written, of those that made it fail. A failed
// test beside a branch of `any` that holds made nothing fail and is passed over. Each test is asked at most once.
Answer first_failed(const Condition& condition, Facts& facts, Leaning leaning) {
  switch (condition.kind) {
    case Condition::Kind::Test: {
      const bool holding = holds(*condition.test, facts, nullptr, leaning);
      return {holding, holding ? nullptr : condition.test.get()};
    }
    case Condition::Kind::All: {
      Answer all;
      for (const auto& child : condition.children) {
        const Answer answer = first_failed(child, facts, leaning);
        if (!answer.holds) all.holds = false;
        if (!answer.holds && answer.failed != nullptr) return answer;
      }
      return all;
    }
    case Condition::Kind::Any: {
      Answer any{.holds = false};
      for (const auto& child : condition.children) {
        const Answer answer = first_failed(child, facts, leaning);
        if (answer.holds) return {};
        if (any.failed == nullptr) any.failed = answer.failed;
      }
      return any;
    }
  }
  GUARDIAN_ASSERT(false);
}

class UndecidedTests {
 public:
  UndecidedTests(Facts& facts, Leaning leaning, json::Writer& out) : facts_(facts), leaning_(leaning), out_(out) {}

  // `members` are the values a nested test is asked of; empty at the top, where a test has its own attribute.
  void write(const Condition& condition, const std::vector<json::Value>* members) {
    for (const auto& child : condition.children) write(child, members);
    if (condition.kind != Condition::Kind::Test) return;
    const Test& test = *condition.test;
    std::vector<json::Value> values;
    if (members == nullptr) {
      values.push_back(value_under_test(test, facts_, nullptr));
    } else {
      values = *members;
    }
    write_once(test, values);
    if (test.op != Operator::Some && test.op != Operator::Every) return;
    std::vector<json::Value> below;
    for (const auto& value : values) {
      if (value.is_list()) below.insert(below.end(), value.as_list().begin(), value.as_list().end());
    }
    write(std::get<Condition>(test.compiled), &below);
  }

 private:
  void write_once(const Test& test, const std::vector<json::Value>& values) {
    for (const auto& value : values) {
      const Verdict verdict = verdict_on(test, value);
      if (verdict != Verdict::Absent && verdict != Verdict::WrongType) continue;
      out_.begin_object().member("path", test.attribute.path);
      out_.member("operator", operator_name(test.op, test.negated));
      out_.member("why", verdict == Verdict::Absent ? "absent" : "type").end_object();
      return;
    }
  }

  // Of `some` and `every` only the type of the value counts here: the tests below are written for themselves.
  Verdict verdict_on(const Test& test, const json::Value& value) {
    const bool quantifies = test.op == Operator::Some || test.op == Operator::Every;
    return quantifies && value.is_list() ? Verdict::Holds : judge(test, value, facts_, leaning_);
  }

  Facts& facts_;
  Leaning leaning_;
  json::Writer& out_;
};

// What kept a rule from matching, or nothing.
enum class Because { Nothing, Action, Resource, Condition };

Because why_not(const CompiledRule& rule, const Request& request, Facts& facts) {
  if (!any_matches(rule.actions, request.action)) return Because::Action;
  if (!rule.resources.empty() && !(request.resource && any_matches(rule.resources, *request.resource))) {
    return Because::Resource;
  }
  return holds(rule.condition, facts, nullptr, leaning_of(rule.effect)) ? Because::Nothing : Because::Condition;
}

void write_because(Because because, json::Writer& out) {
  out.key("because");
  switch (because) {
    case Because::Nothing:
      out.null();
      return;
    case Because::Action:
      out.text("action");
      return;
    case Because::Resource:
      out.text("resource");
      return;
    case Because::Condition:
      out.text("condition");
      return;
  }
}

constexpr std::size_t kMaxActualBytes = 1024;

// Takes what the value would cost in JSON off the budget, looking no further than that; false when it is spent.
bool affords(const json::Value& value, std::size_t& budget) {
  constexpr std::size_t kOverhead = 4;
  const auto spend = [&budget](std::size_t bytes) {
    if (bytes > budget) return false;
    budget -= bytes;
    return true;
  };
  if (!spend(kOverhead)) return false;
  if (value.is_text()) return spend(value.as_text().size());
  if (value.is_list()) {
    return std::ranges::all_of(value.as_list(), [&](const json::Value& item) { return affords(item, budget); });
  }
  if (!value.is_object()) return true;
  return std::ranges::all_of(value.as_object(), [&](const json::Member& member) {
    return spend(member.key.size()) && affords(member.value, budget);
  });
}

// What the caller sent may be as large as a request, and stand in as many rules as there are: a large value is only
// named.
void write_actual(const json::Value& actual, json::Writer& out) {
  std::size_t budget = kMaxActualBytes;
  if (affords(actual, budget)) {
    out.member("actual", actual);
  } else {
    out.member("actual", "[" + std::string(json::to_string(actual.kind())) + " too large to show]");
  }
}

void write_test(const Test& test, Facts& facts, json::Writer& out) {
  out.begin_object().member("path", test.attribute.path);
  out.member("operator", operator_name(test.op, test.negated));
  out.member("operand", test.operand);
  write_actual(value_under_test(test, facts, nullptr), out);
  out.end_object();
}

void explain_rule(const CompiledRule& rule, const Input& input, Facts& facts, json::Writer& out) {
  const Because because = why_not(rule, input.request, facts);
  const Leaning leaning = leaning_of(rule.effect);
  out.begin_object().member("rule", rule.id).member("effect", to_string(rule.effect));
  out.key("matched").boolean(because == Because::Nothing);
  write_because(because, out);
  out.key("test");
  const Test* failed = because == Because::Condition ? first_failed(rule.condition, facts, leaning).failed : nullptr;
  if (failed == nullptr) {
    out.null();
  } else {
    write_test(*failed, facts, out);
  }
  out.key("undecided").begin_list();
  if (because == Because::Nothing || because == Because::Condition) {
    UndecidedTests(facts, leaning, out).write(rule.condition, nullptr);
  }
  out.end_list().end_object();
}

}  // namespace

void explain_policy(const CompiledPolicy& policy, const Outcome& outcome, const Input& input, std::size_t max_bytes,
                    json::Writer& out) {
  Facts facts(input, policy.zone);
  out.begin_object().member("policy", policy.name).member("enforcement", to_string(policy.enforcement));
  out.member("combining", to_string(policy.combining)).member("outcome", to_string(outcome.kind));
  out.key("rules").begin_list();
  bool truncated = false;
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const bool decides = outcome.kind != Outcome::Kind::None && outcome.rule == i;
    if (out.size() < max_bytes || decides) {
      explain_rule(policy.rules[i], input, facts, out);
    } else {
      truncated = true;
    }
  }
  out.end_list();
  if (truncated) out.key("truncated").boolean(true);
  out.end_object();
}

}  // namespace guardian::policy
