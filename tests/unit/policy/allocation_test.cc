// Evaluation allocates nothing (program.h); counted by replacing the global allocation functions of this test binary.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "policy_text.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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
  const std::size_t before = allocations;
  const Outcome outcome = policy.evaluate(input);
  const bool applies = policy.applies_to(input.agent);
  const std::size_t after = allocations;
  CHECK(after == before);
  CHECK(applies);
  CHECK(outcome.kind == Outcome::Kind::Allow);
}

}  // namespace guardian::policy
