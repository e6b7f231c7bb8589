// The steps of policy.md section 6 that the oracle's parts share. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "support/naive/naive.h"
#include "support/naive/policies.h"

namespace guardian::testing {

// Empty where the member is not there.
[[nodiscard]] std::span<const json::Value> list_member(const json::Value& object, std::string_view name);
// The first of the objects whose `member` is that text.
[[nodiscard]] const json::Value* find_named(std::span<const json::Value> entries, std::string_view member,
                                            std::string_view text);

// nullopt: an agent that is not in the bundle, where the bundle names no tier for such.
[[nodiscard]] std::optional<policy::Agent> find_agent(const json::Value& payload, std::string_view id);
[[nodiscard]] bool is_revoked(const json::Value& payload, std::string_view agent);
// The request with the depth and the root of its chain.
[[nodiscard]] policy::Request delegated_request(const NaiveQuestion& question);
// Steps 1 and 2; nullopt where step 3 is reached.
[[nodiscard]] std::optional<NaiveAnswer> answer_before_rules(const json::Value& payload, std::string_view action,
                                                             std::string_view agent_id,
                                                             const std::optional<policy::Agent>& agent);

// Step 5 (section 7) for an allow; nullopt where it stays one.
[[nodiscard]] std::optional<NaiveAnswer> delegation_denial(const Question& question,
                                                           std::span<const std::string_view> chain,
                                                           std::span<const NaivePolicy> enforced);

}  // namespace guardian::testing
