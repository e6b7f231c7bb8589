// Payloads that break section 2 of bundle.md in their agents and in the keys of those.
#include <string>
#include <utility>

#include "guardian/crypto/base64.h"
#include "tests/support/corruptions.h"

namespace guardian::test {

namespace {

using base::ErrorCode;

constexpr const char* kX = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";  // RFC 8037 A.2
constexpr const char* kD = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

std::string okp(std::string_view more = "") {
  return R"({"kty":"OKP","crv":"Ed25519","x":")" + std::string(kX) + "\"" + std::string(more) + "}";
}

std::string rsa(std::string_view modulus, std::string_view exponent) {
  return R"({"kty":"RSA","n":")" + crypto::base64url_encode(modulus) + R"(","e":")" +
         crypto::base64url_encode(exponent) + "\"}";
}

std::string p256(std::string_view x, std::string_view y) {
  return R"({"kty":"EC","crv":"P-256","x":")" + crypto::base64url_encode(x) + R"(","y":")" +
         crypto::base64url_encode(y) + "\"}";
}

void add_agents(ContentTable& table) {
  table.agent("agent without an id", R"("trustTier":"verified")");
  table.agent("agent with an empty id", R"("id":"","trustTier":"verified")");
  table.agent("agent id a number", R"("id":7,"trustTier":"verified")");
  table.agent("agent id null", R"("id":null,"trustTier":"verified")");
  table.agent("agent id twice", R"("id":"agent_abc123","trustTier":"verified")");
  table.agent("agent without a tier", R"("id":"b")");
  table.agent("agent of no tier", R"("id":"b","trustTier":"gold")");
  table.agent("agent of a tier in another case", R"("id":"b","trustTier":"Verified")");
  table.agent("agent tier null", R"("id":"b","trustTier":null)");
  table.agent("agent tier a rank", R"("id":"b","trustTier":1)");
  table.agent("agent name null", R"("id":"b","trustTier":"verified","name":null)");
  table.agent("tags one text", R"("id":"b","trustTier":"verified","tags":"support")");
  table.agent("tags of numbers", R"("id":"b","trustTier":"verified","tags":[1])");
  table.agent("tags null", R"("id":"b","trustTier":"verified","tags":null)");
  table.agent("agent orgId a list", R"("id":"b","trustTier":"verified","orgId":[])");
  table.agent("metadata a list", R"("id":"b","trustTier":"verified","metadata":[])");
  table.agent("metadata null", R"("id":"b","trustTier":"verified","metadata":null)");
  table.agent("integer beyond 2^53 in metadata",
              R"("id":"b","trustTier":"verified","metadata":{"n":-9007199254740993})");
  table.agent("publicKeys an object", R"("id":"b","trustTier":"verified","publicKeys":{})");
  table.agent("publicKeys a JWK set", R"("id":"b","trustTier":"verified","publicKeys":{"keys":[]})");
  table.agent("public key a text", R"("id":"b","trustTier":"verified","publicKeys":["k"])");
  table.agent("unknown member of an agent", R"("id":"b","trustTier":"verified","revoked":true)");
  table.agent("snake_case member of an agent", R"("id":"b","trustTier":"verified","org_id":"o")");
  table.agent("private key in an agent's extension",
              R"("id":"b","trustTier":"verified","x-key":)" + okp(R"(,"d":")" + std::string(kD) + "\""));
  table.agent("private key in metadata", R"("id":"b","trustTier":"verified","metadata":{"keys":[)" +
                                             okp(R"(,"d":")" + std::string(kD) + "\"") + "]}");
}

void add_keys(ContentTable& table) {
  const auto key = [&](std::string name, const std::string& jwk) {
    table.agent(std::move(name), R"("id":"k","trustTier":"verified","publicKeys":[)" + okp() + "," + jwk + "]",
                ErrorCode::KeyInvalid);
  };
  for (const std::string_view member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    key("private member " + std::string(member), okp(",\"" + std::string(member) + "\":\"" + kD + "\""));
  }
  key("private member that is no text", okp(R"(,"d":null)"));
  key("private key in the extension of a key", okp(R"(,"x-backup":)" + okp(R"(,"d":")" + std::string(kD) + "\"")));
  key("unknown key member", okp(R"(,"colour":"red")"));
  key("member of another key type", okp(R"(,"y":"AQAB")"));
  key("kid a number", okp(R"(,"kid":7)"));
  key("key without a type", R"({"crv":"Ed25519","x":")" + std::string(kX) + "\"}");
  key("key of type oct", R"({"kty":"oct","k":"AA"})");
  key("key of an unknown type", R"({"kty":"AKP","x":"AA"})");
  key("key type in another case", R"({"kty":"okp","crv":"Ed25519","x":")" + std::string(kX) + "\"}");
  key("key without a curve", R"({"kty":"OKP","x":")" + std::string(kX) + "\"}");
  key("key of curve X25519", R"({"kty":"OKP","crv":"X25519","x":")" + std::string(kX) + "\"}");
  key("key without x", R"({"kty":"OKP","crv":"Ed25519"})");
  key("x short by a byte", R"({"kty":"OKP","crv":"Ed25519","x":")" + std::string(kX).substr(0, 42) + "\"}");
  key("x with padding", R"({"kty":"OKP","crv":"Ed25519","x":")" + std::string(kX) + "=\"}");
  key("x in the standard alphabet", R"({"kty":"OKP","crv":"Ed25519","x":")" + replaced(kX, "_", "/") + "\"}");
  key("curve P-384", R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})");
  key("point off the curve", p256(std::string(32, '\1'), std::string(32, '\2')));
  key("point of zeros", p256(std::string(32, '\0'), std::string(32, '\0')));
  key("coordinate long by a byte", p256(std::string(33, '\1'), std::string(32, '\2')));
  const std::string exponent = "\x01\x01";
  key("RSA of 1,024 bits", rsa(std::string(128, '\xFF'), exponent));
  key("RSA of 2,047 bits", rsa(std::string(256, '\x7F'), exponent));
  key("RSA of 8,193 bits", rsa('\x01' + std::string(1024, '\xFF'), exponent));
  key("RSA with an even modulus", rsa(std::string(255, '\xFF') + '\xFE', exponent));
  key("RSA with an exponent of one", rsa(std::string(256, '\xFF'), "\x01"));
  key("RSA with an even exponent", rsa(std::string(256, '\xFF'), "\x04"));
  key("RSA without an exponent", R"({"kty":"RSA","n":"AQAB"})");
}

}  // namespace

std::vector<Corruption> agent_corruptions(const CorruptionKeys& keys) {
  ContentTable table(keys);
  add_agents(table);
  add_keys(table);
  return table.take();
}

}  // namespace guardian::test
