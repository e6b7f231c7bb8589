#include "guardian/policy/explain.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/json/writer.h"
#include "policy_text.h"

namespace guardian::policy {

namespace {

std::string explained(const Policy& policy, const Asked& asked) {
  const Question question(asked);
  std::string text;
  json::Writer out(text);
  policy.explain(question.input(), 1 << 20, out);
  return text;
}

// The `test` and `undecided` of the one rule with these conditions.
struct RuleExplanation {
  std::string test;
  std::string undecided;
};
RuleExplanation explained_rule(std::string_view effect, std::string_view conditions, std::string_view context) {
  const auto document = json::parse(explained(policy_of(rule_text(effect, conditions)), {.context = context}));
  REQUIRE(document.ok());
  const json::Value& rule = document->root().find("rules")->as_list()[0];
  return {json::write(*rule.find("test")), json::write(*rule.find("undecided"))};
}

}  // namespace

TEST_CASE("explain: members, their order and what kept each rule from matching") {
  const Policy policy = policy_of(
      "name: p\nrules: [{id: a, effect: deny, actions: [write], conditions: {context.x: 1}}, {id: b, effect: "
      "require-approval, actions: ['*'], resources: [z]}, {id: c, effect: allow, actions: ['*'], conditions: "
      "{context.x: {gt: 5}}}, {id: d, effect: allow, actions: ['*']}]\n");
  CHECK(explained(policy, {.context = R"({"x": 3})"}) ==
        R"({"policy":"p","enforcement":"enforce","combining":"deny-overrides","outcome":"allow","rules":[)"
        R"({"rule":"a","effect":"deny","matched":false,"because":"action","test":null,"undecided":[]},)"
        R"({"rule":"b","effect":"require-approval","matched":false,"because":"resource","test":null,"undecided":[]},)"
        R"({"rule":"c","effect":"allow","matched":false,"because":"condition","test":{"path":"context.x",)"
        R"("operator":"gt","operand":5,"actual":3},"undecided":[]},)"
        R"({"rule":"d","effect":"allow","matched":true,"because":null,"test":null,"undecided":[]}]})");
}

TEST_CASE("explain: the paths are canonical and the operators named as they count") {
  CHECK(explained_rule("allow", "{agent.tier: x}", "{}").test ==
        R"({"path":"agent.trustTier","operator":"equals","operand":"x","actual":"verified"})");
  CHECK(explained_rule("allow", "{not: {context.a: {lt: 5}}}", R"({"a": 1})").test ==
        R"({"path":"context.a","operator":"not lt","operand":5,"actual":1})");
  CHECK(explained_rule("allow", "'NOT request.a != 5'", R"({"a": 1})").test ==
        R"({"path":"context.a","operator":"equals","operand":5,"actual":1})");
  CHECK(explained_rule("allow", R"({'context["a.b"]': [x]})", "{}").test ==
        R"({"path":"context[\"a.b\"]","operator":"in","operand":["x"],"actual":null})");
  CHECK(explained_rule("allow", "{amount_max: 5}", R"({"amount": 9})").test ==
        R"({"path":"context.amount","operator":"lte","operand":5,"actual":9})");
}

TEST_CASE("explain: the test is the first that made the rule fail") {
  CHECK(explained_rule("allow", "{context.a: 1, context.b: 2, context.c: 3}", R"({"a": 1, "b": 0, "c": 0})").test ==
        R"({"path":"context.b","operator":"equals","operand":2,"actual":0})");
  CHECK(explained_rule("allow", "{any: [{context.a: 1}, {context.b: 2}], context.c: 3}", R"({"b": 2})").test ==
        R"({"path":"context.c","operator":"equals","operand":3,"actual":null})");
  CHECK(explained_rule("allow", "{context.l: {every: {lt: 5}}}", R"({"l": [1, 9]})").test ==
        R"({"path":"context.l","operator":"every","operand":{"lt":5},"actual":[1,9]})");
}

TEST_CASE("explain: every undecided test is listed with why, also where the rule matched") {
  CHECK(explained_rule("deny", "{context.a: {notMatches: x}, context.b: {lt: 5}}", R"({"b": "x"})").undecided ==
        R"([{"path":"context.a","operator":"notMatches","why":"absent"},)"
        R"({"path":"context.b","operator":"lt","why":"type"}])");
  CHECK(explained_rule("allow", "{context.a: 1, any: [{context.b: {regex: x}}, {context.c: 1}]}", R"({"b": 7})")
            .undecided == R"([{"path":"context.a","operator":"equals","why":"absent"},)"
                          R"({"path":"context.b","operator":"regex","why":"type"},)"
                          R"({"path":"context.c","operator":"equals","why":"absent"}])");
}

TEST_CASE("explain: nested undecided tests are listed under the path of their list") {
  CHECK(explained_rule("deny", "{context.l: {every: {matches: x}}}", R"({"l": ["x", 5, null]})").undecided ==
        R"([{"path":"context.l","operator":"matches","why":"type"}])");
  CHECK(explained_rule("deny", "{not: {context.l: {some: {every: {lt: 5}}}}}", R"({"l": [[1], ["a"]]})").undecided ==
        R"([{"path":"context.l","operator":"not lt","why":"type"}])");
}

TEST_CASE("explain: the outcome is that of evaluate, rules after the deciding one included") {
  const Policy policy = policy_of(
      "name: p\nenforcement: dry-run\ncombining: first-applicable\nrules: [{id: a, effect: require-approval, actions: "
      "['*']}, {id: b, effect: deny, actions: ['*']}]\n");
  const std::string text = explained(policy, {});
  CHECK(text.find(R"("enforcement":"dry-run","combining":"first-applicable","outcome":"require-approval")") !=
        std::string::npos);
  CHECK(text.find(R"({"rule":"b","effect":"deny","matched":true)") != std::string::npos);
}

TEST_CASE("explain: a large actual value is named instead of shown in every rule") {
  const std::string context = R"({"x":")" + std::string(2000, 'y') + R"("})";
  const RuleExplanation explanation = explained_rule("allow", "{context.x: z}", context);
  CHECK(explanation.test.find("[text too large to show]") != std::string::npos);
}

TEST_CASE("explain: past the size asked for only the deciding rule is written, and it is said") {
  std::string text = "name: p\nrules:\n";
  for (int i = 0; i < 50; ++i) text += "  - {effect: deny, actions: [other]}\n";
  text += "  - {id: decides, effect: allow, actions: ['*']}\n";
  const Policy policy = policy_of(text);
  const Question question(Asked{});
  std::string written;
  json::Writer out(written);
  policy.explain(question.input(), 500, out);
  CHECK(written.size() < 1500);
  CHECK(written.find("decides") != std::string::npos);
  CHECK(written.find(R"("truncated":true)") != std::string::npos);
}

}  // namespace guardian::policy
