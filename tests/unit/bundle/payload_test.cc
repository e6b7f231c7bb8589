#include "guardian/bundle/payload.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fake_clock.h"

namespace guardian::bundle {

namespace {

using test::BundleBuilder;

Payload parse(const BundleBuilder& builder) {
  auto payload = parse_payload(builder.payload());
  if (!payload.ok()) MESSAGE(payload.error().message());
  REQUIRE(payload.ok());
  CHECK(read_payload(builder.payload()).ok());
  return std::move(payload).value();
}

std::string message_of(const BundleBuilder& builder) {
  const auto payload = parse_payload(builder.payload());
  REQUIRE_FALSE(payload.ok());
  const auto enforced = read_payload(builder.payload());
  REQUIRE_FALSE(enforced.ok());
  CHECK(enforced.error().message() == payload.error().message());
  return payload.error().message();
}

constexpr std::string_view kEveryMember = R"({
  "schema": "meshguard.bundle/v1",
  "version": "2026-04-18T10:30:00Z",
  "timestamp": "2026-04-18T12:30:00+02:00",
  "issuer": "https://gateway.example",
  "orgId": "org_xyz",
  "expiresAt": "2027-04-18T10:30:00Z",
  "defaultCombining": "first-applicable",
  "unknownAgents": { "trustTier": "untrusted", "x-note": 1 },
  "x-build": { "commit": "abc" },
  "trustTiers": [
    { "name": "untrusted", "rank": 0, "ceiling": ["read:public*"], "x-colour": "red" },
    { "name": "verified", "rank": -1 }
  ],
  "agents": [
    { "id": "agent_abc123", "name": "support-bot", "trustTier": "verified", "tags": ["support"], "orgId": "org_xyz",
      "publicKeys": [ { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "k1",
                        "use": "sig", "alg": "EdDSA", "key_ops": ["verify"] } ],
      "metadata": { "team": "cx", "limit": 1.5, "d": "any name is fine here" }, "x-anything": null }
  ],
  "issuers": [ { "issuer": "meshguard", "audience": "guardian",
                 "keys": [ { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" } ] } ],
  "revocations": { "agents": ["agent_bad"], "tokens": ["t1", "t2"], "keys": [] },
  "approvals": [ { "id": "apr_1", "agentId": "agent_abc123", "action": "delete:customer", "resource": "cust_*",
                   "policy": "p", "rule": "r", "expiresAt": "2026-04-18T11:30:00Z" } ],
  "policies": [ { "name": "p", "rules": [ { "id": "r", "effect": "require-approval", "action": "delete:*" } ] } ]
})";

}  // namespace

TEST_CASE("payload: every member of bundle.md is read") {
  auto parsed = parse_payload(kEveryMember);
  if (!parsed.ok()) MESSAGE(parsed.error().message());
  REQUIRE(parsed.ok());
  const Payload payload = std::move(parsed).value();
  CHECK(payload.version.text() == "2026-04-18T10:30:00Z");
  CHECK(payload.timestamp == test::instant_of("2026-04-18T10:30:00Z"));
  CHECK(payload.issuer == "https://gateway.example");
  CHECK(payload.org_id == "org_xyz");
  CHECK(payload.expires_at == test::instant_of("2027-04-18T10:30:00Z"));
  CHECK(payload.default_combining == policy::Combining::FirstApplicable);
  CHECK(payload.unknown_agents_tier == std::size_t{0});
  REQUIRE(payload.tiers.size() == 2);
  CHECK(payload.tiers[0].ceiling.at(0).matches("read:public-docs"));
  CHECK(payload.tiers[1].rank == -1);
  CHECK(payload.tiers[1].ceiling.empty());
  REQUIRE(payload.agents.size() == 1);
  const AgentRecord& agent = payload.agents[0];
  CHECK(agent.tier == 1);
  CHECK(agent.view.id == "agent_abc123");
  CHECK(agent.view.trust_tier == "verified");
  CHECK(agent.view.trust_rank == -1);
  CHECK(agent.view.name.as_text() == "support-bot");
  CHECK(agent.view.tags.as_list().size() == 1);
  CHECK(agent.view.org_id.as_text() == "org_xyz");
  CHECK(agent.view.metadata.find("team")->as_text() == "cx");
  REQUIRE(agent.public_keys.size() == 1);
  CHECK(agent.public_keys[0].kid() == "k1");
  REQUIRE(payload.issuers.size() == 1);
  CHECK(payload.issuers[0].issuer == "meshguard");
  CHECK(payload.issuers[0].audience == "guardian");
  CHECK(payload.issuers[0].keys.size() == 1);
  CHECK(payload.revocations.agents.at(0) == "agent_bad");
  CHECK(payload.revocations.tokens.size() == 2);
  CHECK(payload.revocations.keys.empty());
  REQUIRE(payload.approvals.size() == 1);
  CHECK(payload.approvals[0].id == "apr_1");
  CHECK(payload.approvals[0].action.matches("delete:customer"));
  CHECK(payload.approvals[0].resource->matches("cust_9"));
  CHECK(payload.approvals[0].policy == "p");
  CHECK(payload.approvals[0].rule == "r");
  CHECK(payload.approvals[0].expires_at == test::instant_of("2026-04-18T11:30:00Z"));
  REQUIRE(payload.policies.size() == 1);
  CHECK(payload.policies[0].name() == "p");
  CHECK(payload.policies[0].combining() == policy::Combining::FirstApplicable);
}

TEST_CASE("payload: an agent without optional members has absent attributes and no tags") {
  const Payload payload = parse(BundleBuilder().clear_agents().add_agent(R"({"id":"a","trustTier":"untrusted"})"));
  const policy::Agent& agent = payload.agents.at(0).view;
  CHECK(agent.name.is_null());
  CHECK(agent.org_id.is_null());
  CHECK(agent.metadata.is_null());
  CHECK(agent.tags.is_list());
  CHECK(agent.tags.as_list().empty());
  CHECK(payload.agents[0].public_keys.empty());
}

TEST_CASE("payload: agents and policies may be empty, the optional members absent") {
  const Payload payload = parse(BundleBuilder().clear_agents().clear_policies());
  CHECK(payload.agents.empty());
  CHECK(payload.policies.empty());
  CHECK_FALSE(payload.issuer.has_value());
  CHECK_FALSE(payload.expires_at.has_value());
  CHECK_FALSE(payload.unknown_agents_tier.has_value());
  CHECK(payload.default_combining == policy::Combining::DenyOverrides);
}

TEST_CASE("payload: views survive a move") {
  Payload first = parse(BundleBuilder());
  const Payload second = std::move(first);
  CHECK(second.agents.at(0).view.id == "agent_abc123");
  CHECK(second.tiers.at(3).name == "privileged");
}

TEST_CASE("payload: the version alone may be an integer beyond 2^53") {
  CHECK(parse(BundleBuilder().set("version", "18446744073709551615")).version.text() == "18446744073709551615");
  CHECK(message_of(BundleBuilder().set("x-build", R"({"numbers":[1,{"n":9007199254740993}]})")) ==
        "x-build.numbers[1].n: integers beyond 2^53 are not exact");
  CHECK(parse(BundleBuilder().set("x-build", "9007199254740992")).agents.size() == 1);
}

TEST_CASE("payload: a tier that a policy names must exist") {
  const auto refused = parse_payload(
      BundleBuilder()
          .add_policy(
              R"({"name":"q","appliesTo":{"trustTiers":["veryfied"]},"rules":[{"effect":"allow","action":"a"}]})")
          .payload());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == base::ErrorCode::PolicyInvalid);
  CHECK(refused.error().message().starts_with("policies[1]: "));
}

TEST_CASE("payload: a policy may be nested 32 deep, as in a file of its own") {
  const auto with_condition = [](const std::string& innermost) {
    std::string condition = innermost;
    for (int i = 0; i < 14; ++i) condition = R"({"any":[)" + condition + "]}";
    return BundleBuilder().add_policy(R"({"name":"q","rules":[{"effect":"allow","action":"a","conditions":)" +
                                      condition + "}]}");
  };
  CHECK(parse(with_condition(R"({"context.n":1})")).policies.size() == 2);
  const std::string too_deep = message_of(with_condition(R"({"context.n":{"lt":1}})"));
  CHECK(too_deep == "policies[1]: nested deeper than 32");
}

TEST_CASE("payload: an error names the place by index and by name") {
  CHECK(message_of(BundleBuilder().add_agent(R"({"id":"agent_x","trustTier":"gold"})")) ==
        "agents[1] (agent_x): trustTier: no trust tier is named `gold`");
  CHECK(message_of(BundleBuilder().add_agent(R"({"id":"agent_x"})")) == "agents[1] (agent_x): trustTier: missing");
  CHECK(message_of(BundleBuilder().add_agent(R"({"id":"agent_x","trust_tier":"verified"})")) ==
        "agents[1] (agent_x): unknown member `trust_tier`");
  CHECK(message_of(BundleBuilder().set("revokations", "{}")) == "unknown member `revokations`");
  CHECK(message_of(BundleBuilder().add_agent(R"({"id":"agent_x","trustTier":"verified","tags":["a",1]})")) ==
        "agents[1] (agent_x): tags[1]: must be text");
  const std::string key = message_of(
      BundleBuilder().add_agent(R"({"id":"agent_x","trustTier":"verified","publicKeys":[{"kty":"OKP","kid":"k7"}]})"));
  CHECK(key.starts_with("agents[1] (agent_x): publicKeys[0] (k7): "));
}

TEST_CASE("payload: two policies of one name are refused, the wrapper's name counts") {
  const BundleBuilder builder =
      BundleBuilder().add_policy(R"({"apiVersion":"meshguard.io/v1","kind":"Policy","metadata":{"name":"base"},)"
                                 R"("spec":{"rules":[{"effect":"allow","action":"a"}]}})");
  const auto refused = parse_payload(builder.payload());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code() == base::ErrorCode::SchemaInvalid);
  CHECK(refused.error().message() == "policies[1]: name: `base` is already used by policies[0]");
}

TEST_CASE("payload: what is read to be enforced is what is parsed, and lives in the text that was given") {
  const auto parsed = parse_payload(kEveryMember);
  auto first = read_payload(std::string(kEveryMember));
  REQUIRE(parsed.ok());
  REQUIRE(first.ok());
  // Moved, as it is into a bundle.
  const Payload read = std::move(first).value();
  CHECK(read.text() == kEveryMember);
  CHECK(read.version.text() == parsed->version.text());
  CHECK(read.policies.size() == 1);
  CHECK(read.policies[0].name() == "p");
  REQUIRE(read.agents.size() == 1);
  const policy::Agent& agent = read.agents[0].view;
  const policy::Agent& expected = parsed->agents[0].view;
  CHECK(agent.id == expected.id);
  CHECK(agent.trust_tier == expected.trust_tier);
  CHECK(agent.trust_rank == expected.trust_rank);
  CHECK(json::equal(agent.name, expected.name));
  CHECK(json::equal(agent.tags, expected.tags));
  CHECK(json::equal(agent.org_id, expected.org_id));
  CHECK(json::equal(agent.metadata, expected.metadata));
  REQUIRE(read.agents[0].public_keys.size() == 1);
  CHECK(read.agents[0].public_keys[0].thumbprint() == parsed->agents[0].public_keys[0].thumbprint());
  CHECK(read.agents[0].public_keys[0].jwk() == parsed->agents[0].public_keys[0].jwk());
  CHECK(agent.id.data() > read.text().data());
  CHECK(agent.id.data() < read.text().data() + read.text().size());
}

TEST_CASE("payload: texts with escapes outlive the reading of their agent") {
  const auto read = read_payload(BundleBuilder()
                                     .add_agent(R"({"id":"agent_\u0078","name":"a\n","trustTier":"verified",)"
                                                R"("tags":["\u0041"],"metadata":{"\u006b":["v\u0021"]}})")
                                     .add_agent(R"({"id":"agent_y","name":"b\t","trustTier":"verified"})")
                                     .payload());
  REQUIRE(read.ok());
  const policy::Agent& agent = read->agents[1].view;
  CHECK(agent.id == "agent_x");
  CHECK(agent.name.as_text() == "a\n");
  CHECK(agent.tags.as_list()[0].as_text() == "A");
  CHECK(agent.metadata.find("k")->as_list()[0].as_text() == "v!");
  CHECK(read->agents[2].view.name.as_text() == "b\t");
}

TEST_CASE("payload: a syntax error in one of many agents or policies is refused where it stands") {
  for (const std::string_view list : {"agents", "policies"}) {
    const std::string text = BundleBuilder().set(list, R"([{"id":"a","trustTier":"verified","id":"b"}])").payload();
    const auto parsed = parse_payload(text);
    const auto read = read_payload(text);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code() == base::ErrorCode::Malformed);
    CHECK(read.error().message() == parsed.error().message());
  }
}

TEST_CASE(
    "payload: a private key in metadata or in a key's extension is refused, naming the place and not the secret") {
  const std::string in_metadata = message_of(BundleBuilder().add_agent(
      R"({"id":"agent_b","trustTier":"verified","metadata":{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}})"));
  CHECK(in_metadata == "agents[1] (agent_b): metadata: holds a private key");
  const std::string in_key = message_of(BundleBuilder().add_agent(
      R"({"id":"agent_b","trustTier":"verified","publicKeys":[{"kty":"OKP","crv":"Ed25519","kid":"k1",)"
      R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","x-old":{"kty":"oct","k":"c2VjcmV0"}}]})"));
  CHECK(in_key == "agents[1] (agent_b): publicKeys[0] (k1): holds a private key");
}

TEST_CASE("payload: check_payload names the sources it is given") {
  BundleBuilder builder;
  builder.clear_policies().add_policy(R"({"name":"p","rules":[{"effect":"alow","action":"a"}]})");
  auto document = json::parse(builder.payload());
  REQUIRE(document.ok());
  const auto refused = check_payload(std::move(document).value(), {policy::Source{"policies/p.yaml", {}}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message().starts_with("policies/p.yaml: "));
}

}  // namespace guardian::bundle
