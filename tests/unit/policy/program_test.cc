#include "guardian/policy/program.h"

#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

namespace {

constexpr std::string_view kRules = R"(
rules:
  - { id: allow-all, effect: allow, actions: ["read:*"] }
  - { id: ask, effect: require-approval, actions: ["read:b*"] }
  - { id: ask-again, effect: require-approval, actions: ["read:b*"] }
  - { id: forbid, effect: deny, actions: ["read:b"] }
  - { id: forbid-too, effect: deny, actions: ["read:b"] }
)";

std::string decide(const Policy& policy, std::string_view action) {
  const Outcome outcome = evaluate(policy, {.action = action});
  std::string result(to_string(outcome.kind));
  if (outcome.kind != Outcome::Kind::None) result += " " + std::string(policy.rule_id(outcome.rule));
  return result;
}

}  // namespace

TEST_CASE("program: deny overrides takes the first deny, else the first approval, else the first allow") {
  const Policy policy = policy_of("name: p" + std::string(kRules));
  CHECK(decide(policy, "read:b") == "deny forbid");
  CHECK(decide(policy, "read:bb") == "require-approval ask");
  CHECK(decide(policy, "read:a") == "allow allow-all");
  CHECK(decide(policy, "write:a") == "none");
}

TEST_CASE("program: first applicable takes the first rule that matches") {
  const Policy policy = policy_of("name: p\ncombining: first-applicable" + std::string(kRules));
  CHECK(decide(policy, "read:b") == "allow allow-all");
  const Policy reversed = policy_of(
      "name: p\ncombining: first-applicable\nrules: [{id: a, effect: require-approval, actions: [x]}, {id: b, effect: "
      "deny, actions: [x]}]\n");
  CHECK(decide(reversed, "x") == "require-approval a");
}

TEST_CASE("program: a rule with resources needs one that matches") {
  const Policy policy = policy_of("name: p\nrules: [{id: r, effect: allow, actions: ['*'], resources: [x, 'y*']}]\n");
  CHECK(evaluate(policy, {.resource = "yes"}).kind == Outcome::Kind::Allow);
  CHECK(evaluate(policy, {.resource = "no"}).kind == Outcome::Kind::None);
  CHECK(evaluate(policy, {}).kind == Outcome::Kind::None);
  const Policy any = policy_of("name: p\nrules: [{id: r, effect: allow, actions: ['*'], resource: '*'}]\n");
  CHECK(evaluate(any, {.resource = ""}).kind == Outcome::Kind::Allow);
  CHECK(evaluate(any, {}).kind == Outcome::Kind::None);
}

TEST_CASE("program: rules for an action are found whatever their resources and conditions say") {
  const Policy policy =
      policy_of("name: p\nrules: [{effect: deny, actions: ['read:*'], resources: [x], conditions: {context.a: 1}}]\n");
  CHECK(policy.has_rule_for_action("read:y"));
  CHECK_FALSE(policy.has_rule_for_action("write:y"));
}

TEST_CASE("program: evaluation asks neither enabled nor appliesTo") {
  CHECK(evaluate(policy_of("name: p\nenabled: false\nrules: [{effect: deny, actions: ['*']}]\n"), {}).kind ==
        Outcome::Kind::Deny);
}

TEST_CASE("program: a compiled policy needs nothing of what it was compiled from") {
  auto text = std::make_unique<std::string>(rule_text(
      "allow", "{context.a: {in: [a-long-text-that-must-be-copied]}, context.b: 'another-long-text-in-here'}"));
  const Policy policy = policy_of(*text);
  text.reset();
  CHECK(evaluate(policy, {.context = R"({"a": "a-long-text-that-must-be-copied", "b": "another-long-text-in-here"})"})
            .kind == Outcome::Kind::Allow);
}

}  // namespace guardian::policy
