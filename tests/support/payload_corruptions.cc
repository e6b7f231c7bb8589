// Payloads that break section 2 of bundle.md: strict JSON, the members of the top level, trust tiers.
#include <string>
#include <utility>

#include "tests/support/corruptions.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

constexpr const char* kPrivateKey = R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
                                    R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})";

void add_strictness(ContentTable& table) {
  const std::string good = BundleBuilder().payload();
  const std::string open = good.substr(0, good.size() - 1);
  const auto json = [&](std::string name, const std::string& payload, ErrorCode code = ErrorCode::Malformed) {
    table.add(std::move(name), payload, code);
  };
  const auto malformed = [&](std::string name, std::string_view member, std::string text) {
    table.member(std::move(name), member, std::move(text), ErrorCode::Malformed);
  };
  json("content empty", "");
  json("content no JSON", "bundle");
  json("content YAML", "schema: meshguard.bundle/v1\n");
  json("content with a byte-order mark", "\xEF\xBB\xBF" + good);
  json("content truncated", open);
  json("content with trailing bytes", good + "x");
  json("content with a trailing nul", good + std::string(1, '\0') + "{}");
  json("content of two objects", good + good);
  json("content with a trailing comma", open + ",}");
  json("duplicate member", open + R"(,"agents":[]})");
  json("duplicate member spelt with an escape", open + R"(,"\u0061gents":[]})");
  json("duplicate member with the same value", open + R"(,"schema":"meshguard.bundle/v1"})");
  malformed("duplicate member deep inside", "x-a", R"({"b":{"c":1,"c":1}})");
  table.agent("duplicate member of an agent", R"("id":"b","trustTier":"untrusted","trustTier":"privileged")",
              ErrorCode::Malformed);
  table.agent("duplicate member in metadata", R"("id":"b","trustTier":"verified","metadata":{"a":1,"a":1})",
              ErrorCode::Malformed);
  malformed("duplicate member of revocations", "revocations", R"({"agents":["a"],"agents":[]})");
  table.policy("duplicate member of a policy", R"({"name":"q","rules":[{"effect":"deny","action":"a"}],"rules":[]})",
               ErrorCode::Malformed);
  table.policy("duplicate member of a rule",
               R"({"name":"q","rules":[{"effect":"deny","effect":"allow","action":"a"}]})", ErrorCode::Malformed);
  malformed("invalid UTF-8", "issuer", "\"\xC3\x28\"");
  malformed("overlong UTF-8", "issuer", "\"\xC0\xAF\"");
  malformed("lone surrogate", "issuer", R"("\ud800")");
  malformed("number no double holds", "x-n", "1e999");
  malformed("number not a number", "x-n", "NaN");
  malformed("number with a leading zero", "x-n", "01");
  malformed("integer past 2^64", "version", "18446744073709551616");
  table.member("content nested deeper than 64", "x-deep", nested_lists(64), ErrorCode::TooLarge);
  table.agent("metadata nested deeper than 64",
              R"("id":"b","trustTier":"verified","metadata":{"a":)" + nested_lists(61) + "}", ErrorCode::TooLarge);
  json("content a list", "[" + good + "]", ErrorCode::SchemaInvalid);
  json("content null", "null", ErrorCode::SchemaInvalid);
  json("content a text", "\"bundle\"", ErrorCode::SchemaInvalid);
  json("content an empty object", "{}", ErrorCode::SchemaInvalid);
}

void add_members(ContentTable& table) {
  for (const std::string_view name : {"schema", "version", "timestamp", "trustTiers", "agents", "policies"}) {
    table.without("no " + std::string(name), name);
    table.member(std::string(name) + " null", name, "null");
  }
  table.member("another schema", "schema", R"("meshguard.bundle/v2")");
  table.member("schema in another case", "schema", R"("Meshguard.bundle/v1")");
  table.member("schema no text", "schema", "1");
  table.member("misspelt revocations", "revokations", "{}");
  table.member("snake_case member", "org_id", R"("o")");
  table.member("member in another case", "Agents", "[]");
  table.member("x without a dash", "xbuild", "1");
  table.member("X in another case", "X-build", "1");
  table.member("member without a name", "", "1");
  table.member("timestamp no date", "timestamp", R"("yesterday")");
  table.member("timestamp without a zone", "timestamp", R"("2026-04-18T10:30:00")");
  table.member("timestamp a number", "timestamp", "1776508200");
  table.member("timestamp on 30 February", "timestamp", R"("2026-02-30T00:00:00Z")");
  table.member("issuer null", "issuer", "null");
  table.member("orgId a number", "orgId", "1");
  table.member("expiresAt null", "expiresAt", "null");
  table.member("expiresAt a date without time", "expiresAt", R"("2027-04-18")");
  table.member("expiresAt a number", "expiresAt", "4102444800");
  table.member("unknown combining", "defaultCombining", R"("allow-overrides")");
  table.member("combining null", "defaultCombining", "null");
  table.member("unknownAgents a text", "unknownAgents", R"("untrusted")");
  table.member("unknownAgents null", "unknownAgents", "null");
  table.member("unknownAgents empty", "unknownAgents", "{}");
  table.member("unknownAgents of no tier", "unknownAgents", R"({"trustTier":"none"})");
  table.member("unknownAgents with more", "unknownAgents", R"({"trustTier":"untrusted","tags":[]})");
  table.member("agents an object", "agents", "{}");
  table.member("agents of texts", "agents", R"(["a"])");
  table.member("policies an object", "policies", "{}");
  table.member("trustTiers an object", "trustTiers", R"({"verified":1})");
  table.member("integer beyond 2^53 in an extension", "x-n", "9007199254740993");
  table.member("private key in an extension", "x-key", std::string("[") + kPrivateKey + "]");
  table.member("private key deep in an extension", "x-key", std::string(R"({"a":[{"b":)") + kPrivateKey + "}]}");
  table.member("secret of a symmetric key in an extension", "x-key", R"({"kty":"oct","k":"AA"})");
}

void add_versions(ContentTable& table) {
  const auto version = [&](std::string name, std::string json) {
    table.member(std::move(name), "version", std::move(json));
  };
  version("version with an offset", R"("2026-04-18T10:30:00+02:00")");
  version("version with an unknown offset", R"("2026-04-18T10:30:00-00:00")");
  version("version a date without time", R"("2026-04-18")");
  version("version on 30 February", R"("2026-02-30T10:30:00Z")");
  version("version negative", "-1");
  version("version a fraction", "1.0");
  version("version with an exponent", "1e3");
  version("version a negative text", R"("-1")");
  version("version a text with a sign", R"("+1")");
  version("version a text with a space", R"(" 1")");
  version("version a text past 2^64", R"("18446744073709551616")");
  version("version an empty text", R"("")");
  version("version of three parts", R"("1.2.3")");
  version("version a boolean", "true");
  version("version a list", "[1]");
}

void add_tiers(ContentTable& table) {
  // Beside a good tier that the agent of the payload is of.
  const auto tier = [&](std::string name, std::string_view json) {
    table.member(std::move(name), "trustTiers", R"([{"name":"verified","rank":1},)" + std::string(json) + "]");
  };
  const auto ceiling = [&](std::string name, std::string_view json) {
    tier(std::move(name), R"({"name":"a","rank":0,"ceiling":)" + std::string(json) + "}");
  };
  table.member("no tier at all", "trustTiers", "[]");
  tier("tier no object", "1");
  tier("tier without a name", R"({"rank":0})");
  tier("tier with an empty name", R"({"name":"","rank":0})");
  tier("tier name a number", R"({"name":1,"rank":0})");
  tier("tier without a rank", R"({"name":"a"})");
  tier("rank a text", R"({"name":"a","rank":"0"})");
  tier("rank null", R"({"name":"a","rank":null})");
  tier("rank a fraction", R"({"name":"a","rank":0.5})");
  tier("rank with a fraction of zero", R"({"name":"a","rank":1.0})");
  tier("rank beyond 2^53", R"({"name":"a","rank":9007199254740993})");
  tier("tier twice", R"({"name":"verified","rank":2})");
  tier("tier with an unknown member", R"({"name":"a","rank":0,"ceilings":["a"]})");
  tier("tier with a private key", R"({"name":"a","rank":0,"x-key":)" + std::string(kPrivateKey) + "}");
  ceiling("empty ceiling", "[]");
  ceiling("null ceiling", "null");
  ceiling("ceiling one text", R"("read:*")");
  ceiling("ceiling of numbers", "[1]");
  ceiling("ceiling with a trailing backslash", R"(["a\\"])");
  ceiling("ceiling pattern too long", "[\"" + std::string(1025, 'a') + "\"]");
}

}  // namespace

std::vector<Corruption> payload_corruptions(const CorruptionKeys& keys) {
  ContentTable table(keys);
  add_strictness(table);
  add_members(table);
  add_versions(table);
  add_tiers(table);
  return table.take();
}

}  // namespace guardian::test
