#include "guardian/analysis/claim.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "guardian/base/check.h"

namespace guardian::analysis {

namespace {

constexpr std::size_t kMaxAlternatives = 128;
constexpr std::size_t kMaxClaims = 64;

Alternatives given_up() { return {{}, false}; }

Alternatives either(Alternatives a, Alternatives b) {
  if (!a.complete || !b.complete || a.list.size() + b.list.size() > kMaxAlternatives) return given_up();
  std::ranges::move(b.list, std::back_inserter(a.list));
  return a;
}

// All children, or any of them, each as asked.
Alternatives combined(const policy::Condition& condition, policy::Leaning leaning, bool holds, bool all) {
  Alternatives result;
  if (all) result.list.emplace_back();
  for (const auto& child : condition.children) {
    Alternatives of_child = alternatives_of(child, leaning, holds);
    result = all ? both(result, of_child) : either(std::move(result), std::move(of_child));
    if (!result.complete) break;
  }
  return result;
}

}  // namespace

Alternatives both(const Alternatives& a, const Alternatives& b) {
  if (!a.complete || !b.complete || a.list.size() * b.list.size() > kMaxAlternatives) return given_up();
  Alternatives result;
  for (const Claims& first : a.list) {
    for (const Claims& second : b.list) {
      if (first.size() + second.size() > kMaxClaims) return given_up();
      Claims& claims = result.list.emplace_back(first);
      claims.insert(claims.end(), second.begin(), second.end());
    }
  }
  return result;
}

Alternatives alternatives_of(const policy::Condition& condition, policy::Leaning leaning, bool holds) {
  switch (condition.kind) {
    case policy::Condition::Kind::All:
      return combined(condition, leaning, holds, holds);
    case policy::Condition::Kind::Any:
      return combined(condition, leaning, holds, !holds);
    case policy::Condition::Kind::Test:
      return {{{{condition.test.get(), leaning, holds, condition.offset}}}, true};
  }
  GUARDIAN_ASSERT(false);
}

bool impossible(const Claims& claims, const Surroundings& around, Counted counted) {
  std::map<std::string_view, Claims> by_attribute;
  for (const Claim& claim : claims) by_attribute[claim.test->attribute.path].push_back(claim);
  return std::ranges::any_of(by_attribute, [&](const auto& entry) {
    const Claims& group = entry.second;
    return impossible_for_one(group, domain_of(group.front().test->attribute, around), counted);
  });
}

bool impossible(const Alternatives& alternatives, const Surroundings& around, Counted counted) {
  return alternatives.complete && std::ranges::all_of(alternatives.list, [&](const Claims& claims) {
           return impossible(claims, around, counted);
         });
}

}  // namespace guardian::analysis
