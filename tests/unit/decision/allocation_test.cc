// An allow allocates nothing (engine.h), whatever stands around it in the bundle.
#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>

#include "guardian/decision/engine.h"
#include "guardian/json/reader.h"
#include "support/bundle_builder.h"
#include "support/counting_allocator.h"

using namespace guardian;
using test::BundleBuilder;

namespace {

decision::Engine engine_of(const BundleBuilder& builder) {
  auto payload = bundle::parse_payload(builder.payload());
  if (!payload) FAIL(payload.error().message());
  return decision::Engine(std::make_shared<const bundle::Payload>(std::move(payload).value()));
}

std::string policy_json(std::string_view name, std::string_view ids, std::string_view members,
                        std::string_view action) {
  return R"({"name":")" + std::string(name) + R"(","appliesTo":{"agentIds":[")" + std::string(ids) + R"("]},)" +
         std::string(members) + R"("rules":[{"id":"r","effect":"allow","actions":[")" + std::string(action) +
         R"("],"conditions":{"context.amount":{"lte":100},"context.to":{"matches":"*@example.com"}}}]})";
}

void check_allows_without_allocating(const decision::Engine& engine, const decision::Question& question) {
  const auto now = base::to_time_point(*base::parse_rfc3339("2026-04-18T10:30:00Z"));
  const std::size_t before = guardian::testing::allocations;
  const decision::Decision decided = engine.decide(question, now);
  const std::size_t after = guardian::testing::allocations;
  CHECK(decided.allow);
  CHECK(after == before);
}

}  // namespace

TEST_CASE("decide: an allow allocates nothing") {
  BundleBuilder builder;
  builder.clear_policies();
  // More than are asked one by one, so that the index is used; some apply by the agent's id alone.
  for (int i = 0; i < 40; ++i) {
    const std::string name = "p" + std::to_string(i);
    builder.add_policy(policy_json(name, i % 2 == 0 ? "*" : "agent_abc123", "", "act:" + std::to_string(i) + ":*"));
  }
  builder.add_policy(policy_json("limited", "*", R"("rateLimits":"5/day",)", "limited"));
  builder.add_policy(policy_json("delegated", "*", R"("delegation":{"maxDepth":2},)", "delegated"));
  builder.add_agent(R"({"id":"agent_root","trustTier":"verified"})");
  const decision::Engine engine = engine_of(builder);
  const auto context = json::parse(R"({"amount": 45.0, "to": "user@example.com"})");

  decision::Question question{"agent_abc123", {}};
  question.request.context = context->root();
  for (const std::string_view action : {"act:0:x", "act:39:x", "limited", "delegated"}) {
    question.request.action = action;
    CAPTURE(action);
    check_allows_without_allocating(engine, question);
  }
}
