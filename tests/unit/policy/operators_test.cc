// What the operators say of values they can take.
#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

namespace {

BothEffects test(std::string_view operators, std::string_view value) {
  return both("{context.a: " + std::string(operators) + "}", "{\"a\": " + std::string(value) + "}");
}

}  // namespace

TEST_CASE("operators: equals compares JSON values, numbers by value and lists and maps deeply") {
  CHECK(test("{equals: 1}", "1.0") == kHolds);
  CHECK(test("{equals: 1}", "\"1\"") == kFails);
  CHECK(test("{equals: {x: [1, {y: 2}]}}", R"({"x": [1.0, {"y": 2}]})") == kHolds);
  CHECK(test("{equals: [a, b]}", R"(["b", "a"])") == kFails);
  CHECK(test("{notEquals: true}", "1") == kHolds);
}

TEST_CASE("operators: in asks for the value, or for some member of a list") {
  CHECK(test("{in: [a, 2]}", "2.0") == kHolds);
  CHECK(test("{in: [a, b]}", R"(["x", "b"])") == kHolds);
  CHECK(test("{in: [a, b]}", "[]") == kFails);
  CHECK(test("{notIn: [a, b]}", R"(["x"])") == kHolds);
  CHECK(test("[a, b]", "\"a\"") == kHolds);
  CHECK(test("{in: [{k: 1}]}", R"({"k": 1})") == kHolds);
}

TEST_CASE("operators: order compares numbers with numbers and instants with instants") {
  CHECK(test("{lt: 5}", "4.9") == kHolds);
  CHECK(test("{lt: 5}", "5") == kFails);
  CHECK(test("{lte: 5}", "5") == kHolds);
  CHECK(test("{gt: -1}", "0") == kHolds);
  CHECK(test("{gte: 5}", "4") == kFails);
  CHECK(test("{between: [1, 3]}", "1") == kHolds);
  CHECK(test("{between: [1, 3]}", "3") == kHolds);
  CHECK(test("{between: [1, 3]}", "3.1") == kFails);
  CHECK(test("{lt: '2026-01-01T12:00:00Z'}", "\"2026-01-01T13:30:00+02:00\"") == kHolds);
  CHECK(test("{gt: '2026-01-01T12:00:00Z'}", "\"2026-01-01T12:00:00.000000001Z\"") == kHolds);
  CHECK(test("{between: ['2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z']}", "\"2026-06-01t00:00:00z\"") == kHolds);
}

TEST_CASE("operators: patterns over texts, one or several") {
  CHECK(test("{matches: ['x*', '*y']}", "\"ay\"") == kHolds);
  CHECK(test("{matches: 'x*'}", "[]") == kFails);
  CHECK(test("{notMatches: 'x*'}", R"(["a", "b"])") == kHolds);
  CHECK(test("{pathMatches: ['a/*', '/b/**']}", "\"/b/c/d\"") == kHolds);
  CHECK(test("{pathMatches: 'a/*'}", R"(["a/b"])") == kAgainstCaller);
  CHECK(test("{regex: 'b+c'}", "\"abbcd\"") == kHolds);
  CHECK(test("{regex: ['^x', 'D$']}", "\"abcd\"") == kFails);
  CHECK(test("{regex: '(?i)D$'}", "\"abcd\"") == kHolds);
}

TEST_CASE("operators: texts at the start, at the end and inside") {
  CHECK(test("{startsWith: [x, ab]}", "\"abc\"") == kHolds);
  CHECK(test("{endsWith: bc}", "\"abc\"") == kHolds);
  CHECK(test("{starts_with: bc}", "\"abc\"") == kFails);
  CHECK(test("{contains: b}", "\"abc\"") == kHolds);
  CHECK(test("{contains: 2}", "[1, 2.0]") == kHolds);
  CHECK(test("{contains: {k: 1}}", R"([{"k": 1}])") == kHolds);
  CHECK(test("{containsAll: [a, b]}", R"(["b", "c", "a"])") == kHolds);
  CHECK(test("{contains_all: [a, z]}", "\"abc\"") == kFails);
}

TEST_CASE("operators: cidr takes one block or several") {
  CHECK(test("{cidr: [10.0.0.0/8, '::1/128']}", "\"::1\"") == kHolds);
  CHECK(test("{cidr: 10.0.0.0/8}", "\"11.0.0.1\"") == kFails);
}

TEST_CASE("operators: every holds of the empty list and some does not") {
  CHECK(test("{every: {equals: x}}", "[]") == kHolds);
  CHECK(test("{some: {equals: x}}", "[]") == kFails);
}

TEST_CASE("operators: all operators of a map must hold") {
  CHECK(test("{gte: 1, lt: 5}", "3") == kHolds);
  CHECK(test("{gte: 1, lt: 5}", "7") == kFails);
}

TEST_CASE("operators: operands of the wrong kind are refused and the operator is named") {
  for (const auto* operators : {"{in: x}",
                                "{notIn: x}",
                                "{lt: x}",
                                "{lt: true}",
                                "{gte: [1]}",
                                "{between: [1]}",
                                "{between: [1, 2, 3]}",
                                "{between: [1, '2026-01-01T00:00:00Z']}",
                                "{between: 5}",
                                "{matches: 5}",
                                "{matches: [x, 5]}",
                                "{regex: null}",
                                "{startsWith: 1}",
                                "{containsAll: x}",
                                "{cidr: 10.0.0.1}",
                                "{exists: 1}",
                                "{some: x}",
                                "{some: [equals]}",
                                "{every: {plan: pro}}",
                                "{some: {equals: 1, plan: 2}}"}) {
    CAPTURE(operators);
    const auto error = refused_conditions("{context.a: " + std::string(operators) + "}");
    CHECK(error.code() == base::ErrorCode::PolicyInvalid);
    CHECK(mentions(error, "conditions.context.a"));
  }
}

TEST_CASE("operators: an unknown operator is refused with the nearest known one") {
  const auto error = refused_conditions("{context.a: {startWith: x}}");
  CHECK(mentions(error, "unknown operator `startWith`; did you mean `startsWith`?"));
}

}  // namespace guardian::policy
