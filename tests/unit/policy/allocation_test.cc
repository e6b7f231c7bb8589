// Evaluation allocates nothing (program.h).
#include <doctest/doctest.h>

#include "policy_text.h"
#include "support/counting_allocator.h"

namespace guardian::policy {

TEST_CASE("program: evaluating allocates nothing") {
  const Policy policy = policy_of(
      "name: p\nappliesTo: {agentIds: ['agent_*'], tags: [support]}\ntimezone: Europe/Berlin\nrules:\n"
      "- {effect: deny, actions: ['read:*'], conditions: {context.path: {pathMatches: ['/etc/**']}}}\n"
      "- {effect: deny, actions: ['read:*'], conditions: {context.ip: {cidr: [10.0.0.0/8]}, context.l: {some: {gt: "
      "5}}}}\n"
      "- {effect: deny, actions: ['*x'], conditions: {context.m: {matches: '*a*b'}, delegation: {exists: false}}}\n"
      "- {effect: allow, actions: ['read:?'], conditions: 'time.hour >= 9 AND time.iso CONTAINS \"+02:00\" AND "
      "context.since < \"2026-04-18T12:00:00Z\" AND context.o NOT IN [1, 2]'}\n");
  const Question question({.context = R"({"path": "/srv/../etcetera/a/b/c", "ip": "::ffff:10.0.0.1", "l": [1, 2],
      "m": "aaaaaaaaaaaaaaaaaaaa", "since": "2026-04-18T11:00:00+02:00", "o": {"a": [1]}})"});
  const Input input = question.input();
  const std::size_t before = testing::allocations;
  const Outcome outcome = policy.evaluate(input);
  const bool applies = policy.applies_to(input.agent);
  const std::size_t after = testing::allocations;
  CHECK(after == before);
  CHECK(applies);
  CHECK(outcome.kind == Outcome::Kind::Allow);
}

}  // namespace guardian::policy
