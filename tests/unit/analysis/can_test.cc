#include "guardian/analysis/can.h"

#include <doctest/doctest.h>

#include "questions.h"

namespace guardian::analysis {

namespace {

using test::BundleBuilder;

constexpr std::string_view kAgent = "agent_abc123";

struct AbilityAnswer {
  bundle::Payload payload;
  std::optional<Ability> ability;
};

AbilityAnswer abilities(const BundleBuilder& builder, std::string_view agent = kAgent) {
  AbilityAnswer answer{payload_of(builder), {}};
  answer.ability = can(answer.payload, agent, time_of(test::kSoonAfter));
  return answer;
}

BundleBuilder with_policy(const std::string& policy) {
  BundleBuilder builder;
  builder.clear_policies().add_policy(policy);
  return builder;
}

constexpr std::string_view kMixed = R"(
    {"id": "d", "effect": "deny", "actions": ["write:*"], "conditions": "context.to NOT MATCHES '*@a.b'"},
    {"id": "a", "effect": "allow", "actions": ["write:email", "read:*"], "resources": ["db"]},
    {"id": "never", "effect": "allow", "actions": ["*"], "conditions": "agent.trustTier == 'trusted'"},
    {"id": "r", "effect": "require-approval", "actions": ["write:*"], "conditions": "agent.tags CONTAINS 'support'"})";

}  // namespace

TEST_CASE("can: rules by effect, those that never match this agent left out") {
  const AbilityAnswer answer = abilities(with_policy(policy_json("p", kMixed)));
  const AbilityPolicy& policy = answer.ability->policies.front();
  REQUIRE(policy.rules.size() == 3);
  CHECK(policy.rules[0].rule == "a");
  CHECK(policy.rules[1].rule == "r");
  CHECK(policy.rules[1].condition.empty());
  CHECK(policy.rules[2].rule == "d");
  CHECK(policy.rules[2].condition == "context.to NOT MATCHES '*@a.b'");
  CHECK_FALSE(answer.ability->otherwise_allowed);
}

TEST_CASE("can: a rule for delegated requests is among them") {
  const AbilityAnswer answer = abilities(with_policy(
      policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "delegation.depth > 0"})")));
  REQUIRE(answer.ability->policies.front().rules.size() == 1);
  CHECK(answer.ability->policies.front().rules.front().condition == "delegation.depth > 0");
}

TEST_CASE("can: stronger rules that overlap are named, with whether they leave anything") {
  const AbilityAnswer answer = abilities(with_policy(policy_json("p", kMixed)));
  const AbilityPolicy& policy = answer.ability->policies.front();
  REQUIRE(policy.rules[0].stronger.size() == 2);
  CHECK(policy.rules[0].stronger[0].rule == "d");
  CHECK_FALSE(policy.rules[0].stronger[0].always);
  CHECK(policy.rules[0].stronger[1].rule == "r");
  CHECK_FALSE(policy.rules[0].stronger[1].always);  // reads need no approval
  REQUIRE(policy.rules[1].stronger.size() == 1);
  CHECK(policy.rules[2].stronger.empty());

  BundleBuilder builder =
      with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["write:email"]})"));
  builder.add_policy(policy_json("q", R"({"id": "d", "effect": "deny", "actions": ["write:*"]})"));
  const AbilityAnswer denied = abilities(builder);
  REQUIRE(denied.ability->policies.front().rules.front().stronger.size() == 1);
  CHECK(denied.ability->policies.front().rules.front().stronger.front().always);
}

TEST_CASE("can: stronger rules that exclude the rule are left out, implied ones are said to decide") {
  const auto stronger = [](const std::string& allow, const std::string& deny, bool apart = false) {
    const std::string first = R"({"id": "a", "effect": "allow", "actions": ["x"], "conditions": ")" + allow + "\"}";
    const std::string second = R"({"id": "d", "effect": "deny", "actions": ["x"], "conditions": ")" + deny + "\"}";
    BundleBuilder builder = with_policy(policy_json("p", apart ? first : first + ", " + second));
    if (apart) builder.add_policy(policy_json("q", second, R"("timezone": "Asia/Tokyo", )"));
    const AbilityAnswer answer = abilities(builder);
    const auto& rules = answer.ability->policies.front().rules;
    REQUIRE(!rules.empty());
    return rules.front().stronger.empty() ? "" : rules.front().stronger.front().always ? "never" : "but";
  };
  CHECK(stronger("context.n > 0 AND context.n <= 100", "context.n > 100") == "");
  CHECK(stronger("context.n > 0 AND context.n <= 100", "context.n > 99") == "but");
  CHECK(stronger("context.n > 0", "context.n > 99 AND context.m == 1") == "but");
  CHECK(stronger("context.a == 1 AND context.b == 2", "context.a == 1") == "never");
  CHECK(stronger("context.a == 1", "context.a == 1 AND agent.tags CONTAINS 'support'") == "never");
  CHECK(stronger("context.a == 1", "context.a == 1 AND context.b == 2") == "but");
  CHECK(stronger("context.a == 1", "context.a == 1", true) == "never");
  CHECK(stronger("time.hour < 9", "time.hour >= 9") == "");
  CHECK(stronger("time.hour < 9", "time.hour >= 9", true) == "but");
  CHECK(stronger("time.hour < 9", "time.hour < 9", true) == "but");
}

TEST_CASE("can: a deny of some resources does not always decide a rule for any resource") {
  BundleBuilder builder = with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["x"]})"));
  builder.add_policy(policy_json("q", R"({"id": "d", "effect": "deny", "actions": ["*"], "resources": ["*"]})"));
  const AbilityAnswer answer = abilities(builder);
  REQUIRE(answer.ability->policies.front().rules.front().stronger.size() == 1);
  CHECK_FALSE(answer.ability->policies.front().rules.front().stronger.front().always);
}

TEST_CASE("can: under first-applicable the order is kept, and only earlier rules are stronger") {
  const std::string rules = R"({"id": "d1", "effect": "deny", "actions": ["write:x"]},
      {"id": "a", "effect": "allow", "actions": ["write:*"]}, {"id": "d2", "effect": "deny", "actions": ["*"]})";
  const AbilityAnswer answer = abilities(with_policy(policy_json("p", rules, R"("combining": "first-applicable", )")));
  const AbilityPolicy& policy = answer.ability->policies.front();
  CHECK(policy.rules[0].rule == "d1");
  REQUIRE(policy.rules[1].stronger.size() == 1);
  CHECK(policy.rules[1].stronger.front().rule == "d1");
}

TEST_CASE("can: what the ceiling leaves of each action") {
  BundleBuilder builder =
      with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["read:db", "re*", "write:*", "*"]})"));
  builder.set("trustTiers", R"([{"name": "verified", "rank": 1, "ceiling": ["read:*", "export:?"]}])");
  const AbilityAnswer answer = abilities(builder);
  CHECK(answer.ability->ceiling == std::vector<std::string_view>{"read:*", "export:?"});
  const auto& actions = answer.ability->policies.front().rules.front().actions;
  REQUIRE(actions.size() == 4);
  CHECK(actions[0].left == Left::All);
  CHECK(actions[1].left == Left::Part);
  CHECK(actions[2].left == Left::Nothing);
  CHECK(actions[3].left == Left::Part);
}

TEST_CASE("can: defaults, dry runs and approvals of the agent are told") {
  BundleBuilder builder =
      with_policy(policy_json("p", R"({"effect": "deny", "actions": ["x"]})", R"("defaultEffect": "allow", )"));
  builder.add_policy(
      policy_json("try", R"({"id": "d", "effect": "deny", "actions": ["*"]})", R"("enforcement": "dry-run", )"));
  builder.set("approvals", R"([
      {"id": "old", "agentId": "agent_abc123", "action": "*", "expiresAt": "2026-04-18T11:00:00Z"},
      {"id": "good", "agentId": "agent_abc123", "action": "*", "expiresAt": "2026-04-19T00:00:00Z"},
      {"id": "foreign", "agentId": "someone", "action": "*", "expiresAt": "2026-04-19T00:00:00Z"}])");
  const AbilityAnswer answer = abilities(builder);
  CHECK(answer.ability->otherwise_allowed);
  CHECK(answer.ability->dry_run == std::vector<std::string_view>{"try"});
  REQUIRE(answer.ability->approvals.size() == 1);
  CHECK(answer.ability->approvals.front()->id == "good");
}

TEST_CASE("can: rate limits and the delegation section are told") {
  const AbilityAnswer answer = abilities(
      with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["*"], "rateLimit": "5/minute"})",
                              R"("rateLimits": {"requestsPerHour": 9}, "delegation": {"maxDepth": 2}, )")));
  const AbilityPolicy& policy = answer.ability->policies.front();
  CHECK(policy.limits.per_hour == 9);
  CHECK(policy.rules.front().limits.per_minute == 5);
  REQUIRE(policy.delegation != nullptr);
  CHECK(policy.delegation->max_depth == 2U);
}

TEST_CASE("can: an unknown agent has the tier for unknown agents, or may nothing") {
  BundleBuilder builder = with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["*"]})"));
  CHECK_FALSE(abilities(builder, "ghost").ability.has_value());
  builder.set("unknownAgents", R"({"trustTier": "untrusted"})");
  const AbilityAnswer answer = abilities(builder, "ghost");
  REQUIRE(answer.ability.has_value());
  CHECK(answer.ability->agent == nullptr);
  CHECK(answer.ability->trust_tier == "untrusted");
  CHECK(answer.ability->policies.size() == 1);
}

TEST_CASE("can: a revoked agent may nothing") {
  BundleBuilder builder = with_policy(policy_json("p", R"({"id": "a", "effect": "allow", "actions": ["*"]})"));
  builder.set("revocations", R"({"agents": ["agent_abc123"]})");
  const AbilityAnswer answer = abilities(builder);
  CHECK(answer.ability->revoked);
  CHECK(answer.ability->policies.empty());
}

}  // namespace guardian::analysis
