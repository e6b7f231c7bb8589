#include "tests/bench/activation/bundle.h"

#include <array>
#include <cstdint>
#include <string_view>

#include "guardian/bundle/payload.h"
#include "guardian/crypto/base64.h"
#include "guardian/crypto/dsse.h"

namespace guardian::bench {

namespace {

constexpr std::size_t kTags = 2'000;
constexpr std::array<std::string_view, 4> kTiers = {"untrusted", "verified", "trusted", "privileged"};
constexpr std::array<std::string_view, 6> kTeams = {"support", "billing", "research", "growth", "platform", "legal"};
constexpr std::array<std::string_view, 5> kVerbs = {"read", "write", "delete", "send", "export"};
constexpr std::array<std::string_view, 5> kThings = {"customer", "invoice", "email", "ticket", "report"};

// Spreads a counter over 64 bits (splitmix64).
std::uint64_t mixed(std::uint64_t number) noexcept {
  number += 0x9E3779B97F4A7C15U;
  number = (number ^ (number >> 30U)) * 0xBF58476D1CE4E5B9U;
  number = (number ^ (number >> 27U)) * 0x94D049BB133111EBU;
  return number ^ (number >> 31U);
}

template <std::size_t kCount>
std::string_view pick(const std::array<std::string_view, kCount>& words, std::uint64_t number) noexcept {
  return words[number % kCount];
}

std::string hexadecimal(std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 44; shift >= 0; shift -= 4) text += kDigits[(number >> static_cast<unsigned>(shift)) & 0xFU];
  return text;
}

std::string tag(std::uint64_t number) {
  return std::string(pick(kTeams, number)) + "-" + std::to_string(number % kTags);
}

// Any 32 bytes stand for a public key: none of these is asked to verify anything.
std::string key_point(std::uint64_t number) {
  std::string bytes;
  for (std::uint64_t word = 0; word < 4; ++word) {
    std::uint64_t bits = mixed(number * 4 + word);
    for (int i = 0; i < 8; ++i, bits >>= 8U) bytes += static_cast<char>(bits & 0xFFU);
  }
  return crypto::base64url_encode(bytes);
}

std::string agent_id(std::size_t number) { return "agent_" + hexadecimal(mixed(number)); }

void append_agent(std::string& out, std::size_t number) {
  const std::uint64_t random = mixed(number);
  const std::string count = std::to_string(number);
  out.append(R"({"id":")").append(agent_id(number));
  out.append(R"(","name":")").append(pick(kTeams, random)).append("-assistant-").append(count);
  out.append(R"(","trustTier":")").append(pick(kTiers, random >> 8U));
  out.append(R"(","tags":[")").append(tag(random >> 16U));
  if (number % 2 == 0) out.append(R"(",")").append(tag(random >> 32U));
  out.append(R"("],"orgId":"org_)").append(std::to_string(random % 500));
  out.append(R"(","publicKeys":[{"kty":"OKP","crv":"Ed25519","x":")").append(key_point(number));
  out.append(R"(","kid":"key-)").append(count);
  out.append(R"("}],"metadata":{"team":")").append(pick(kTeams, random >> 4U));
  out.append(R"(","owner":"owner.)").append(std::to_string(random % 3000)).append(R"(@example.com"}})");
}

void append_rule(std::string& out, std::uint64_t random, std::size_t rule) {
  const std::uint64_t own = mixed(random + rule);
  const bool allow = rule > 0;
  out.append(R"({"id":")").append(allow ? "allow-" : "deny-").append(std::to_string(rule));
  out.append(R"(","effect":")").append(allow ? "allow" : "deny");
  out.append(R"(","actions":[")").append(pick(kVerbs, own)).append(":").append(pick(kThings, own >> 8U));
  out.append(own % 3 == 0 ? R"(*","read:public*"])" : R"("])");
  if (own % 4 == 1) out.append(R"(,"resources":["cust_)").append(std::to_string(own % 1000)).append(R"(*"])");
  out.append(R"(,"conditions":{"context.amount":{"lte":)").append(std::to_string(own % 5000));
  if (own % 2 == 0) out.append(R"(},"context.recipient":{"matches":["*@example.com","*@example.net"])");
  if (own % 5 == 0) out.append(R"(},"context.region":{"in":["eu","us","ap"])");
  out.append("}}");
  if (!allow) out.append(R"(,"reason":"Amounts of this size need a person to look at them")");
  out.append("}");
}

void append_policy(std::string& out, std::size_t number) {
  const std::uint64_t random = mixed(0xB0B0'0000 + number);
  const std::string count = std::to_string(number);
  out.append(R"({"name":")").append(pick(kTeams, random)).append("-policy-").append(count);
  out.append(R"(","version":"1.)").append(std::to_string(random % 20));
  out.append(R"(","description":"What assistants of the team may do with the records of their customers")");
  out.append(R"(,"appliesTo":{"tags":[")").append(tag(random >> 16U));
  out.append(number % 3 == 0 ? R"("],"trustTiers":[">=verified"]})" : R"("]})");
  out.append(R"(,"rules":[)");
  const std::size_t rules = 2 + random % 3;
  for (std::size_t rule = 0; rule < rules; ++rule) {
    if (rule > 0) out += ',';
    append_rule(out, random, rule);
  }
  out.append(R"(],"defaultEffect":"deny"})");
}

}  // namespace

std::string make_payload(const BundleSize& size, unsigned version) {
  std::string out = R"({"schema":")" + std::string(bundle::kPayloadSchema) + R"(","version":")" +
                    std::to_string(version) +
                    R"(","timestamp":"2026-04-18T10:30:00Z","issuer":"https://gateway.example",)"
                    R"("trustTiers":[{"name":"untrusted","rank":0},{"name":"verified","rank":1},)"
                    R"({"name":"trusted","rank":2},{"name":"privileged","rank":3}],"agents":[)";
  for (std::size_t i = 0; i < size.agents; ++i) {
    if (i > 0) out += ',';
    append_agent(out, i);
  }
  out += R"(],"revocations":{"agents":["agent_gone"]},"policies":[)";
  for (std::size_t i = 0; i < size.policies; ++i) {
    if (i > 0) out += ',';
    append_policy(out, i);
  }
  return out + "]}";
}

std::string make_envelope(std::string payload, const crypto::PrivateKey& key) {
  crypto::Envelope envelope;
  envelope.payload_type_untrusted = bundle::kPayloadType;
  envelope.payload_untrusted = std::move(payload);
  crypto::sign_envelope(envelope, key);
  return crypto::write_envelope(envelope);
}

std::string make_question(const BundleSize& size, std::size_t number) {
  const std::uint64_t random = mixed(0xCAFE'0000 + number);
  return R"({"agentId":")" + agent_id(random % size.agents) + R"(","action":")" +
         std::string(pick(kVerbs, random >> 8U)) + ":" + std::string(pick(kThings, random >> 16U)) +
         R"(","resource":"cust_)" + std::to_string(random % 1000) + R"(","context":{"amount":)" +
         std::to_string(random % 5000) + R"(,"recipient":"someone@example.com"}})";
}

}  // namespace guardian::bench
