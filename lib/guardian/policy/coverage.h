// What a set of requests has exercised of one policy: which rules they reached and made match, and which outcomes each
// single test of a condition has had. For `guardian eval --tests --coverage`; evaluation itself knows nothing of it.
// Plain data, owned by whoever counts; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guardian::policy {

// How one test came out, its negation counted: `undecided` where its attribute was absent or of a type or value that
// the operator cannot take (policy.md section 4).
enum class TestOutcome : std::uint8_t { Holds, Fails, Undecided };
inline constexpr std::array kTestOutcomes{TestOutcome::Holds, TestOutcome::Fails, TestOutcome::Undecided};
[[nodiscard]] std::string_view to_string(TestOutcome outcome) noexcept;  // `holds`, `fails`, `undecided`

// The longest chain of delegators that comes to a decision (policy.md section 7): no test is asked of a longer one.
inline constexpr std::uint32_t kMaxCoveredDepth = 5;

struct TestCoverage {
  std::string path;       // `context.amount`; inside `some` and `every` that of the list
  std::string operation;  // as explanations name it: `notMatches`, `not cidr`
  std::string operand;    // compact JSON
  // False for an outcome that no request which asks the rule can lead to, where that is plain: the attribute is always
  // there and fits, has few values (time.hour, delegation.depth), or is one of the literals the rule is asked for.
  std::array<bool, kTestOutcomes.size()> possible{true, true, true};
  std::array<bool, kTestOutcomes.size()> had{};

  [[nodiscard]] bool can_have(TestOutcome outcome) const noexcept {
    return possible[static_cast<std::size_t>(outcome)];
  }
  [[nodiscard]] bool has_had(TestOutcome outcome) const noexcept { return had[static_cast<std::size_t>(outcome)]; }
  void mark(TestOutcome outcome) noexcept { had[static_cast<std::size_t>(outcome)] = true; }
};

// A rule is asked when its actions and resources match; under first-applicable only as long as no rule before it
// matched. Every test of a rule that is asked counts, whether or not another had decided already.
struct RuleCoverage {
  std::string id;
  bool asked = false;
  bool matched = false;
  std::vector<TestCoverage> tests;  // in the order written, nested ones after theirs
};

struct PolicyCoverage {
  std::string name;
  std::vector<RuleCoverage> rules;
};

}  // namespace guardian::policy
