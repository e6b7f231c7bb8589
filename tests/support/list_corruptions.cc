// Payloads that break section 2 of bundle.md in their issuers, revocations, approvals and policies.
#include <string>
#include <utility>

#include "tests/support/corruptions.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

constexpr std::string_view kRules = R"("rules":[{"effect":"allow","action":"a"}])";

void add_issuers(ContentTable& table) {
  const auto issuers = [&](std::string name, std::string json, ErrorCode code = ErrorCode::SchemaInvalid) {
    table.member(std::move(name), "issuers", std::move(json), code);
  };
  const auto key = [&](std::string name, const std::string& jwk) {
    issuers(std::move(name), R"([{"issuer":"i","keys":[)" + jwk + "]}]", ErrorCode::KeyInvalid);
  };
  issuers("issuers an object", "{}");
  issuers("issuers null", "null");
  issuers("issuers of texts", R"(["i"])");
  issuers("issuer without a name", R"([{"keys":[]}])");
  issuers("issuer with an empty name", R"([{"issuer":"","keys":[]}])");
  issuers("issuer without keys", R"([{"issuer":"i"}])");
  issuers("issuer keys a set", R"([{"issuer":"i","keys":{"keys":[]}}])");
  issuers("issuer twice", R"([{"issuer":"i","keys":[]},{"issuer":"i","keys":[]}])");
  issuers("audience a list", R"([{"issuer":"i","keys":[],"audience":["a"]}])");
  issuers("audience null", R"([{"issuer":"i","keys":[],"audience":null}])");
  issuers("issuer with more", R"([{"issuer":"i","keys":[],"jwksUri":"https://x"}])");
  key("issuer key private", R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
                            R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})");
  key("issuer key a shared secret", R"({"kty":"oct","k":"AA"})");
  key("issuer key with an unknown member",
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","issuer":"i"})");
}

void add_revocations(ContentTable& table) {
  const auto revocations = [&](std::string name, std::string json) {
    table.member(std::move(name), "revocations", std::move(json));
  };
  revocations("revocations a list", "[]");
  revocations("revocations null", "null");
  revocations("revocations misspelt inside", R"({"agent":["a"]})");
  revocations("revoked agents null", R"({"agents":null})");
  revocations("revoked agents of objects", R"({"agents":[{"id":"a"}]})");
  revocations("revoked tokens of numbers", R"({"tokens":[1]})");
  revocations("revoked keys one text", R"({"keys":"k"})");
}

void add_approvals(ContentTable& table) {
  // The second of two.
  const auto approval = [&](std::string name, std::string_view json) {
    table.member(
        std::move(name), "approvals",
        R"([{"id":"1","agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"},)" + std::string(json) + "]");
  };
  table.member("approvals an object", "approvals", "{}");
  table.member("approvals null", "approvals", "null");
  approval("approval a text", R"("1")");
  approval("approval without an id", R"({"agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval with an empty id", R"({"id":"","agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval without an agent", R"({"id":"2","action":"x","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval without an action", R"({"id":"2","agentId":"a","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval without an end", R"({"id":"2","agentId":"a","action":"x"})");
  approval("approval with a bad end", R"({"id":"2","agentId":"a","action":"x","expiresAt":"never"})");
  approval("approval with an end that is null", R"({"id":"2","agentId":"a","action":"x","expiresAt":null})");
  approval("approval with a bad glob", R"({"id":"2","agentId":"a","action":"x\\","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval resource null",
           R"({"id":"2","agentId":"a","action":"x","resource":null,"expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval id twice", R"({"id":"1","agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"})");
  approval("approval with more",
           R"({"id":"2","agentId":"a","action":"x","approver":"b","expiresAt":"2027-01-01T00:00:00Z"})");
}

}  // namespace

std::vector<Corruption> list_corruptions(const CorruptionKeys& keys) {
  ContentTable table(keys);
  add_issuers(table);
  add_revocations(table);
  add_approvals(table);
  return table.take();
}

std::vector<Corruption> policy_corruptions(const CorruptionKeys& keys) {
  ContentTable table(keys);
  const auto policy = [&](std::string name, std::string_view members) {
    table.policy(std::move(name), "{" + std::string(members) + "}");
  };
  const std::string rules(kRules);
  table.policy("policy a text", R"("base")");
  table.policy("policy null", "null");
  policy("policy without a name", rules);
  policy("policy without rules", R"("name":"q")");
  policy("unknown member of a policy", R"("name":"q","priority":1,)" + rules);
  policy("x- member inside a policy", R"("name":"q","x-owner":"me",)" + rules);
  policy("x- member inside a rule", R"("name":"q","rules":[{"effect":"allow","action":"a","x-owner":"me"}])");
  policy("unknown effect", R"("name":"q","rules":[{"effect":"audit","action":"a"}])");
  policy("unknown operator",
         R"("name":"q","rules":[{"effect":"allow","action":"a","conditions":{"context.a":{"resembles":"b"}}}])");
  policy("policy for an unknown tier", R"("name":"q","appliesTo":{"trustTiers":["gold"]},)" + rules);
  policy("integer beyond 2^53 in a policy",
         R"("name":"q","rules":[{"effect":"allow","action":"a","conditions":{"context.n":9007199254740993}}])");
  policy("policy nested deeper than 32", R"("name":"q","rules":)" + nested_lists(32));
  policy("rate limit of none", R"("name":"q","rateLimits":{"requestsPerMinute":0},)" + rules);
  table.policy("policy name twice", R"({"name":"base",)" + rules + "}", ErrorCode::SchemaInvalid);
  return table.take();
}

}  // namespace guardian::test
