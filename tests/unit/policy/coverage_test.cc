#include "guardian/policy/coverage.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "policy_text.h"

namespace guardian::policy {

namespace {

PolicyCoverage covered(const Policy& policy, std::initializer_list<Asked> requests) {
  PolicyCoverage coverage = policy.nothing_covered();
  for (const Asked& asked : requests) policy.cover(Question(asked).input(), coverage);
  return coverage;
}

// The outcomes a test has had, `+-?` for holds, fails and undecided, and `.` for one it cannot have.
std::string had(const TestCoverage& test) {
  std::string text;
  for (const TestOutcome outcome : kTestOutcomes) {
    const char mark = "+-?"[static_cast<std::size_t>(outcome)];
    if (!test.can_have(outcome)) {
      text += '.';
    } else if (test.has_had(outcome)) {
      text += mark;
    } else {
      text += '_';
    }
  }
  return text;
}

std::string had_of_one(std::string_view effect, std::string_view conditions, std::initializer_list<Asked> requests) {
  const PolicyCoverage coverage = covered(policy_of(rule_text(effect, conditions)), requests);
  std::string text;
  for (const TestCoverage& test : coverage.rules.at(0).tests) text += (text.empty() ? "" : " ") + had(test);
  return text;
}

}  // namespace

TEST_CASE("coverage: a rule is asked when its patterns match and matched when its conditions hold too") {
  const Policy policy = policy_of(
      "name: p\nrules:\n"
      "  - {id: a, effect: allow, actions: [write], resources: [x]}\n"
      "  - {id: b, effect: allow, actions: [write], conditions: {context.n: 1}}\n"
      "  - {id: c, effect: deny, actions: [read]}\n");
  const PolicyCoverage nothing = policy.nothing_covered();
  REQUIRE(nothing.rules.size() == 3);
  CHECK(nothing.name == "p");
  for (const RuleCoverage& rule : nothing.rules) CHECK_FALSE((rule.asked || rule.matched));

  const PolicyCoverage coverage = covered(policy, {{.context = "{\"n\": 2}", .action = "write"}});
  CHECK_FALSE(coverage.rules[0].asked);
  CHECK(coverage.rules[1].asked);
  CHECK_FALSE(coverage.rules[1].matched);
  CHECK_FALSE(coverage.rules[2].asked);

  const PolicyCoverage more =
      covered(policy, {{.context = "{\"n\": 1}", .action = "write", .resource = "x"}, {.action = "read"}});
  for (const RuleCoverage& rule : more.rules) CHECK(rule.matched);
}

TEST_CASE("coverage: under first-applicable a rule behind one that matched is not asked") {
  constexpr std::string_view kRules =
      "name: p\nrules: [{id: a, effect: allow, actions: ['*']}, {id: b, effect: deny, actions: ['*']}]\n";
  CHECK_FALSE(covered(policy_of(kRules, Combining::FirstApplicable), {{}}).rules[1].asked);
  CHECK(covered(policy_of(kRules, Combining::DenyOverrides), {{}}).rules[1].matched);
}

TEST_CASE("coverage: a test is named as explanations name it") {
  const PolicyCoverage coverage =
      policy_of(rule_text("deny", "{not: {context.ip: {cidr: 10.0.0.0/8}}, context.to: {notMatches: '*@x'}}"))
          .nothing_covered();
  const auto& tests = coverage.rules.at(0).tests;
  REQUIRE(tests.size() == 2);
  CHECK(tests[0].path + " " + tests[0].operation + " " + tests[0].operand == "context.ip not cidr \"10.0.0.0/8\"");
  CHECK(tests[1].path + " " + tests[1].operation + " " + tests[1].operand == "context.to notMatches \"*@x\"");
}

TEST_CASE("coverage: outcomes of a test are told apart, its negation counted") {
  const auto outcomes = [](std::string_view condition, std::string_view context) {
    return had_of_one("deny", condition, {{.context = context}});
  };
  CHECK(outcomes("{context.n: {gt: 1}}", "{\"n\": 2}") == "+__");
  CHECK(outcomes("{context.n: {gt: 1}}", "{\"n\": 1}") == "_-_");
  CHECK(outcomes("{context.n: {gt: 1}}", "{\"n\": \"2\"}") == "__?");
  CHECK(outcomes("{context.n: {gt: 1}}", "{}") == "__?");
  CHECK(outcomes("{not: {context.n: {gt: 1}}}", "{\"n\": 2}") == "_-_");
  CHECK(had_of_one("allow", "{context.n: {notEquals: 1}}",
                   {{.context = "{\"n\": 1}"}, {.context = "{\"n\": 2}"}, {}}) == "+-?");
}

TEST_CASE("coverage: every test of an asked rule counts, also behind one that decided") {
  CHECK(had_of_one("allow", "{context.a: 1, context.b: 1}", {{.context = R"({"a": 2, "b": 1})"}}) == "_-_ +__");
  CHECK(had_of_one("allow", "{any: [{context.a: 1}, {context.b: 1}]}", {{.context = R"({"a": 1})"}}) == "+__ __?");
}

TEST_CASE("coverage: tests of the members of a list are counted over all members") {
  CHECK(had_of_one("deny", "{context.l: {some: {equals: 1}}}", {{.context = R"({"l": [1, 2, null]})"}}) == "+__ +-?");
  CHECK(had_of_one("deny", "{context.l: {some: {equals: 1}}}", {{.context = R"({"l": []})"}}) == "_-_ ___");
}

TEST_CASE("coverage: an outcome that a test cannot have is not asked for") {
  CHECK(had_of_one("allow", "{context.n: {exists: true}}", {{}}) == "_-.");
  CHECK(had_of_one("allow", "{context.n: {equals: null}}", {{}}) == "+_.");
  CHECK(had_of_one("allow", "{context.n: [1, null]}", {{}}) == "+_.");
  CHECK(had_of_one("allow", "time.hour < 18", {{}}) == "+_.");
  CHECK(had_of_one("allow", "agent.trustTier == 'verified' AND agent.trustRank >= 1", {{}}) == "+_. +_.");
  CHECK(had_of_one("allow", "{tags: support, action: {startsWith: read}}", {{}}) == "+_. +_.");
  // A path may climb above its start, and a resource need not be there.
  CHECK(had_of_one("allow", "{action: {pathMatches: '**'}}", {{}}) == "+__");
  CHECK(had_of_one("allow", "{resource: {matches: '*'}}", {{}}) == "__?");
  CHECK(had_of_one("allow", "time.iso >= '2026-01-01T00:00:00Z'", {{}}) == "+__");
}

TEST_CASE("coverage: what the rule's own patterns rule out is not asked for") {
  const auto possible = [](std::string_view patterns, std::string_view condition) {
    const Policy policy = policy_of("name: p\nrules: [{id: a, effect: allow, " + std::string(patterns) +
                                    ", conditions: " + std::string(condition) + "}]\n");
    return had(policy.nothing_covered().rules.at(0).tests.at(0));
  };
  CHECK(possible("actions: [w], resources: ['r*']", "{resource: {matches: 'r1*'}}") == "__.");
  CHECK(possible("actions: [w]", "{resource: {matches: 'r1*'}}") == "___");
  CHECK(possible("actions: [w], resources: [r]", "{resource: r}") == "_..");
  CHECK(possible("actions: [w], resources: [r]", "{not: {resource: r}}") == "._.");
  CHECK(possible("actions: ['a:b']", "{action: 'a:b'}") == "_..");
  CHECK(possible("actions: ['a:b', 'a:c']", "{action: 'a:b'}") == "__.");
  CHECK(possible("actions: ['a:b', 'a:*']", "{action: 'a:b'}") == "__.");
  CHECK(possible("actions: ['../b']", "{action: {pathMatches: '/b'}}") == ".._");
}

TEST_CASE("coverage: what no clock shows and no chain is long enough for is not asked for") {
  const auto possible = [](std::string_view condition) { return had_of_one("allow", condition, {}); };
  CHECK(possible("time.hour >= 0") == "_..");
  CHECK(possible("time.hour > 23") == "._.");
  CHECK(possible("time.hour > 22") == "__.");
  CHECK(possible("{time.weekday: {between: [1, 7]}}") == "_..");
  CHECK(possible("time.weekday == 0") == "._.");
  CHECK(possible("time.minuteOfDay == 1439") == "__.");
  CHECK(possible("delegation.depth <= 5") == "_..");
  CHECK(possible("delegation.depth > 4") == "__.");
  CHECK(possible("context.hour >= 0") == "___");
}

}  // namespace guardian::policy
