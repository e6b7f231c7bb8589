#include "guardian/decision/test_runner.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "engine_of.h"
#include "support/fake_clock.h"

namespace guardian::decision {

namespace {

constexpr std::string_view kPolicies = R"(
  - name: p
    appliesTo: { agentIds: ["*"] }
    rules:
      - { id: ok, effect: allow, actions: ["read:*"] }
      - { id: "no", effect: deny, actions: ["write:*"], reason: never }
      - { id: ask, effect: require-approval, actions: ["delete:*"] }
      - { id: late, effect: allow, actions: [work], conditions: time.hour >= 20 }
      - { id: team, effect: allow, actions: [meet], conditions: token.team == 'cx' }
)";

struct Ran {
  std::shared_ptr<const Engine> engine;
  TestFile file;
  std::vector<TestResult> results;
};

Ran run(std::string_view tests, std::string_view approvals = "", std::string_view now = "2026-04-18T12:00:00Z") {
  const test::FakeClock clock(now);
  auto file = parse_test_file("t.yaml", "tests:\n" + std::string(tests));
  if (!file) FAIL(file.error().message());
  Ran ran{testing::engine_of(kPolicies, approvals), std::move(file).value(), {}};
  ran.results = run_tests(*ran.engine, ran.file, clock.now(), clock, nullptr);
  return ran;
}

// `member: actual, expected`, joined; empty when the one test passed.
std::string differences(std::string_view test, std::string_view approvals = "",
                        std::string_view now = "2026-04-18T12:00:00Z") {
  const Ran ran = run("  - { name: n, agent: agent_a, " + std::string(test) + " }\n", approvals, now);
  REQUIRE(ran.results.size() == 1);
  std::string text;
  for (const Difference& difference : ran.results[0].differences) {
    if (!text.empty()) text += "; ";
    text += std::string(difference.member) + ": " + std::string(difference.actual.value_or("none")) + ", " +
            std::string(difference.expected.value_or("none"));
  }
  CHECK(ran.results[0].passed() == text.empty());
  return text;
}

}  // namespace

TEST_CASE("runner: a test passes when the answer is as it says") {
  CHECK(differences("action: 'read:x', expect: allow, policy: p, rule: ok, reason: null").empty());
  CHECK(differences("action: 'write:x', expect: deny, policy: p, rule: 'no', reason: never").empty());
  CHECK(differences("action: 'delete:x', expect: require-approval, rule: ask, reason: Approval required").empty());
  CHECK(differences("action: other, expect: deny, rule: default").empty());
}

TEST_CASE("runner: each member that differs is reported with both sides") {
  CHECK(differences("action: 'read:x', expect: deny, policy: q, rule: 'no', reason: never") ==
        "expect: allow, deny; policy: p, q; rule: ok, no; reason: none, never");
  CHECK(differences("action: 'write:x', expect: deny, reason: null") == "reason: never, none");
  CHECK(differences("action: 'write:x', expect: allow") == "expect: deny, allow");
}

TEST_CASE("runner: deny is any denial, require-approval only one that waits for approval") {
  CHECK(differences("action: 'delete:x', expect: deny").empty());
  CHECK(differences("action: 'write:x', expect: require-approval") == "expect: deny, require-approval");
  constexpr std::string_view kApproval =
      "  - { id: ap1, agentId: agent_a, action: 'delete:*', expiresAt: '2026-05-01T00:00:00Z' }";
  CHECK(differences("action: 'delete:x', expect: allow, rule: ask", kApproval).empty());
  CHECK(differences("action: 'delete:x', expect: require-approval", kApproval) == "expect: allow, require-approval");
}

TEST_CASE("runner: in audit mode the caller is told allow, by the rule that would have denied") {
  CHECK(differences("action: 'write:x', mode: audit, expect: allow, rule: 'no', reason: never").empty());
  CHECK(differences("action: 'write:x', mode: audit, expect: deny") == "expect: allow, deny");
  CHECK(differences("action: 'delete:x', mode: audit, expect: require-approval") == "expect: allow, require-approval");
}

TEST_CASE("runner: a test is decided as of its own time, else of the run's") {
  CHECK(differences("action: work, expect: allow, at: '2026-04-18T21:00:00Z'").empty());
  CHECK(differences("action: work, expect: deny").empty());
  CHECK(differences("action: work, expect: allow", "", "2026-04-18T20:00:00Z").empty());
}

TEST_CASE("runner: claims of a token are taken as verified") {
  CHECK(differences("action: meet, token: { team: cx }, expect: allow, rule: team").empty());
  CHECK(differences("action: meet, token: { team: ops }, expect: deny").empty());
  CHECK(differences("action: meet, expect: deny").empty());
}

TEST_CASE("runner: a delegated test is decided as a delegated request is") {
  CHECK(differences("action: 'read:x', delegation: { chain: [agent_b] }, expect: allow, rule: ok").empty());
  CHECK(differences("action: meet, token: { sub: agent_b, act: { sub: agent_a }, team: cx }, expect: deny, rule: "
                    "delegation, policy: null, reason: Delegator agent_b is not allowed this action")
            .empty());
  CHECK(differences("action: 'read:x', delegation: { chain: [agent_a] }, expect: deny, reason: Circular delegation")
            .empty());
}

TEST_CASE("runner: all tests of a file are run, in order") {
  const Ran ran =
      run("  - { name: a, agent: agent_gone, action: 'read:x', expect: deny, reason: Agent revoked }\n"
          "  - { name: b, agent: agent_z, action: 'read:x', expect: allow }\n"
          "  - { name: c, agent: agent_b, action: 'write:x', expect: deny, rule: ceiling }\n");
  REQUIRE(ran.results.size() == 3);
  CHECK(ran.results[0].test->name == "a");
  CHECK(ran.results[0].passed());
  CHECK_FALSE(ran.results[1].passed());
  CHECK(ran.results[2].passed());
}

}  // namespace guardian::decision
