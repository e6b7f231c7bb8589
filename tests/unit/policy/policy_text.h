// Policies and requests from text, for tests of the policy room.
#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/json/reader.h"
#include "guardian/policy/program.h"
#include "guardian/policy/yaml.h"

namespace guardian::policy {

inline const std::vector<Tier>& test_tiers() {
  static const std::vector<Tier> tiers{{"untrusted", 0}, {"verified", 1}, {"trusted", 2}, {"equal", 2}, {"top", 3}};
  return tiers;
}

inline base::Result<Policy> compile_yaml(std::string_view text, Combining combining = Combining::DenyOverrides) {
  GUARDIAN_ASSIGN(const auto document, parse_yaml(text));
  return Policy::compile(document.root(), {"p.yaml", text}, {combining, test_tiers()});
}

// The policy, which must be valid.
inline Policy policy_of(std::string_view text, Combining combining = Combining::DenyOverrides) {
  auto policy = compile_yaml(text, combining);
  if (!policy.ok()) FAIL(policy.error().message());
  return std::move(policy).value();
}

// The error of a policy that must be refused.
inline base::Error refusal_of(std::string_view text) {
  const auto policy = compile_yaml(text);
  if (policy.ok()) FAIL("not refused: " << text);
  return policy.error();
}

inline bool mentions(const base::Error& error, std::string_view words) {
  return error.message().find(words) != std::string::npos;
}

// A policy for everybody with one rule of that effect and these conditions, in flow YAML.
inline std::string rule_text(std::string_view effect, std::string_view conditions) {
  return "name: p\nappliesTo: {agentIds: ['*']}\nrules: [{id: r, effect: " + std::string(effect) +
         ", actions: ['*'], conditions: " + std::string(conditions) + "}]\n";
}

struct Asked {
  std::string_view context = "{}";
  std::string_view action = "read:x";
  std::optional<std::string_view> resource = std::nullopt;
  std::string_view token = "null";
  std::string_view at = "2026-04-18T10:30:00Z";
  std::uint32_t delegation_depth = 0;
  std::optional<std::string_view> delegation_root = std::nullopt;
};

// Owns what a request points to.
class Question {
 public:
  explicit Question(const Asked& asked) : context_(read(asked.context)), token_(read(asked.token)) {
    agent_.id = "agent_a";
    agent_.trust_tier = "verified";
    agent_.trust_rank = 1;
    agent_.name = json::Value::text("Agent A");
    agent_.tags = tags_.root();
    agent_.org_id = json::Value::text("org_a");
    agent_.metadata = metadata_.root();
    request_.action = asked.action;
    request_.resource = asked.resource;
    request_.context = context_.root();
    request_.token = token_.root();
    request_.delegation_depth = asked.delegation_depth;
    request_.delegation_root = asked.delegation_root;
    now_ = base::to_time_point(base::parse_rfc3339(asked.at).value());
  }
  [[nodiscard]] Input input() const { return {agent_, request_, now_}; }

 private:
  static json::Document read(std::string_view text) {
    auto document = json::parse(text);
    if (!document.ok()) FAIL(document.error().message());
    return std::move(document).value();
  }

  json::Document tags_ = read(R"(["support", "night"])");
  json::Document metadata_ = read(R"({"team": "cx"})");
  json::Document context_;
  json::Document token_;
  Agent agent_;
  Request request_;
  base::TimePoint now_;
};

inline Outcome evaluate(const Policy& policy, const Asked& asked) { return policy.evaluate(Question(asked).input()); }

// Whether a rule of the effect with these conditions (flow YAML) matches.
inline bool rule_matches(std::string_view effect, std::string_view conditions, const Asked& asked = {}) {
  return evaluate(policy_of(rule_text(effect, conditions)), asked).kind != Outcome::Kind::None;
}

// Both columns of the table of undecided tests: how a test comes out in an allow rule and in a deny rule.
struct BothEffects {
  bool allow;
  bool deny;
  friend bool operator==(const BothEffects&, const BothEffects&) = default;
};
inline constexpr BothEffects kHolds{true, true};
inline constexpr BothEffects kFails{false, false};
inline constexpr BothEffects kAgainstCaller{false, true};

inline BothEffects both(std::string_view conditions, std::string_view context) {
  const Asked asked{.context = context};
  const bool deny = rule_matches("deny", conditions, asked);
  CHECK(rule_matches("require-approval", conditions, asked) == deny);
  return {rule_matches("allow", conditions, asked), deny};
}

inline base::Error refused_conditions(std::string_view conditions) { return refusal_of(rule_text("deny", conditions)); }

}  // namespace guardian::policy
