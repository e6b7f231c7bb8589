#include "guardian/analysis/who_can.h"

#include <doctest/doctest.h>

#include "questions.h"

namespace guardian::analysis {

namespace {

using test::BundleBuilder;

BundleBuilder with_rules(std::string_view rules, std::string_view more = "") {
  BundleBuilder builder;
  builder.clear_policies().add_policy(policy_json("p", rules, more));
  return builder;
}

constexpr std::string_view kElsewhere = R"({"id": "e", "effect": "deny", "actions": ["nothing"]})";
constexpr std::string_view kAllow = R"({"id": "a", "effect": "allow", "actions": ["*"]})";

}  // namespace

TEST_CASE("who-can: a rule without conditions allows, whatever is not known") {
  const Answer answer = ask(with_rules(kAllow));
  CHECK(answer.first().verdict == Verdict::Allow);
  CHECK(answer.first().fallback == Fallback::None);
  REQUIRE(answer.first().rules.size() == 1);
  CHECK(answer.first().rules.front().rule == "a");
  CHECK(answer.first().rules.front().condition.empty());
}

TEST_CASE("who-can: conditions on what is not known make the verdict conditional, and only they are shown") {
  const Answer answer = ask(with_rules(
      R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": {
          "agent.trustTier": "verified", "context.amount": {"lte": 100},
          "any": [{"agent.id": "other"}, {"token.scope": "x"}]}})"));
  CHECK(answer.first().verdict == Verdict::Conditional);
  CHECK(answer.first().fallback == Fallback::Deny);
  CHECK(answer.first().rules.front().condition == "context.amount <= 100 AND token.scope == 'x'");
}

TEST_CASE("who-can: a condition on the agent that fails takes the rule away") {
  const Answer answer = ask(with_rules(
      R"({"id": "a", "effect": "allow", "actions": ["*"],
          "conditions": "agent.trustTier == 'trusted' AND context.urgent"})"));
  CHECK(answer.first().verdict == Verdict::Deny);
  CHECK(answer.first().rules.empty());
  CHECK(answer.first().reason == "No rule allows this action");
}

TEST_CASE("who-can: a deny rule that may match makes an allow conditional, one that must match denies") {
  const std::string may =
      R"(, {"id": "d", "effect": "deny", "actions": ["*"], "conditions": "context.a MATCHES 'x*'"})";
  CHECK(ask(with_rules(std::string(kAllow) + may)).first().verdict == Verdict::Conditional);
  const std::string must = R"(, {"id": "d", "effect": "deny", "actions": ["*"], "conditions": "action == 'read:x'"})";
  const Answer denied = ask(with_rules(std::string(kAllow) + must));
  CHECK(denied.first().verdict == Verdict::Deny);
  CHECK(denied.first().reason == "Denied by rule d");
}

TEST_CASE("who-can: a context that is given is known whole, an absent attribute counts as absent") {
  const BundleBuilder builder = with_rules(
      std::string(kAllow) +
      R"(, {"id": "d", "effect": "deny", "actions": ["*"], "conditions": "context.to NOT MATCHES '*@a.b'"})");
  CHECK(ask(builder).first().verdict == Verdict::Conditional);
  CHECK(ask(builder, {.context = R"({"to": "x@a.b"})"}).first().verdict == Verdict::Allow);
  CHECK(ask(builder, {.context = "{}"}).first().verdict == Verdict::Deny);
}

TEST_CASE("who-can: a time that is given is known, in the time zone of the policy") {
  const BundleBuilder builder = with_rules(
      R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "time.hour >= 9 AND time.hour < 17"})",
      R"("timezone": "Europe/Berlin", )");
  CHECK(ask(builder).first().verdict == Verdict::Conditional);
  CHECK(ask(builder, {.at = "2026-07-01T07:30:00Z"}).first().verdict == Verdict::Allow);
  CHECK(ask(builder, {.at = "2026-07-01T15:30:00Z"}).first().verdict == Verdict::Deny);
}

TEST_CASE("who-can: a test that all hours pass or fail is decided without the time") {
  CHECK(ask(with_rules(R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "time.hour < 24"})"))
            .first()
            .verdict == Verdict::Allow);
  CHECK(ask(with_rules(R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "time.weekday > 7"})"))
            .first()
            .verdict == Verdict::Deny);
}

TEST_CASE("who-can: the request is not a delegated one") {
  CHECK(ask(with_rules(R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "delegation.depth == 0"})"))
            .first()
            .verdict == Verdict::Allow);
  CHECK(ask(with_rules(R"({"id": "a", "effect": "allow", "actions": ["*"], "conditions": "delegation.root EXISTS"})"))
            .first()
            .verdict == Verdict::Deny);
}

TEST_CASE("who-can: rules with resources do not match a request without one") {
  const BundleBuilder builder = with_rules(R"({"id": "a", "effect": "allow", "actions": ["*"], "resources": ["db*"]})");
  CHECK(ask(builder).first().verdict == Verdict::Deny);
  CHECK(ask(builder, {.resource = "db1"}).first().verdict == Verdict::Allow);
}

TEST_CASE("who-can: under first-applicable a certain rule hides those after it") {
  const std::string rules =
      R"({"id": "m", "effect": "allow", "actions": ["*"], "conditions": "context.a == 1"},
         {"id": "d", "effect": "deny", "actions": ["*"]}, {"id": "late", "effect": "allow", "actions": ["*"]})";
  const Answer answer = ask(with_rules(rules, R"("combining": "first-applicable", )"));
  CHECK(answer.first().verdict == Verdict::Conditional);
  REQUIRE(answer.first().rules.size() == 2);
  CHECK(answer.first().rules[0].rule == "m");
  CHECK(answer.first().rules[1].rule == "d");
  CHECK(answer.first().fallback == Fallback::None);
}

TEST_CASE("who-can: an approval is wanted always, or only where a stronger rule can match") {
  const std::string approve = R"({"id": "r", "effect": "require-approval", "actions": ["*"]})";
  const Answer always = ask(with_rules(std::string(kAllow) + "," + approve));
  CHECK(always.first().verdict == Verdict::Approval);
  REQUIRE(always.first().rules.size() == 1);
  CHECK(always.first().rules.front().approval == nullptr);
  const std::string sometimes =
      R"({"id": "r", "effect": "require-approval", "actions": ["*"], "conditions": "context.amount > 100"})";
  CHECK(ask(with_rules(std::string(kAllow) + "," + sometimes)).first().verdict == Verdict::Conditional);
  CHECK(ask(with_rules(sometimes)).first().verdict == Verdict::Approval);
}

TEST_CASE("who-can: an entry of approvals that fits and has not expired is named") {
  BundleBuilder builder = with_rules(R"({"id": "r", "effect": "require-approval", "actions": ["*"]})");
  builder.set("approvals", R"([
      {"id": "old", "agentId": "agent_abc123", "action": "*", "expiresAt": "2026-04-18T11:00:00Z"},
      {"id": "other", "agentId": "agent_abc123", "action": "*", "rule": "s", "expiresAt": "2026-04-19T00:00:00Z"},
      {"id": "good", "agentId": "agent_abc123", "action": "read:*", "expiresAt": "2026-04-19T00:00:00Z"}])");
  const Answer answer = ask(builder);
  CHECK(answer.first().verdict == Verdict::Approval);
  REQUIRE(answer.first().rules.front().approval != nullptr);
  CHECK(answer.first().rules.front().approval->id == "good");
  CHECK(ask(builder, {.at = "2026-04-20T00:00:00Z"}).first().rules.front().approval == nullptr);
}

TEST_CASE("who-can: a deny in one policy beats an allow in another, and an approval beats an allow") {
  BundleBuilder builder = with_rules(kAllow);
  builder.add_policy(policy_json(
      "q", R"({"id": "r", "effect": "require-approval", "actions": ["*"], "conditions": "context.a == 1"})"));
  CHECK(ask(builder).first().verdict == Verdict::Conditional);
  builder.add_policy(policy_json("z", R"({"id": "d", "effect": "deny", "actions": ["*"], "reason": "No"})"));
  const Answer answer = ask(builder);
  CHECK(answer.first().verdict == Verdict::Deny);
  REQUIRE(answer.first().rules.size() == 1);
  CHECK(answer.first().rules.front().policy == "z");
}

TEST_CASE("who-can: rate limits qualify what is allowed, and change no verdict") {
  const std::string limited = R"({"id": "a", "effect": "allow", "actions": ["*"], "rateLimit": "5/minute"})";
  const Answer answer = ask(with_rules(limited, R"("rateLimits": {"requestsPerHour": 9}, )"));
  CHECK(answer.first().verdict == Verdict::Allow);
  CHECK(answer.first().rules.front().limits.per_minute == 5);
  CHECK(answer.first().rules.front().policy_limits.per_hour == 9);
  const Answer by_default =
      ask(with_rules(kElsewhere, R"("defaultEffect": "allow", "rateLimits": {"requestsPerHour": 9}, )"));
  CHECK(by_default.first().verdict == Verdict::Allow);
  CHECK(by_default.first().fallback_limits.per_hour == 9);
}

TEST_CASE("who-can: without a rule every policy that applies must allow by default") {
  BundleBuilder builder;
  builder.clear_policies().add_policy(policy_json("p", kElsewhere, R"("defaultEffect": "allow", )"));
  const Answer allowed = ask(builder);
  CHECK(allowed.first().verdict == Verdict::Allow);
  CHECK(allowed.first().fallback == Fallback::Allow);
  builder.add_policy(policy_json("q", kElsewhere));
  CHECK(ask(builder).first().verdict == Verdict::Deny);
}

TEST_CASE("who-can: dry-run and disabled policies count for nothing") {
  BundleBuilder builder = with_rules(kAllow, R"("enforcement": "dry-run", )");
  builder.add_policy(policy_json("q", kAllow, R"("enabled": false, )"));
  CHECK(ask(builder).first().verdict == Verdict::Deny);
  CHECK(ask(builder).first().reason == "No policy applies to this agent");
}

TEST_CASE("who-can: a revoked agent and an action beyond the ceiling are denied with their reasons") {
  BundleBuilder builder = with_rules(kAllow);
  builder.set("trustTiers", R"([{"name": "verified", "rank": 1, "ceiling": ["write:*"]}])");
  CHECK(ask(builder).first().reason == "Action exceeds trust tier verified");
  CHECK(ask(builder, {.action = "write:x"}).first().verdict == Verdict::Allow);
  builder.set("revocations", R"({"agents": ["agent_abc123"]})");
  CHECK(ask(builder, {.action = "write:x"}).first().verdict == Verdict::Deny);
  CHECK(ask(builder, {.action = "write:x"}).first().reason == "Agent revoked");
}

TEST_CASE("who-can: unknown agents are one standing, where the bundle has a tier for them") {
  BundleBuilder builder = with_rules(kAllow);
  CHECK(ask(builder).standings.size() == 1);
  builder.set("unknownAgents", R"({"trustTier": "untrusted"})");
  const Answer answer = ask(builder);
  REQUIRE(answer.standings.size() == 2);
  CHECK(answer.last().agent == nullptr);
  CHECK(answer.last().trust_tier == "untrusted");
  CHECK(answer.last().verdict == Verdict::Allow);
}

TEST_CASE("who-can: of unknown agents the id is not known, except that the bundle does not list it") {
  BundleBuilder builder;
  builder.set("unknownAgents", R"({"trustTier": "untrusted"})");
  builder.clear_policies().add_policy(R"({"name": "p", "appliesTo": {"agentIds": ["agent_abc123"]}, "rules": [)" +
                                      std::string(kAllow) + "]}");
  CHECK(ask(builder).last().verdict == Verdict::Deny);
  builder.clear_policies().add_policy(R"({"name": "p", "appliesTo": {"agentIds": ["ghost_*"]}, "rules": [)" +
                                      std::string(kAllow) + "]}");
  const Answer answer = ask(builder);
  CHECK(answer.last().verdict == Verdict::Conditional);
  CHECK(answer.last().rules.front().condition == "agent.id MATCHES 'ghost_*'");
}

}  // namespace guardian::analysis
