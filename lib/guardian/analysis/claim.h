// Claims: tests of conditions that are to hold, or not to hold, all at once. The question is always whether any request
// could make them do so. "Impossible" is only said where it is proven; what the tests do not decide stays possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "guardian/analysis/domain.h"
#include "guardian/policy/condition.h"

namespace guardian::analysis {

// Borrows the test.
struct Claim {
  const policy::Test* test = nullptr;
  policy::Leaning leaning = policy::Leaning::Allowing;
  bool holds = true;
  std::uint32_t offset = 0;  // where the test is written
};

// Which values count as possible, beside those of which all tests are decided.
struct Counted {
  bool absent = true;
  bool undecided = true;  // values that some test cannot take (policy.md section 4, "cannot be decided")
};

// Tests with more constants than this, on one attribute, are not looked into: nothing about them is impossible.
inline constexpr std::size_t kMaxConstants = 1000;

// True when no value of the one attribute that all tests are about makes the claims true.
[[nodiscard]] bool impossible_for_one(std::span<const Claim> claims, const Domain& domain, Counted counted);

// True when all claims are true of this value of the one attribute that all tests are about; null for an absent one.
[[nodiscard]] bool all_true_of(std::span<const Claim> claims, const json::Value& value);

using Claims = std::vector<Claim>;

// The same for claims about any attributes: each attribute for itself.
[[nodiscard]] bool impossible(const Claims& claims, const Surroundings& around, Counted counted);

// The ways in which a condition comes out as asked: a list of alternatives, each a list of claims that suffice
// together. More than 128 alternatives or 64 claims in one are given up: `complete` is then false.
struct Alternatives {
  std::vector<Claims> list;
  bool complete = true;
};
[[nodiscard]] Alternatives alternatives_of(const policy::Condition& condition, policy::Leaning leaning, bool holds);
// Both at once.
[[nodiscard]] Alternatives both(const Alternatives& a, const Alternatives& b);

// True when it is proven that no request makes any of the alternatives true.
[[nodiscard]] bool impossible(const Alternatives& alternatives, const Surroundings& around, Counted counted);

}  // namespace guardian::analysis
