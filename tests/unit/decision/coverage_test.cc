#include "guardian/decision/coverage.h"

#include <doctest/doctest.h>

#include "engine_of.h"
#include "support/fake_clock.h"

namespace guardian::decision {

namespace {

constexpr std::string_view kPolicies = R"(
  - name: all
    appliesTo: { agentIds: ["*"] }
    rules:
      - { id: ok, effect: allow, actions: ["read:*"] }
      - { id: "no", effect: deny, actions: ["write:*"], conditions: { context.n: { gt: 1 } } }
  - name: support
    enforcement: dry-run
    appliesTo: { tags: [support] }
    rules: [{ id: watch, effect: deny, actions: ["*"], conditions: { context.n: { exists: true } } }]
  - name: off
    enabled: false
    appliesTo: { agentIds: ["*"] }
    rules: [{ id: never, effect: deny, actions: ["*"] }]
)";

void ask(Coverage& coverage, std::string_view agent, std::string_view action) {
  Question question;
  question.agent_id = agent;
  question.request.action = action;
  coverage.count(question, test::time_of("2026-04-18T12:00:00Z"));
}

}  // namespace

TEST_CASE("coverage: dry-run policies count, disabled ones do not") {
  const auto engine = testing::engine_of(kPolicies);
  const Coverage coverage(*engine);
  REQUIRE(coverage.policies().size() == 2);
  CHECK(coverage.policies()[1].name == "support");
  CHECK(coverage.rules().total == 3);
  CHECK(coverage.rules().reached == 0);
  CHECK(coverage.outcomes().total == 5);
}

TEST_CASE("coverage: only policies that apply to the agent take part") {
  const auto engine = testing::engine_of(kPolicies);
  Coverage coverage(*engine);
  ask(coverage, "agent_b", "read:x");
  CHECK(coverage.rules().reached == 1);
  CHECK_FALSE(coverage.policies()[1].rules[0].asked);
  ask(coverage, "agent_a", "write:x");
  CHECK(coverage.rules().reached == 1);
  CHECK(coverage.policies()[0].rules[1].asked);
  CHECK(coverage.policies()[1].rules[0].asked);
  CHECK(coverage.outcomes().reached == 2);
}

TEST_CASE("coverage: a question that is decided before the rules exercises none") {
  const auto engine = testing::engine_of(kPolicies);
  Coverage coverage(*engine);
  ask(coverage, "agent_gone", "read:x");
  ask(coverage, "agent_z", "read:x");
  ask(coverage, "agent_b", "write:x");
  for (const auto& policy : coverage.policies()) {
    for (const auto& rule : policy.rules) CHECK_FALSE(rule.asked);
  }
}

TEST_CASE("coverage: percentages are of all there is, and nothing is all of nothing") {
  CHECK(Share{1, 4}.percent() == 25.0);
  CHECK(Share{3, 3}.percent() == 100.0);
  CHECK(Share{0, 0}.percent() == 100.0);
}

}  // namespace guardian::decision
