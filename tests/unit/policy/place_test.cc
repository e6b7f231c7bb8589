// Where errors say they are.
#include "guardian/policy/place.h"

#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

TEST_CASE("place: file, line, column, policy, rule and path, from wide to narrow") {
  const auto error = refusal_of(
      "name: p\nappliesTo: {agentIds: ['*']}\nrules:\n  - id: r\n    effect: deny\n    actions: ['*']\n"
      "    conditions:\n      context.a: { resembles: x }\n");
  CHECK(error.message() == "p.yaml:8:20: policy `p`: rule `r`: conditions.context.a: unknown operator `resembles`");
}

TEST_CASE("place: without text there is no line, only the name") {
  const std::string text = rule_text("permit", "{}");
  const auto document = parse_yaml(text);
  REQUIRE(document.ok());
  const auto policy = Policy::compile(document->root(), {"policies[3]", ""}, {});
  REQUIRE_FALSE(policy.ok());
  CHECK(policy.error().message().starts_with("policies[3]: policy `p`: rule `r`: effect: "));
}

TEST_CASE("place: an error inside an expression has the place of the text and the column in it") {
  const auto error = refusal_of("name: p\nrules:\n- effect: deny\n  actions: ['*']\n  conditions: context.a ~ 1\n");
  CHECK(error.message().starts_with("p.yaml:5:15: policy `p`: rule `rule-1`: conditions: column 11: "));
}

TEST_CASE("place: the user's words stay on one line and short") {
  CHECK(quoted("a\nb").find('\n') == std::string::npos);
  CHECK(quoted(std::string(5000, 'x')).size() < 200);
  const auto error = refusal_of("name: p\n\"a\\nb\": 1\nrules: [{effect: deny, actions: [x]}]\n");
  CHECK(error.message().find('\n') == std::string::npos);
}

TEST_CASE("place: a rule that cannot be read is called by its id where it has one") {
  CHECK(mentions(refusal_of("name: p\nrules: [{id: here, colour: red}]\n"), "rule `here`: unknown field"));
  CHECK(mentions(refusal_of("name: p\nrules: [{id: here, actions: []}]\n"), "rule `here`: actions: "));
}

}  // namespace guardian::policy
