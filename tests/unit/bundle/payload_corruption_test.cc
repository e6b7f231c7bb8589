// A good payload broken in one way at a time: each way has a name and the code it must be refused with.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "guardian/bundle/payload.h"
#include "tests/support/bundle_builder.h"

namespace guardian::bundle {

namespace {

using base::ErrorCode;
using test::BundleBuilder;

struct Corruption {
  const char* name;
  std::string payload;
  ErrorCode code;
};

constexpr const char* kKey = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";

void check_all(const std::vector<Corruption>& corruptions) {
  for (const Corruption& corruption : corruptions) {
    CAPTURE(corruption.name);
    const auto payload = parse_payload(corruption.payload);
    CHECK_FALSE(payload.ok());
    if (!payload.ok()) {
      CAPTURE(payload.error().message());
      CHECK(to_string(payload.error().code()) == to_string(corruption.code));
      CHECK_FALSE(payload.error().message().empty());
    }
    const auto enforced = read_payload(corruption.payload);
    CHECK_FALSE(enforced.ok());
    if (!enforced.ok()) CHECK(to_string(enforced.error().code()) == to_string(corruption.code));
  }
}

Corruption member(const char* name, std::string_view member, std::string json) {
  return {name, BundleBuilder().set(member, std::move(json)).payload(), ErrorCode::SchemaInvalid};
}

Corruption without(const char* name, std::string_view member) {
  return {name, BundleBuilder().remove(member).payload(), ErrorCode::SchemaInvalid};
}

Corruption agent(const char* name, std::string_view members, ErrorCode code = ErrorCode::SchemaInvalid) {
  return {name, BundleBuilder().add_agent("{" + std::string(members) + "}").payload(), code};
}

Corruption keyed(const char* name, std::string_view more, ErrorCode code) {
  return agent(name, R"("id":"k","trustTier":"verified","publicKeys":[)" + std::string(kKey) + std::string(more) + "}]",
               code);
}

Corruption policy(const char* name, std::string json, ErrorCode code = ErrorCode::PolicyInvalid) {
  return {name, BundleBuilder().add_policy(std::move(json)).payload(), code};
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("payload: bytes that are not one strict JSON object are refused") {
  const std::string good = BundleBuilder().payload();
  check_all({
      {"empty", "", ErrorCode::Malformed},
      {"byte-order mark", "\xEF\xBB\xBF" + good, ErrorCode::Malformed},
      {"truncated", good.substr(0, good.size() - 1), ErrorCode::Malformed},
      {"trailing bytes", good + "x", ErrorCode::Malformed},
      {"trailing nul", good + std::string(1, '\0') + "{}", ErrorCode::Malformed},
      {"two objects", good + good, ErrorCode::Malformed},
      {"duplicate member", good.substr(0, good.size() - 1) + R"(,"agents":[]})", ErrorCode::Malformed},
      {"duplicate member spelt with an escape", good.substr(0, good.size() - 1) + R"(,"\u0061gents":[]})",
       ErrorCode::Malformed},
      {"duplicate member deep inside", BundleBuilder().set("x-a", R"({"b":{"c":1,"c":1}})").payload(),
       ErrorCode::Malformed},
      {"invalid UTF-8", BundleBuilder().set("issuer", "\"\xC3\x28\"").payload(), ErrorCode::Malformed},
      {"lone surrogate", BundleBuilder().set("issuer", R"("\ud800")").payload(), ErrorCode::Malformed},
      {"number no double holds", BundleBuilder().set("x-n", "1e999").payload(), ErrorCode::Malformed},
      {"integer past 2^64", BundleBuilder().set("version", "18446744073709551616").payload(), ErrorCode::Malformed},
      {"nested deeper than 64", BundleBuilder().set("x-deep", nested(64)).payload(), ErrorCode::TooLarge},
      {"a list", "[" + good + "]", ErrorCode::SchemaInvalid},
      {"null", "null", ErrorCode::SchemaInvalid},
  });
  CHECK(parse_payload(BundleBuilder().set("x-deep", nested(63)).payload()).ok());
}

TEST_CASE("payload: top-level members that break bundle.md are refused") {
  check_all({
      without("no schema", "schema"),
      without("no version", "version"),
      without("no timestamp", "timestamp"),
      without("no tiers", "trustTiers"),
      without("no agents", "agents"),
      without("no policies", "policies"),
      member("another schema", "schema", R"("meshguard.bundle/v2")"),
      member("schema in another case", "schema", R"("Meshguard.bundle/v1")"),
      member("schema no text", "schema", "1"),
      member("misspelt revocations", "revokations", "{}"),
      member("snake_case member", "org_id", R"("o")"),
      member("x without a dash", "xbuild", "1"),
      member("version with an offset", "version", R"("2026-04-18T10:30:00+02:00")"),
      member("version negative", "version", "-1"),
      member("version a fraction", "version", "1.0"),
      member("version null", "version", "null"),
      member("timestamp no date", "timestamp", R"("yesterday")"),
      member("timestamp a number", "timestamp", "1776508200"),
      member("timestamp on 30 February", "timestamp", R"("2026-02-30T00:00:00Z")"),
      member("issuer null", "issuer", "null"),
      member("orgId a number", "orgId", "1"),
      member("expiresAt null", "expiresAt", "null"),
      member("expiresAt no date", "expiresAt", R"("2027-04-18")"),
      member("unknown combining", "defaultCombining", R"("allow-overrides")"),
      member("unknownAgents a text", "unknownAgents", R"("untrusted")"),
      member("unknownAgents empty", "unknownAgents", "{}"),
      member("unknownAgents of no tier", "unknownAgents", R"({"trustTier":"none"})"),
      member("unknownAgents with more", "unknownAgents", R"({"trustTier":"untrusted","tags":[]})"),
      member("agents an object", "agents", "{}"),
      member("agents null", "agents", "null"),
      member("policies an object", "policies", "{}"),
      member("integer beyond 2^53 in an extension", "x-n", "9007199254740993"),
      member("private key in an extension", "x-key", std::string("[") + kKey + R"(,"d":"AA"}])"),
  });
}

TEST_CASE("payload: trust tiers that break bundle.md are refused") {
  const auto tiers = [](const char* name, const std::string& json) { return member(name, "trustTiers", json); };
  const std::string verified = R"({"name":"verified","rank":1},)";
  check_all({
      tiers("no tier at all", "[]"),
      tiers("tier no object", "[" + verified + "1]"),
      tiers("tier without a name", "[" + verified + R"({"rank":0}])"),
      tiers("tier with an empty name", "[" + verified + R"({"name":"","rank":0}])"),
      tiers("tier without a rank", "[" + verified + R"({"name":"a"}])"),
      tiers("rank a text", "[" + verified + R"({"name":"a","rank":"0"}])"),
      tiers("rank a fraction", "[" + verified + R"({"name":"a","rank":0.5}])"),
      tiers("rank with a fraction of zero", "[" + verified + R"({"name":"a","rank":1.0}])"),
      tiers("rank beyond 2^53", "[" + verified + R"({"name":"a","rank":9007199254740993}])"),
      tiers("tier twice", "[" + verified + R"({"name":"verified","rank":2}])"),
      tiers("empty ceiling", "[" + verified + R"({"name":"a","rank":0,"ceiling":[]}])"),
      tiers("null ceiling", "[" + verified + R"({"name":"a","rank":0,"ceiling":null}])"),
      tiers("ceiling one text", "[" + verified + R"({"name":"a","rank":0,"ceiling":"read:*"}])"),
      tiers("ceiling of numbers", "[" + verified + R"({"name":"a","rank":0,"ceiling":[1]}])"),
      tiers("ceiling with a trailing backslash", "[" + verified + R"({"name":"a","rank":0,"ceiling":["a\\"]}])"),
      tiers("ceiling pattern too long",
            "[" + verified + R"({"name":"a","rank":0,"ceiling":[")" + std::string(1025, 'a') + "\"]}]"),
      tiers("unknown member", "[" + verified + R"({"name":"a","rank":0,"ceilings":["a"]}])"),
  });
}

TEST_CASE("payload: agents that break bundle.md are refused") {
  check_all({
      agent("without an id", R"("trustTier":"verified")"),
      agent("with an empty id", R"("id":"","trustTier":"verified")"),
      agent("id a number", R"("id":7,"trustTier":"verified")"),
      agent("id twice", R"("id":"agent_abc123","trustTier":"verified")"),
      agent("without a tier", R"("id":"b")"),
      agent("of no tier", R"("id":"b","trustTier":"Verified")"),
      agent("tier null", R"("id":"b","trustTier":null)"),
      agent("name null", R"("id":"b","trustTier":"verified","name":null)"),
      agent("tags one text", R"("id":"b","trustTier":"verified","tags":"support")"),
      agent("tags of numbers", R"("id":"b","trustTier":"verified","tags":[1])"),
      agent("orgId a list", R"("id":"b","trustTier":"verified","orgId":[])"),
      agent("metadata a list", R"("id":"b","trustTier":"verified","metadata":[])"),
      agent("integer beyond 2^53 in metadata", R"("id":"b","trustTier":"verified","metadata":{"n":-9007199254740993})"),
      agent("publicKeys an object", R"("id":"b","trustTier":"verified","publicKeys":{})"),
      agent("public key a text", R"("id":"b","trustTier":"verified","publicKeys":["k"])"),
      agent("unknown member", R"("id":"b","trustTier":"verified","revoked":true)"),
      agent("snake_case member", R"("id":"b","trustTier":"verified","org_id":"o")"),
      keyed("private key", R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")", ErrorCode::KeyInvalid),
      keyed("unknown key member", R"(,"colour":"red")", ErrorCode::KeyInvalid),
      agent("key of an unknown type", R"("id":"b","trustTier":"verified","publicKeys":[{"kty":"oct","k":"AA"}])",
            ErrorCode::KeyInvalid),
  });
}

TEST_CASE("payload: issuers, revocations and approvals that break bundle.md are refused") {
  const auto issuers = [](const char* name, const std::string& json) { return member(name, "issuers", json); };
  const auto approval = [](const char* name, const std::string& json) {
    return member(name, "approvals",
                  R"([{"id":"1","agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"},)" + json + "]");
  };
  check_all({
      issuers("issuers an object", "{}"),
      issuers("issuer without a name", R"([{"keys":[]}])"),
      issuers("issuer without keys", R"([{"issuer":"i"}])"),
      issuers("issuer keys a set", R"([{"issuer":"i","keys":{"keys":[]}}])"),
      issuers("issuer twice", R"([{"issuer":"i","keys":[]},{"issuer":"i","keys":[]}])"),
      issuers("audience a list", R"([{"issuer":"i","keys":[],"audience":["a"]}])"),
      issuers("issuer with more", R"([{"issuer":"i","keys":[],"jwksUri":"https://x"}])"),
      member("revocations a list", "revocations", "[]"),
      member("revocations null", "revocations", "null"),
      member("revocations misspelt inside", "revocations", R"({"agent":["a"]})"),
      member("revocations of numbers", "revocations", R"({"tokens":[1]})"),
      member("revocations one text", "revocations", R"({"keys":"k"})"),
      member("approvals an object", "approvals", "{}"),
      approval("approval without an id", R"({"agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval without an agent", R"({"id":"2","action":"x","expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval without an action", R"({"id":"2","agentId":"a","expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval without an end", R"({"id":"2","agentId":"a","action":"x"})"),
      approval("approval with a bad end", R"({"id":"2","agentId":"a","action":"x","expiresAt":"never"})"),
      approval("approval with a bad glob",
               R"({"id":"2","agentId":"a","action":"x\\","expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval resource null",
               R"({"id":"2","agentId":"a","action":"x","resource":null,"expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval id twice", R"({"id":"1","agentId":"a","action":"x","expiresAt":"2027-01-01T00:00:00Z"})"),
      approval("approval with more",
               R"({"id":"2","agentId":"a","action":"x","approver":"b","expiresAt":"2027-01-01T00:00:00Z"})"),
  });
}

TEST_CASE("payload: policies that break policy.md are refused") {
  const std::string rules = R"("rules":[{"effect":"allow","action":"a"}])";
  check_all({
      policy("policy a text", R"("base")"),
      policy("policy without a name", "{" + rules + "}"),
      policy("policy without rules", R"({"name":"q"})"),
      policy("unknown member", R"({"name":"q","priority":1,)" + rules + "}"),
      policy("x- member inside a policy", R"({"name":"q","x-owner":"me",)" + rules + "}"),
      policy("unknown effect", R"({"name":"q","rules":[{"effect":"audit","action":"a"}]})"),
      policy("unknown tier", R"({"name":"q","appliesTo":{"trustTiers":["gold"]},)" + rules + "}"),
      policy("integer beyond 2^53",
             R"({"name":"q","rules":[{"effect":"allow","action":"a","conditions":{"context.n":9007199254740993}}]})"),
      policy("nested deeper than 32", R"({"name":"q","rules":)" + nested(32) + "}"),
      policy("name twice", R"({"name":"base",)" + rules + "}", ErrorCode::SchemaInvalid),
      policy("rate limit of none", R"({"name":"q","rateLimits":{"requestsPerMinute":0},)" + rules + "}"),
  });
}

}  // namespace guardian::bundle
