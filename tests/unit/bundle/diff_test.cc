#include "guardian/bundle/diff.h"

#include <doctest/doctest.h>

#include "support/bundle_builder.h"
#include "support/growth.h"

using guardian::bundle::BundleChanges;
using guardian::bundle::diff;
using guardian::bundle::parse_payload;
using guardian::bundle::Payload;
using guardian::test::BundleBuilder;

namespace {

using Names = std::vector<std::string>;

Payload payload_of(const BundleBuilder& builder) {
  auto payload = parse_payload(builder.payload());
  if (!payload) FAIL(payload.error().message());
  return std::move(payload).value();
}

BundleChanges between(const BundleBuilder& before, const BundleBuilder& after) {
  const Payload old = payload_of(before);
  return diff(&old, payload_of(after));
}

// A bundle with one policy `p` of these rules.
BundleBuilder with_rules(const std::string& rules) {
  return BundleBuilder().clear_policies().add_policy(R"({"name":"p","appliesTo":{"tags":["x"]},"rules":[)" + rules +
                                                     "]}");
}
std::string rule(const std::string& id, const std::string& action) {
  return "{" + (id.empty() ? "" : R"("id":")" + id + R"(",)") + R"("effect":"allow","actions":[")" + action + R"("]})";
}

constexpr const char* kKey = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr const char* kThumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
std::string key_with_kid(const std::string& kid, const std::string& x) {
  return R"({"kty":"OKP","crv":"Ed25519","x":")" + x + R"(","kid":")" + kid + R"("})";
}
constexpr const char* kOneX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr const char* kOtherX = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";

std::string agent_with_keys(const std::string& keys) {
  return R"({"id":"a","trustTier":"verified","publicKeys":[)" + keys + "]}";
}

constexpr const char* kAgent = R"({"id":"a","trustTier":"verified"})";
constexpr const char* kPolicy =
    R"({"name":"p","appliesTo":{"tags":["x"]},"rules":[{"id":"r","effect":"allow","actions":["read:*"]}]})";

}  // namespace

TEST_CASE("diff: without an earlier bundle everything is added") {
  const Payload after = payload_of(BundleBuilder());
  const auto changes = diff(nullptr, after);
  CHECK(changes.policies.added == Names{"base"});
  CHECK(changes.agents.added == Names{"agent_abc123"});
  CHECK(changes.policies.removed.empty());
  CHECK(changes.agents.changed.empty());
}

TEST_CASE("diff: a later version with the same content changes nothing") {
  const Payload before = payload_of(BundleBuilder());
  const Payload after = payload_of(BundleBuilder().date("2026-04-19T00:00:00Z"));
  const auto changes = diff(&before, after);
  CHECK(changes.policies.empty());
  CHECK(changes.agents.empty());
}

TEST_CASE("diff: what is only in the later one is added and what is only in the earlier one is removed") {
  const Payload before = payload_of(BundleBuilder());
  const Payload after =
      payload_of(BundleBuilder().clear_agents().add_agent(kAgent).clear_policies().add_policy(kPolicy));
  const auto changes = diff(&before, after);
  CHECK(changes.agents.added == Names{"a"});
  CHECK(changes.agents.removed == Names{"agent_abc123"});
  CHECK(changes.policies.added == Names{"p"});
  CHECK(changes.policies.removed == Names{"base"});
  CHECK(changes.policies.changed.empty());
}

TEST_CASE("diff: other content under one name is a change, another order of members is none") {
  const Payload before = payload_of(BundleBuilder().add_agent(kAgent));
  const Payload reordered = payload_of(BundleBuilder().add_agent(R"({"trustTier":"verified","id":"a"})"));
  CHECK(diff(&before, reordered).agents.empty());
  const Payload promoted = payload_of(BundleBuilder().add_agent(R"({"id":"a","trustTier":"trusted"})"));
  CHECK(diff(&before, promoted).agents.changed == Names{"a"});
}

TEST_CASE("diff: rules are found again by their id, wherever they stand") {
  const auto changes = between(with_rules(rule("one", "a") + "," + rule("two", "b") + "," + rule("three", "c")),
                               with_rules(rule("new", "n") + "," + rule("two", "B") + "," + rule("one", "a")));
  CHECK(changes.policies.changed == Names{"p"});
  CHECK(changes.rules.added == Names{"p/new"});
  CHECK(changes.rules.removed == Names{"p/three"});
  CHECK(changes.rules.changed == Names{"p/two"});
}

TEST_CASE("diff: a rule put in front of rules without ids is one added, not all changed") {
  const std::string old = rule("", "a") + "," + rule("", "b") + "," + rule("", "c");
  const auto inserted = between(with_rules(old), with_rules(rule("", "n") + "," + old));
  CHECK(inserted.rules.added == Names{"p#1"});
  CHECK(inserted.rules.removed.empty());
  CHECK(inserted.rules.changed.empty());
  const auto taken = between(with_rules(old), with_rules(rule("", "a") + "," + rule("", "c")));
  CHECK(taken.rules.removed == Names{"p#2"});
  CHECK(taken.rules.changed.empty());
}

TEST_CASE("diff: a rule without an id that became another one is changed, under its later place") {
  const auto changes = between(with_rules(rule("", "a") + "," + rule("", "b") + "," + rule("", "a")),
                               with_rules(rule("", "a") + "," + rule("", "a") + "," + rule("", "B")));
  CHECK(changes.rules.changed == Names{"p#3"});
  CHECK(changes.rules.added.empty());
  CHECK(changes.rules.removed.empty());
}

TEST_CASE("diff: the rules of a policy that comes or goes come and go with it") {
  const auto changes = between(BundleBuilder(), with_rules(rule("r", "a") + "," + rule("", "b")));
  CHECK(changes.rules.added == Names{"p/r", "p#2"});
  CHECK(changes.rules.removed == Names{"base/no-delete", "base/reads"});
}

TEST_CASE("diff: the rules of a policy in a wrapper are compared too") {
  const auto wrapped = [](const std::string& rules) {
    return BundleBuilder().clear_policies().add_policy(
        R"({"apiVersion":"v1","kind":"Policy","metadata":{"name":"w"},"spec":{"rules":[)" + rules + "]}}");
  };
  const auto changes = between(wrapped(rule("r", "a")), wrapped(rule("r", "b") + "," + rule("s", "c")));
  CHECK(changes.rules.changed == Names{"w/r"});
  CHECK(changes.rules.added == Names{"w/s"});
}

TEST_CASE("diff: keys are named by owner and kid, or by thumbprint, and another key under one kid is a change") {
  const auto first = BundleBuilder().add_agent(agent_with_keys(key_with_kid("k1", kOneX)));
  const auto second = BundleBuilder().add_agent(agent_with_keys(key_with_kid("k1", kOtherX) + "," + kKey));
  const auto changes = between(first, second);
  CHECK(changes.keys.changed == Names{"agent a: k1"});
  CHECK(changes.keys.added == Names{std::string("agent a: ") + kThumbprint});
  CHECK(changes.agents.changed == Names{"a"});
  CHECK(between(second, first).keys.removed == Names{std::string("agent a: ") + kThumbprint});
}

TEST_CASE("diff: two keys of one owner under one kid are told apart by their thumbprints") {
  const auto both =
      BundleBuilder().add_agent(agent_with_keys(key_with_kid("k", kOneX) + "," + key_with_kid("k", kOtherX)));
  const auto changes = between(BundleBuilder(), both);
  REQUIRE(changes.keys.added.size() == 2);
  CHECK(changes.keys.added[0] == std::string("agent a: ") + kThumbprint);
  CHECK(changes.keys.added[1] != changes.keys.added[0]);
}

TEST_CASE("diff: tiers, issuers, their keys, approvals and revocations are told by name") {
  const auto before = BundleBuilder()
                          .set("revocations", R"({"agents":["x"],"tokens":["t","t"],"keys":["k"]})")
                          .set("approvals", R"([{"id":"apr_1","agentId":"agent_abc123","action":"delete:x",)"
                                            R"("expiresAt":"2026-05-01T00:00:00Z"}])");
  const auto after =
      BundleBuilder()
          .set("trustTiers", R"([{"name":"untrusted","rank":0},{"name":"verified","rank":7},{"name":"new","rank":9}])")
          .set("issuers", R"([{"issuer":"meshguard","keys":[)" + std::string(kKey) + "]}]")
          .set("approvals", R"([{"id":"apr_1","agentId":"agent_abc123","action":"delete:y",)"
                            R"("expiresAt":"2026-05-01T00:00:00Z"}])")
          .set("revocations", R"({"agents":["x","agent_abc123"],"tokens":["u","t"],"keys":[]})");
  const auto changes = between(before, after);
  CHECK(changes.trust_tiers.added == Names{"new"});
  CHECK(changes.trust_tiers.removed == Names{"trusted", "privileged"});
  CHECK(changes.trust_tiers.changed == Names{"verified"});
  CHECK(changes.issuers.added == Names{"meshguard"});
  CHECK(changes.keys.added == Names{std::string("issuer meshguard: ") + kThumbprint});
  CHECK(changes.approvals.changed == Names{"apr_1"});
  CHECK(changes.revocations.added == Names{"agent agent_abc123", "token u"});
  CHECK(changes.revocations.removed == Names{"key k"});
  CHECK(changes.revocations.changed.empty());
}

TEST_CASE("diff: other members are named when they come, go or differ, and version and timestamp never") {
  const auto before = BundleBuilder().set("issuer", "\"i\"").set("orgId", "\"one\"").set("x-note", "1");
  const auto after = BundleBuilder()
                         .date("2026-04-19T00:00:00Z")
                         .set("issuer", "\"i\"")
                         .set("orgId", "\"two\"")
                         .set("defaultCombining", "\"first-applicable\"");
  CHECK(between(before, after).members == Names{"defaultCombining", "orgId", "x-note"});
}

TEST_CASE("diff: policies in another order are told among the members, since their order decides") {
  const auto one = BundleBuilder().add_policy(kPolicy);
  const std::string base =
      R"({"name":"base","version":"1.0","appliesTo":{"agentIds":["*"]},"rules":[)"
      R"({"id":"no-delete","effect":"deny","actions":["delete:*"],"reason":"Deleting is not permitted"},)"
      R"({"id":"reads","effect":"allow","actions":["read:*"]}]})";
  const auto other = BundleBuilder().clear_policies().add_policy(kPolicy).add_policy(base);
  const auto changes = between(one, other);
  CHECK(changes.policies.empty());
  CHECK(changes.members == Names{"policies"});
  CHECK_FALSE(changes.empty());
  CHECK(between(one, one).empty());
}

TEST_CASE("diff: the JSON form has every kind, empty or not") {
  std::string text;
  guardian::json::Writer out(text);
  BundleChanges changes;
  changes.policies.added = {"p"};
  changes.revocations.removed = {"key \"k\""};
  changes.members = {"orgId"};
  write_changes(out, changes);
  const std::string none = R"({"added":[],"removed":[],"changed":[]})";
  CHECK(text == R"({"policies":{"added":["p"],"removed":[],"changed":[]},"rules":)" + none + R"(,"agents":)" + none +
                    R"(,"trustTiers":)" + none + R"(,"keys":)" + none + R"(,"issuers":)" + none + R"(,"approvals":)" +
                    none + R"(,"revocations":{"added":[],"removed":["key \"k\""],"changed":[]},"members":["orgId"]})");
}

TEST_CASE("diff: its cost grows with what both hold, not with its square") {
  const auto many = [](int count, const std::string& action) {
    std::string rules;
    for (int i = 0; i < count; ++i) rules += (i == 0 ? "" : ",") + rule("", action + std::to_string(i));
    return with_rules(rules);
  };
  std::vector<Payload> befores;
  std::vector<Payload> afters;
  for (const int count : {500, 1000}) {
    befores.push_back(payload_of(many(count, "a:")));
    afters.push_back(payload_of(many(count, "b:")));
  }
  CHECK(guardian::support::grows_at_most(3.0, [&](std::size_t step) {
    CHECK(diff(&befores[step], afters[step]).rules.changed.size() == (step + 1) * 500);
  }));
}
