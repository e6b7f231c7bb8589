#include "guardian/policy/policy_parser.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/policy/rule_parser.h"
#include "policy_text.h"

namespace guardian::policy {

namespace {

constexpr std::string_view kRules = "rules: [{effect: allow, actions: ['*']}]\n";

// A valid policy with one more member.
std::string with(std::string_view member) { return "name: p\n" + std::string(kRules) + std::string(member) + "\n"; }

std::string with_rule(std::string_view members) { return "name: p\nrules: [{" + std::string(members) + "}]\n"; }

void check_refused(std::string_view text, std::string_view words) {
  CAPTURE(text);
  const auto error = refusal_of(text);
  CHECK(error.code() == base::ErrorCode::PolicyInvalid);
  CHECK(mentions(error, words));
}

}  // namespace

TEST_CASE("policy: what is not given has its default") {
  const Policy policy = policy_of(with(""));
  CHECK(policy.name() == "p");
  CHECK(policy.version().empty());
  CHECK(policy.enabled());
  CHECK(policy.enforcement() == Enforcement::Enforce);
  CHECK(policy.combining() == Combining::DenyOverrides);
  CHECK(policy.default_effect() == Effect::Deny);
  CHECK(policy.rule_id(0) == "rule-1");
  CHECK(policy.rule_reason(0).empty());
  CHECK(policy.rule_alert(0) == Alert::None);
}

TEST_CASE("policy: every field is read, in either spelling") {
  const Policy policy = policy_of(
      "name: p\nversion: '2'\ndescription: d\nenabled: false\nenforcement: dry-run\ncombining: first-applicable\n"
      "timezone: Europe/Berlin\napplies_to: {agent_ids: ['*']}\ndefault_effect: allow\n"
      "rules: [{name: r, effect: require-approval, action: a, resource: b, reason: why, description: x, alert: "
      "critical}]\n");
  CHECK(policy.version() == "2");
  CHECK(policy.description() == "d");
  CHECK_FALSE(policy.enabled());
  CHECK(policy.enforcement() == Enforcement::DryRun);
  CHECK(policy.combining() == Combining::FirstApplicable);
  CHECK(policy.default_effect() == Effect::Allow);
  CHECK(policy.rule_id(0) == "r");
  CHECK(policy.rule_effect(0) == Effect::RequireApproval);
  CHECK(policy.rule_reason(0) == "why");
  CHECK(policy.rule_alert(0) == Alert::Critical);
}

TEST_CASE("policy: the bundle's default combining is taken where the policy has none") {
  CHECK(policy_of(with(""), Combining::FirstApplicable).combining() == Combining::FirstApplicable);
  CHECK(policy_of(with("combining: deny-overrides"), Combining::FirstApplicable).combining() ==
        Combining::DenyOverrides);
}

TEST_CASE("policy: names are checked") {
  CHECK(is_name("9a.B_c-D"));
  CHECK(is_name(std::string(128, 'n')));
  CHECK_FALSE(is_name(std::string(129, 'n')));
  for (const std::string name : {"", ".a", "-a", "_a", "a b", "a/b", "a\n", "p\xC3\xB6l"}) {
    CAPTURE(name);
    CHECK_FALSE(is_name(name));
  }
  check_refused(std::string(kRules), "`name` is missing");
  check_refused("name: 7\n" + std::string(kRules), "name");
}

TEST_CASE("policy: unknown members, nulls and two spellings are refused by name") {
  check_refused(with("priority: 1"), "unknown field `priority`");
  check_refused(with("defaultEfect: deny"), "did you mean `defaultEffect`?");
  check_refused(with("x-owner: me"), "x-owner");
  check_refused(with("description: null"), "description");
  check_refused(with("appliesTo: {tags: [a]}\napplies_to: {tags: [a]}"), "applies_to");
  check_refused(with_rule("effect: allow, actions: [a], action: b"), "action");
  check_refused(with_rule("id: a, name: b, effect: allow, actions: [a]"), "name");
  check_refused(with_rule("effect: allow, actions: [a], colour: red"), "colour");
}

TEST_CASE("policy: values of the wrong kind are refused") {
  check_refused(with("enabled: 'true'"), "enabled");
  check_refused(with("version: 1.0"), "version");
  check_refused(with("enforcement: dryRun"), "enforcement");
  check_refused(with("combining: permit-overrides"), "combining");
  check_refused(with("defaultEffect: require-approval"), "defaultEffect");
  check_refused(with("timezone: Mars/Olympus"), "timezone");
  check_refused("[1]", "must be a map");
  check_refused("name: p\nrules: {a: 1}\n", "rules");
  check_refused("name: p\nrules: [x]\n", "must be a map");
  check_refused("name: p\n", "`rules` is missing");
  check_refused(with_rule("actions: [a]"), "`effect` is missing");
  check_refused(with_rule("effect: permit, actions: [a]"), "permit");
  check_refused(with_rule("effect: allow"), "`actions` is missing");
  check_refused(with_rule("effect: allow, actions: a"), "actions");
  check_refused(with_rule("effect: allow, action: [a]"), "action");
  check_refused(with_rule("effect: allow, actions: ['a\\']"), "actions[0]");
  check_refused(with_rule("effect: allow, actions: [a], alert: Info"), "alert");
  check_refused(with_rule("effect: allow, actions: [a], reason: [x]"), "reason");
}

TEST_CASE("policy: rule ids are unique and not reserved") {
  for (const auto* id : {"default", "ceiling", "delegation", "a:b", "-a"}) {
    check_refused(with_rule("id: '" + std::string(id) + "', effect: allow, actions: [a]"), id);
  }
  check_refused("name: p\nrules: [{id: a, effect: deny, actions: [x]}, {id: a, effect: deny, actions: [x]}]\n", "`a`");
  check_refused("name: p\nrules: [{id: rule-2, effect: deny, actions: [x]}, {effect: deny, actions: [x]}]\n", "rule-2");
  const Policy policy = policy_of(
      "name: p\nrules: [{effect: deny, actions: [x]}, {id: a, effect: deny, actions: [x]}, "
      "{effect: deny, actions: [x]}]\n");
  CHECK(policy.rule_id(0) == "rule-1");
  CHECK(policy.rule_id(2) == "rule-3");
}

TEST_CASE("policy: the wrapper stands for its spec with its name") {
  const std::string spec = "spec: {version: '1', rules: [{effect: allow, actions: ['*']}]}\n";
  const std::string head = "apiVersion: v1\nkind: Policy\nmetadata: {name: wrapped, labels: {a: b}}\n";
  CHECK(policy_of(head + spec).name() == "wrapped");
  CHECK(policy_of("api_version: v1\nkind: Policy\nmetadata: {name: w}\n" + spec).version() == "1");
  check_refused("kind: Policy\nmetadata: {name: w}\n" + spec, "apiVersion");
  check_refused("apiVersion: v1\nmetadata: {name: w}\n" + spec, "kind");
  check_refused("apiVersion: v1\nkind: policy\nmetadata: {name: w}\n" + spec, "kind");
  check_refused("apiVersion: v1\nkind: Policy\n" + spec, "metadata");
  check_refused("apiVersion: v1\nkind: Policy\nmetadata: {labels: {a: b}}\n" + spec, "name");
  check_refused(head, "spec");
  check_refused(head + spec + "rules: []\n", "rules");
  check_refused(head + "spec: {name: x, rules: [{effect: allow, actions: ['*']}]}\n", "spec: unknown field `name`");
  check_refused("apiVersion: v1\nkind: Policy\nmetadata: {name: w, owner: x}\n" + spec, "owner");
  check_refused("apiVersion: v1\nkind: Policy\nmetadata: {name: w, labels: {a: null}}\n" + spec, "labels.a");
}

TEST_CASE("policy: empty lists and maps are refused except for conditions") {
  check_refused("name: p\nrules: []\n", "empty");
  check_refused(with("appliesTo: {}"), "empty");
  check_refused(with("appliesTo: {tags: []}"), "empty");
  check_refused(with_rule("effect: allow, actions: []"), "empty");
  policy_of(with_rule("effect: allow, actions: [a], conditions: {}"));
  check_refused(with_rule("effect: allow, actions: [a], conditions: []"), "empty");
  check_refused("{}", "empty");
}

TEST_CASE("policy: numbers and nesting that only a value made in code can have are refused too") {
  json::Document document;
  std::vector<json::Member> operand{{"equals", json::Value::integer(std::int64_t{9007199254740993})}};
  const auto compile_with = [&](json::Value value) {
    std::vector<json::Member> conditions{{"context.a", value}};
    const std::vector<json::Value> actions{json::Value::text("*")};
    std::vector<json::Member> rule{{"effect", json::Value::text("allow")},
                                   {"actions", document.add_list(actions)},
                                   {"conditions", document.add_object(conditions)}};
    const std::vector<json::Value> rules{document.add_object(rule)};
    std::vector<json::Member> policy{{"name", json::Value::text("p")}, {"rules", document.add_list(rules)}};
    return Policy::compile(document.add_object(policy), {"policies[3]", ""}, {});
  };
  CHECK(compile_with(json::Value::integer(std::int64_t{5})).ok());
  CHECK_FALSE(compile_with(document.add_object(operand)).ok());
  json::Value deep = json::Value::text("x");
  for (int i = 0; i < 27; ++i) {
    const std::vector<json::Member> level{{"k", deep}};
    deep = document.add_object(level);
  }
  const std::vector<json::Member> at_limit{{"equals", deep}};
  CHECK(compile_with(document.add_object(at_limit)).ok());
  const std::vector<json::Member> level{{"k", deep}};
  const std::vector<json::Member> too_deep{{"equals", document.add_object(level)}};
  CHECK_FALSE(compile_with(document.add_object(too_deep)).ok());
}

}  // namespace guardian::policy
