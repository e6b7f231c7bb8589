#include "guardian/policy/applies_to.h"

#include <doctest/doctest.h>

#include "policy_text.h"

namespace guardian::policy {

namespace {

Policy for_agents(std::string_view applies_to) {
  return policy_of("name: p\nrules: [{effect: allow, actions: ['*']}]\n" +
                   (applies_to.empty() ? std::string() : "appliesTo: " + std::string(applies_to) + "\n"));
}

bool applies(std::string_view applies_to, const Agent& agent) { return for_agents(applies_to).applies_to(agent); }

Agent agent_of(std::string_view id, std::string_view tier, std::int64_t rank) {
  Agent agent;
  agent.id = id;
  agent.trust_tier = tier;
  agent.trust_rank = rank;
  return agent;
}

}  // namespace

TEST_CASE("applies to: missing, it is for nobody") {
  const Policy policy = for_agents("");
  CHECK_FALSE(policy.applies_to(agent_of("a", "verified", 1)));
  CHECK_FALSE(policy.applies_apart_from_id(agent_of("a", "verified", 1)));
  CHECK_FALSE(policy.constrains_agent_ids());
}

TEST_CASE("applies to: agent ids are globs") {
  CHECK(applies("{agentIds: [x, 'agent_*']}", agent_of("agent_1", "verified", 1)));
  CHECK_FALSE(applies("{agentIds: [x, 'agent_*']}", agent_of("robot", "verified", 1)));
}

TEST_CASE("applies to: a tier, or a tier and all of higher rank") {
  CHECK(applies("{trustTiers: [verified]}", agent_of("a", "verified", 1)));
  CHECK_FALSE(applies("{trustTiers: [verified]}", agent_of("a", "trusted", 2)));
  CHECK(applies("{trustTiers: ['>=verified']}", agent_of("a", "trusted", 2)));
  CHECK(applies("{trustTiers: ['>=verified']}", agent_of("a", "verified", 1)));
  CHECK_FALSE(applies("{trustTiers: ['>=verified']}", agent_of("a", "untrusted", 0)));
  // A tier of equal rank and another name is neither that tier nor of higher rank.
  CHECK_FALSE(applies("{trustTiers: ['>=trusted']}", agent_of("a", "equal", 2)));
  CHECK(applies("{trustTiers: ['>=trusted']}", agent_of("a", "top", 3)));
}

TEST_CASE("applies to: every list given must match") {
  const auto tags = json::parse(R"(["support-eu", "night"])");
  REQUIRE(tags.ok());
  Agent agent = agent_of("a", "verified", 1);
  agent.tags = tags->root();
  agent.org_id = json::Value::text("org_a");
  CHECK(applies("{tags: ['support*'], orgIds: [org_b, org_a]}", agent));
  CHECK_FALSE(applies("{tags: ['sales*'], orgIds: [org_a]}", agent));
  CHECK_FALSE(applies("{tags: ['support*'], orgIds: ['org_*']}", agent));
  CHECK_FALSE(applies("{tags: ['*']}", agent_of("a", "verified", 1)));
  CHECK_FALSE(applies("{orgIds: [org_a]}", agent_of("a", "verified", 1)));
}

TEST_CASE("applies to: the id can be left out of the question") {
  const Policy policy = for_agents("{agentIds: [x], trustTiers: [verified]}");
  CHECK(policy.constrains_agent_ids());
  CHECK_FALSE(for_agents("{agentIds: [x, '*']}").constrains_agent_ids());
  CHECK_FALSE(for_agents("{agentIds: ['**'], tags: [a]}").constrains_agent_ids());
  CHECK(policy.applies_apart_from_id(agent_of("y", "verified", 1)));
  CHECK_FALSE(policy.applies_to(agent_of("y", "verified", 1)));
  CHECK_FALSE(policy.applies_apart_from_id(agent_of("x", "trusted", 2)));
}

TEST_CASE("applies to: a tier that does not exist is refused") {
  for (const auto* tiers : {"[Verified]", "['>=nobody']", "['>= verified']", "['>verified']", "[verified, '']"}) {
    CAPTURE(tiers);
    CHECK(mentions(refusal_of("name: p\nrules: [{effect: allow, actions: ['*']}]\nappliesTo: {trustTiers: " +
                              std::string(tiers) + "}\n"),
                   "trustTiers"));
  }
}

}  // namespace guardian::policy
