#include "guardian/policy/condition_map.h"

#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

TEST_CASE("conditions: all, any, not and lists combine") {
  CHECK(both("{all: [{context.a: 1}, {context.b: 2}]}", R"({"a": 1, "b": 2})") == kHolds);
  CHECK(both("{any: [{context.a: 1}, 'context.b == 2']}", R"({"b": 2})") == kHolds);
  CHECK(both("{any: [{context.a: 1}, {context.b: 2}]}", R"({"a": 2, "b": 3})") == kFails);
  CHECK(both("[{context.a: 1}, 'context.b == 2']", R"({"a": 1, "b": 2})") == kHolds);
  CHECK(both("[{context.a: 1}, 'context.b == 2']", R"({"a": 1, "b": 3})") == kFails);
  CHECK(both("{}", "{}") == kHolds);
}

TEST_CASE("conditions: a negation reaches every test below it") {
  CHECK(both("{not: {all: [{context.a: 1}, {context.b: 2}]}}", R"({"a": 1, "b": 3})") == kHolds);
  CHECK(both("{not: {any: [{context.a: 1}, {context.b: 2}]}}", R"({"a": 3, "b": 2})") == kFails);
  CHECK(both("{not: {not: {context.a: 1}}}", "{}") == kFails);
  CHECK(both("{not: [{context.a: 1}, {context.b: 2}]}", R"({"a": 1, "b": 3})") == kHolds);
  CHECK(both("{not: 'context.a == 1 AND context.b == 2'}", R"({"a": 1, "b": 3})") == kHolds);
  CHECK(both("{not: {context.a: {gte: 1, lte: 5}}}", R"({"a": 9})") == kHolds);
}

TEST_CASE("conditions: below a bare root maps are paths until a map with an operator") {
  CHECK(both("{context: {tenant: {plan: pro, seats: {lte: 5}}}}", R"({"tenant": {"plan": "pro", "seats": 3}})") ==
        kHolds);
  CHECK(both("{agent: {trust_tier: verified, metadata: {team: cx}}}", "{}") == kHolds);
  CHECK(both("{context: {exists: true}}", "{}") == kHolds);
  CHECK(both("{context: {a: {starts_with: x}}}", R"({"a": "xy"})") == kHolds);
  CHECK(both("{context: {'[\"a.b\"]': 1}}", R"({"a.b": 1})") == kHolds);
  CHECK(both("{context: {all: 1, not: 2}}", R"({"all": 1, "not": 2})") == kHolds);
  refused_conditions("{context.tenant: {plan: pro}}");
  refused_conditions("{tenant: {plan: pro}}");
  refused_conditions("{context: {a: {plan: pro, equals: 1}}}");
  refused_conditions("{context: {a.b: {plan: pro}}}");
}

TEST_CASE("conditions: an attribute is written once in a map, however it is spelt") {
  for (const auto* conditions :
       {"{context.a: 1, request.a: 1}", "{agent.trustTier: x, agent.tier: x}", "{context.a: 1, a: 1}",
        "{context: {a: 1}, request: {b: 1}}", "{agent: {orgId: x, org_id: x}}", "{amount_min: 1, amountMin: 2}",
        "{tags: [x], agent.tags: [y]}", "{context.a: {starts_with: x, startsWith: y}}"}) {
    CAPTURE(conditions);
    CHECK(mentions(refused_conditions(conditions), "beside"));
  }
  CHECK(both("{context: {a: 1}, context.b: 1}", R"({"a": 1, "b": 1})") == kHolds);
  CHECK(both("{context: {a: {b: 1}}, context.a: {exists: true}}", R"({"a": {"b": 1}})") == kHolds);
  CHECK(both("{context: {a: {b: 1}, a.c: 2}}", R"({"a": {"b": 1, "c": 2}})") == kHolds);
  CHECK(both("{amount_min: 1, amount_max: 5, amount: {notEquals: 3}}", R"({"amount": 4})") == kHolds);
}

TEST_CASE("conditions: an attribute below a bare root and the same one beside it are two names of one thing") {
  for (const auto* conditions :
       {"{context: {a: 1}, context.a: 2}", "{context.a: 1, context: {a: 2}}", "{request: {a: 1}, context.a: 2}",
        "{context.a: 1, request: {a: {lte: 2}}}", "{context: {a: {b: 1}}, 'context.a[\"b\"]': 2}",
        "{context: {a: 1}, a: 2}", "{context: {a: {b: 1}, a.b: 2}}", "{agent: {tags: x}, tags: [x]}",
        "{agent: {tier: x}, agent.trustTier: y}"}) {
    CAPTURE(conditions);
    CHECK(mentions(refused_conditions(conditions), "two names of one thing"));
  }
  CHECK(mentions(refused_conditions("{request: {a: 1}, context.a: 2}"), "`context.a` beside `a` below `request`"));
}

TEST_CASE("conditions: the shorthands of published policies") {
  CHECK(both("{tags: [vip, support]}", "{}") == kHolds);
  CHECK(both("{tags: support}", "{}") == kHolds);
  CHECK(both("{tags: vip}", R"({"tags": ["vip"]})") == kFails);
  CHECK(both("{recipient_pattern: '*@example.com'}", R"({"recipient": "a@example.com"})") == kHolds);
  CHECK(both("{recipientPattern: ['*@a.test', '*@b.test']}", R"({"recipient": "x@b.test"})") == kHolds);
  CHECK(both("{note_contains: urgent}", R"({"note": "very urgent"})") == kHolds);
  CHECK(both("{amountMin: 5, amount_max: 9}", R"({"amount": 5})") == kHolds);
  CHECK(both("{amount_range: [5, 9]}", R"({"amount": 10})") == kFails);
  CHECK(both("{channel: [slack, mail]}", R"({"channel": "mail"})") == kHolds);
  CHECK(both("{amount: {lte: 9}}", R"({"amount": 9})") == kHolds);
  CHECK(both("{resourceType: x}", R"({"resourceType": "x"})") == kHolds);
  CHECK(rule_matches("allow", "{resource_pattern: 'cust_*'}", {.resource = "cust_9"}));
  CHECK(rule_matches("allow", "{Min: 1, _max: 2, admin: 3}", {.context = R"({"Min": 1, "_max": 2, "admin": 3})"}));
}

TEST_CASE("conditions: shorthands that could hide a mistake are refused") {
  for (const auto* conditions :
       {"{tags: 5}", "{tags: [5]}", "{tags: {contains: x}}", "{amount_max: {lte: 5}}", "{amount_max: [5]}",
        "{agent_pattern: x}", "{agentTier: x}", "{context_amount_max: 5}", "{timezone: x}", "{tokens_max: 5}",
        "{tenant.plan: pro}", "{contxt.amount: 5}", "{delegationDepth: 1}"}) {
    CAPTURE(conditions);
    CHECK(refused_conditions(conditions).code() == base::ErrorCode::PolicyInvalid);
  }
}

TEST_CASE("conditions: a rate limit among the conditions of a rule is no condition") {
  const Policy policy = policy_of(rule_text("allow", "{rateLimit: 100/minute, context.a: 1}"));
  CHECK(policy.rule_rate_limits(0) == RateLimits{.per_minute = 100});
  CHECK(evaluate(policy, {.context = R"({"a": 1})"}).kind == Outcome::Kind::Allow);
  CHECK(evaluate(policy, {.context = R"({"a": 2})"}).kind == Outcome::Kind::None);
  CHECK(rule_matches("allow", "{rate_limit: {maxPerDay: 5}}"));
  // Deeper it is a name like any other.
  CHECK(both("{all: [{rateLimit: 5}]}", R"({"rateLimit": 5})") == kHolds);
}

TEST_CASE("conditions: what is no condition is refused") {
  for (const auto* conditions : {"5",
                                 "true",
                                 "[5]",
                                 "[[{context.a: 1}]]",
                                 "{all: {context.a: 1}}",
                                 "{any: x}",
                                 "{all: []}",
                                 "{not: {}}",
                                 "{all: [{}]}",
                                 "{not: 5}",
                                 "[]",
                                 "{agent: x}",
                                 "{agent: {exists: true}}",
                                 "{time: 5}",
                                 "{action: {verb: x}}",
                                 "{and: [x]}",
                                 "{in: [x]}",
                                 "{'a b': 1}",
                                 "{context.a: []}",
                                 "{context.a: {}}",
                                 "{context.a: {equals: {}}}",
                                 "{context.a: {equals: {b: []}}}",
                                 "{context.a: {equals: [[1]]}}"}) {
    CAPTURE(conditions);
    CHECK(refused_conditions(conditions).code() == base::ErrorCode::PolicyInvalid);
  }
}

}  // namespace guardian::policy
