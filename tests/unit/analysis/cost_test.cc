#include "guardian/analysis/cost.h"

#include <doctest/doctest.h>

#include <string>

#include "questions.h"

namespace guardian::analysis {

namespace {

using test::BundleBuilder;

DecisionCost cost_of(const BundleBuilder& builder) {
  // Views in the answer point into the payload.
  static std::vector<bundle::Payload> kept;
  kept.push_back(payload_of(builder));
  return worst_decision(kept.back());
}

BundleBuilder with_policies(const std::vector<std::string>& policies) {
  BundleBuilder builder;
  builder.clear_policies();
  for (const std::string& policy : policies) builder.add_policy(policy);
  return builder;
}

std::string policy_for(std::string_view name, std::string_view applies_to, std::string_view rules) {
  return R"({"name":")" + std::string(name) + R"(","appliesTo":{)" + std::string(applies_to) + R"(},"rules":[)" +
         std::string(rules) + "]}";
}

constexpr std::string_view kEverybody = R"("agentIds":["*"])";

std::string many_rules(std::size_t count, std::string_view action_of_all = "") {
  std::string rules;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string action = action_of_all.empty() ? "a:" + std::to_string(i) : std::string(action_of_all);
    rules += std::string(i == 0 ? "" : ",") + R"({"effect":"allow","actions":[")" + action + "\"]}";
  }
  return rules;
}

}  // namespace

TEST_CASE("cost: rules visited, and the bytes of what is compared with") {
  const DecisionCost cost = cost_of(with_policies({policy_for(
      "p", kEverybody,
      R"({"effect":"deny","actions":["read:*"],"resources":["abc"],"conditions":{"context.a":{"in":["xy","z"]}}},
         {"effect":"allow","actions":["write:mail"]})")}));
  CHECK(cost.rules == 2);
  // Both action patterns, twice for the default, the resource, and the operand with one for the list.
  CHECK(cost.pattern_bytes == 2 * (6 + 10) + 3 + 4);
  CHECK(cost.steps() == 41);
}

TEST_CASE("cost: rules that no action reaches together do not add up") {
  CHECK(cost_of(with_policies({policy_for("p", kEverybody, many_rules(1'000))})).rules == 1);
  CHECK(cost_of(with_policies({policy_for("p", kEverybody, many_rules(1'000, "a:*"))})).rules == 1'000);
  std::vector<std::string> policies;
  for (int i = 0; i < 100; ++i) {
    policies.push_back(policy_for("p" + std::to_string(i), kEverybody,
                                  R"({"effect":"allow","actions":["a:)" + std::to_string(i) + "\"]}"));
  }
  CHECK(cost_of(with_policies(policies)).rules == 1);
}

TEST_CASE("cost: an action causes what its beginnings cause") {
  const std::string rules =
      R"({"effect":"allow","actions":["*"]},{"effect":"allow","actions":["a*"]},{"effect":"allow","actions":["ab*"]},
         {"effect":"allow","actions":["abc"]},{"effect":"allow","actions":["b*"]},{"effect":"allow","actions":["ba*"]},)" +
      many_rules(10, "z");
  CHECK(cost_of(with_policies({policy_for("p", kEverybody, rules)})).rules == 1 + 10);
  CHECK(cost_of(with_policies({policy_for("p", kEverybody, rules + "," + many_rules(20, "ab*"))})).rules == 24);
}

TEST_CASE("cost: the worst agent is named, one that is not listed too") {
  const std::string cheap = policy_for("p", kEverybody, R"({"effect":"allow","actions":["a"]})");
  BundleBuilder builder = with_policies({cheap, policy_for("q", R"("agentIds":["agent_busy"])", many_rules(5, "a"))});
  builder.add_agent(R"({"id":"agent_busy","trustTier":"verified"})");
  CHECK(cost_of(builder).agent_id == "agent_busy");
  CHECK(cost_of(builder).rules == 6);
  builder.add_policy(policy_for("r", R"("agentIds":["guest-*"])", many_rules(7, "a")));
  CHECK(cost_of(builder).agent_id == "agent_busy");
  builder.set("unknownAgents", R"({"trustTier":"untrusted"})");
  CHECK(cost_of(builder).agent_id.empty());
}

TEST_CASE("cost: what is disabled or applies to nobody costs nothing") {
  const std::string disabled =
      R"({"name":"d","enabled":false,"appliesTo":{"agentIds":["*"]},"rules":[)" + many_rules(5, "a") + "]}";
  CHECK(cost_of(with_policies({disabled, R"({"name":"n","rules":[)" + many_rules(5, "a") + "]}"})).steps() == 0);
}

TEST_CASE("cost: an agent that is not listed may have few policies of many, and those are all asked") {
  std::vector<std::string> policies;
  for (int i = 0; i < 16; ++i) {
    policies.push_back(policy_for("p" + std::to_string(i), i < 8 ? R"("agentIds":["x"])" : R"("agentIds":["y"])",
                                  many_rules(8, "a" + std::to_string(i) + ":*")));
  }
  BundleBuilder builder = with_policies(policies);
  builder.set("unknownAgents", R"({"trustTier":"verified"})");
  CHECK(cost_of(builder).rules >= 64);
  builder.add_agent(R"({"id":"x","trustTier":"verified"})");
  CHECK(cost_of(builder).rules >= 64);
}

TEST_CASE("cost: ceilings of delegation and approvals are compared with too") {
  const std::string ceiling(1'000, 'c');
  BundleBuilder builder =
      with_policies({R"({"name":"p","appliesTo":{"agentIds":["*"]},"delegation":{"permissionCeiling":[")" + ceiling +
                     R"("]},"rules":[{"effect":"allow","actions":["a"]}]})"});
  CHECK(cost_of(builder).pattern_bytes >= 1'000);
  builder.set("approvals", R"([{"id":"i","agentId":"agent_abc123","action":")" + std::string(1'000, 'd') +
                               R"(","expiresAt":"2027-01-01T00:00:00Z"}])");
  CHECK(cost_of(builder).pattern_bytes >= 2'000);
}

}  // namespace guardian::analysis
