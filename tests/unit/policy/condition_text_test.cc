#include "guardian/policy/condition_text.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/policy/compiled.h"
#include "guardian/policy/expression.h"
#include "policy_text.h"

namespace guardian::policy {

namespace {

// The text of a rule's conditions, given in flow YAML.
std::string text_of(std::string_view conditions) {
  const Policy policy = policy_of(rule_text("allow", conditions));
  return condition_text(policy.compiled().rules.front().condition);
}

std::string again(std::string_view text) {
  ConditionStore operands;
  const auto compiled = compile_expression(text, false, operands);
  if (!compiled.ok()) FAIL(text << ": " << compiled.error().message());
  return condition_text(*compiled);
}

// True where the conditions print as `text`, and that compiles to what prints so again.
bool prints(std::string_view conditions, std::string_view text) {
  CHECK(text_of(conditions) == text);
  return again(text) == text;
}

}  // namespace

TEST_CASE("condition text: maps read as text expressions") {
  CHECK(prints("{context.amount: {gt: 0, lte: 100}}", "context.amount > 0 AND context.amount <= 100"));
  CHECK(prints("{context.channel: [slack, 'it''s']}", R"(context.channel IN ['slack', 'it\'s'])"));
  CHECK(prints("{context: {tenant: {plan: pro}}}", "context.tenant.plan == 'pro'"));
  CHECK(prints("{'context[\"a.b\"]': {exists: true}}", "context[\"a.b\"] EXISTS"));
  CHECK(prints("{context.amount: {between: [1, 2.5]}}", "context.amount BETWEEN [1, 2.5]"));
  CHECK(prints("{context.when: null}", "context.when == null"));
}

TEST_CASE("condition text: shorthands and aliases are written out") {
  CHECK(prints("{tags: [ops]}", "agent.tags IN ['ops']"));
  CHECK(prints("{amount_max: 5, request.urgent: true}", "context.amount <= 5 AND context.urgent == true"));
  CHECK(prints("'agent.tier == \"trusted\"'", "agent.trustTier == 'trusted'"));
}

TEST_CASE("condition text: negations are shown where they are evaluated") {
  CHECK(prints("{context.recipient: {notMatches: '*@example.com'}}", "context.recipient NOT MATCHES '*@example.com'"));
  CHECK(prints("{not: {context.a: {in: [1]}, context.b: {lt: 2}}}", "context.a NOT IN [1] OR NOT (context.b < 2)"));
  CHECK(prints("{not: {context.a: {notEquals: 1}}}", "context.a == 1"));
  CHECK(prints("{context.a: {exists: false}}", "NOT (context.a EXISTS)"));
  CHECK(prints("{not: {context.a: {exists: false}}}", "context.a EXISTS"));
  CHECK(prints("{not: {context.ip: {cidr: [10.0.0.0/8]}}}", "NOT (context.ip CIDR ['10.0.0.0/8'])"));
}

TEST_CASE("condition text: parentheses stand where AND would bind tighter, and nowhere else") {
  CHECK(prints("{all: ['context.a == 1 OR context.b == 1', 'context.c == 1']}",
               "(context.a == 1 OR context.b == 1) AND context.c == 1"));
  CHECK(prints("{any: [{all: [{context.a: 1}, {context.b: 1}]}, {context.c: 1}]}",
               "context.a == 1 AND context.b == 1 OR context.c == 1"));
  CHECK(prints("[{all: ['context.a == 1', {all: [{context.b: 1}]}]}]", "context.a == 1 AND context.b == 1"));
}

TEST_CASE("condition text: what only maps can say is written as they say it") {
  CHECK(text_of("{context.to: {every: {matches: '*@a.b', notEquals: x}}}") ==
        "context.to: {every: {matches: '*@a.b', notEquals: 'x'}}");
  CHECK(text_of("{not: {context.to: {some: {equals: 1}}}}") == "NOT (context.to: {some: {equals: 1}})");
  CHECK(text_of("{context.a: {equals: {'b c': [1, 2]}}}") == "context.a: {equals: {'b c': [1, 2]}}");
  CHECK(text_of("{context.a: {notEquals: {b: null}}}") == "NOT (context.a: {equals: {b: null}})");
}

TEST_CASE("condition text: a condition that always holds has no text") { CHECK(text_of("{}").empty()); }

TEST_CASE("condition text: parts can be left out") {
  const Policy policy =
      policy_of(rule_text("allow", "{all: [{any: [{context.a: 1}, {agent.id: x}]}, {agent.name: y}, {context.b: 2}]}"));
  const auto of_agent = [](const Condition& condition) {
    return condition.kind == Condition::Kind::Test && condition.test->attribute.root != Root::Context;
  };
  CHECK(condition_text(policy.compiled().rules.front().condition, of_agent) == "context.a == 1 AND context.b == 2");
}

}  // namespace guardian::policy
