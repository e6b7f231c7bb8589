#include "guardian/analysis/rule_reach.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "guardian/policy/policy_parser.h"
#include "guardian/policy/yaml.h"

namespace guardian::analysis {

namespace {

std::unique_ptr<const policy::CompiledPolicy> compiled(const std::string& rules, std::string_view combining) {
  const std::string text =
      "name: p\nappliesTo: {agentIds: ['*']}\ncombining: " + std::string(combining) + "\nrules:\n" + rules;
  const auto document = policy::parse_yaml(text);
  REQUIRE(document.ok());
  auto policy = policy::compile_policy(document->root(), {"p.yaml", text}, {});
  if (!policy.ok()) FAIL(policy.error().message());
  return std::move(policy).value();
}

Reach reach(const std::string& rules, std::string_view combining = "deny-overrides") {
  return reach_of(*compiled(rules, combining), {});
}

std::string many_rules(std::size_t count) {
  std::string rules;
  for (std::size_t i = 0; i < count; ++i) rules += "- {effect: allow, actions: ['*x" + std::to_string(i) + "_*y']}\n";
  return rules;
}

}  // namespace

TEST_CASE("rule reach: each rule that covers a part is named") {
  const Reach found = reach(R"(
- {effect: allow, actions: [read, write]}
- {effect: deny, actions: [read]}
- {effect: require-approval, actions: [wri*]}
)");
  REQUIRE(found.unreachable.size() == 1);
  CHECK(found.unreachable[0].rule == 0);
  CHECK(found.unreachable[0].by == std::vector<std::size_t>{1, 2});
}

TEST_CASE("rule reach: two equal rules leave the first in place") {
  const Reach found = reach("- {effect: deny, actions: [read]}\n- {effect: deny, actions: [read]}\n");
  REQUIRE(found.unreachable.size() == 1);
  CHECK(found.unreachable[0].rule == 1);
}

TEST_CASE("rule reach: a rule with resources does not cover requests without one") {
  CHECK(reach("- {effect: deny, actions: ['*'], resources: ['*']}\n- {effect: allow, actions: [read]}\n")
            .unreachable.empty());
}

TEST_CASE("rule reach: an allow rule does not cover a deny rule that undecided tests can make hold") {
  const std::string rules =
      "- {effect: allow, actions: [x], conditions: {context.n: {lt: 5}}}\n"
      "- {effect: deny, actions: [x], conditions: {context.n: {lt: 3}}}\n";
  CHECK(reach(rules, "first-applicable").unreachable.empty());
  const std::string allows =
      "- {effect: allow, actions: [x], conditions: {context.n: {lt: 5}}}\n"
      "- {effect: allow, actions: [x], conditions: {context.n: {lt: 3}}}\n";
  CHECK(reach(allows, "first-applicable").unreachable.size() == 1);
}

TEST_CASE("rule reach: conditions without shared attributes decide nothing") {
  CHECK(reach("- {effect: deny, actions: [x], conditions: {context.a: 1}}\n"
              "- {effect: allow, actions: [x], conditions: {context.b: 1}}\n")
            .unreachable.empty());
}

TEST_CASE("rule reach: a late deny names an action that both rules match") {
  const Reach found = reach("- {effect: allow, actions: ['*:customer']}\n- {effect: deny, actions: ['delete:*']}\n",
                            "first-applicable");
  REQUIRE(found.late.size() == 1);
  CHECK(found.late[0].allow == 0);
  CHECK(found.late[0].deny == 1);
  CHECK(found.late[0].action == "delete:customer");
}

TEST_CASE("rule reach: rules whose resources never meet are not compared further") {
  CHECK(
      reach("- {effect: allow, actions: ['*:c'], resources: [a]}\n- {effect: deny, actions: ['d:*'], resources: [b]}\n",
            "first-applicable")
          .late.empty());
}

TEST_CASE("rule reach: conditions on the action and the resource are held against the patterns") {
  const auto late = [](const std::string& allow, const std::string& deny) {
    return reach("- {effect: allow, " + allow + "}\n- {effect: deny, " + deny + "}\n", "first-applicable").late;
  };
  const std::string xs = "actions: ['x:*']";
  for (const std::string condition : {"{startsWith: 'z:'}", "'z:a'", "[z, y]", "{matches: 'z*'}", "{notMatches: 'x:*'}",
                                      "{regex: '^z'}", "{endsWith: [':'], startsWith: w}"}) {
    INFO(condition);
    CHECK(late(xs, "actions: ['*'], conditions: {action: " + condition + "}").empty());
  }
  const std::string as = "actions: [x], resources: ['a*']";
  for (const std::string condition : {"{startsWith: b}", "b", "[b, c]", "{exists: false}"}) {
    INFO(condition);
    CHECK(late(as, "actions: ['*'], conditions: {resource: " + condition + "}").empty());
  }
  const auto found = late(xs, "actions: ['*'], conditions: {action: {endsWith: ':drop'}}");
  REQUIRE(found.size() == 1);
  CHECK(found[0].action == "x:drop");
  CHECK(late(as, "actions: ['*'], conditions: {resource: {endsWith: b}}").size() == 1);
  CHECK(late("actions: [x]", "actions: ['*'], conditions: {resource: {exists: false}}").size() == 1);
}

TEST_CASE("rule reach: rules that split the values of an attribute leave nothing to a later one") {
  const auto unreachable = [](const std::string& first, const std::string& second, const std::string& third = "{}") {
    const auto rule = [](const std::string& effect, const std::string& conditions) {
      return "- {effect: " + effect + ", actions: [x], conditions: " + conditions + "}\n";
    };
    const std::string other = "{context.z: {gt: 3}}";
    const Reach found = reach(rule("allow", first) + rule("allow", other) + rule("deny", second) + rule("allow", third),
                              "first-applicable");
    return found.unreachable.size() == 1 && found.unreachable[0].rule == 3 &&
           found.unreachable[0].by == std::vector<std::size_t>{0, 2};
  };
  CHECK(unreachable("{time.hour: {lt: 9}}", "{time.hour: {gte: 9}}"));
  CHECK(unreachable("{context.a: {exists: true}}", "{context.a: {exists: false}}"));
  CHECK(unreachable("{time.weekday: {lte: 5}}", "{time.weekday: {gte: 6}}"));
  CHECK(unreachable("{context.a: {lt: 9}}", "{context.a: {gte: 9}}", "{context.a: {lt: 20}}"));
  CHECK_FALSE(unreachable("{context.a: {lt: 9}}", "{context.a: {gte: 9}}"));  // absent
  CHECK_FALSE(unreachable("{time.hour: {lt: 9}}", "{time.hour: {gt: 9}}"));
  CHECK_FALSE(unreachable("{time.hour: {lt: 9}}", "{time.minute: {gte: 9}}"));
}

TEST_CASE("rule reach: a condition on the resource is held against the resources of rules before") {
  const auto unreachable = [](const std::string& deny, const std::string& resource) {
    return !reach("- {effect: deny, actions: [x], resources: [" + deny +
                  "]}\n- {effect: allow, actions: [x], conditions: {resource: " + resource + "}}\n")
                .unreachable.empty();
  };
  CHECK(unreachable("'a*'", "ab"));
  CHECK(unreachable("'a*', b", "[ab, b]"));
  CHECK(unreachable("'a*'", "{startsWith: a}"));
  CHECK_FALSE(unreachable("'a*'", "[ab, b]"));
  CHECK_FALSE(unreachable("'a*'", "{notMatches: 'b*'}"));
  CHECK_FALSE(unreachable("'*'", "{exists: false}"));
  CHECK_FALSE(unreachable("'a*'", "{in: [ab, null]}"));
}

TEST_CASE("rule reach: past its cost it stops and says so") {
  const auto policy = compiled(many_rules(200), "first-applicable");
  CHECK(reach_of(*policy, {}).complete);
  const Reach stopped = reach_of(*policy, {}, 10'000);
  CHECK_FALSE(stopped.complete);
  CHECK(stopped.unreachable.empty());
}

}  // namespace guardian::analysis
