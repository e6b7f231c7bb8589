#include <algorithm>
#include <string>

#include "support/naive/decide.h"
#include "support/naive/patterns.h"
#include "support/naive/values.h"

namespace guardian::testing {
namespace {

using json::Value;

constexpr std::size_t kMostDepth = 5;

NaiveAnswer denial(std::string reason) {
  NaiveAnswer answer;
  answer.rule = "delegation";
  answer.reason = std::move(reason);
  return answer;
}

std::string depth_reason(std::size_t depth, std::size_t most) {
  return "Delegation depth " + std::to_string(depth) + " exceeds " + std::to_string(most);
}

bool is_circular(std::string_view acting, std::span<const std::string_view> chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (chain[i] == acting || std::ranges::count(chain, chain[i]) > 1) return true;
  }
  return false;
}

std::optional<NaiveAnswer> member_denial(const Value& payload, std::string_view member) {
  if (find_named(list_member(payload, "agents"), "id", member) == nullptr) {
    return denial("Unknown delegator " + std::string(member));
  }
  if (is_revoked(payload, member)) return denial("Delegator revoked " + std::string(member));
  return std::nullopt;
}

std::optional<NaiveAnswer> policy_denial(const NaivePolicy& policy, std::string_view action, std::size_t depth) {
  const Value* section = field(policy.body, "delegation");
  if (section == nullptr) return std::nullopt;
  std::string reason;
  const Value* most = field(*section, "maxDepth");
  const Value* ceiling = field(*section, "permissionCeiling");
  if (most != nullptr && static_cast<double>(depth) > most->as_number()) {
    reason = depth_reason(depth, static_cast<std::size_t>(most->as_number()));
  } else if (ceiling != nullptr && std::ranges::none_of(ceiling->as_list(), [&](const Value& pattern) {
               return glob_matches(pattern.as_text(), action);
             })) {
    reason = "Action exceeds the delegation ceiling";
  } else {
    return std::nullopt;
  }
  NaiveAnswer answer = denial(std::move(reason));
  answer.policy = std::string(policy.name);
  return answer;
}

bool is_allowed_alone(const Question& question, std::string_view member) {
  NaiveOptions options = question.options;
  options.limited = {};
  NaiveQuestion alone{member, question.request};
  alone.request.token = Value();
  return naive_decide(question.payload, alone, question.now, options).allow;
}

}  // namespace

std::optional<NaiveAnswer> delegation_denial(const Question& question, std::span<const std::string_view> chain,
                                             std::span<const NaivePolicy> enforced) {
  if (chain.empty()) return std::nullopt;
  if (chain.size() > kMostDepth) return denial(depth_reason(chain.size(), kMostDepth));
  if (is_circular(question.agent.id, chain)) return denial("Circular delegation");
  for (const std::string_view member : chain) {
    if (auto denied = member_denial(question.payload, member)) return denied;
  }
  for (const NaivePolicy& policy : enforced) {
    if (auto denied = policy_denial(policy, question.request.action, chain.size())) return denied;
  }
  for (const std::string_view member : chain) {
    if (!is_allowed_alone(question, member)) {
      return denial("Delegator " + std::string(member) + " is not allowed this action");
    }
  }
  return std::nullopt;
}

}  // namespace guardian::testing
