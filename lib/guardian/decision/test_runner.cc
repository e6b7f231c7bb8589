#include "guardian/decision/test_runner.h"

namespace guardian::decision {

namespace {

// `deny` is any denial, one that waits for approval included.
bool satisfies(Expected actual, Expected expected) noexcept {
  return actual == expected || (expected == Expected::Deny && actual == Expected::RequireApproval);
}

std::vector<Difference> compare(const TestCase& test, const Decision& decision) {
  std::vector<Difference> differences;
  const Expected actual = told(decision, test.mode);
  if (!satisfies(actual, test.expect)) differences.push_back({"expect", to_string(test.expect), to_string(actual)});
  const auto compare_text = [&](std::string_view member, const ExpectedText& expected,
                                const std::optional<std::string_view>& given) {
    if (expected.asked && expected.text != given) differences.push_back({member, expected.text, given});
  };
  compare_text("policy", test.policy, decision.policy);
  compare_text("rule", test.rule, decision.rule);
  compare_text("reason", test.reason, decision.reason);
  return differences;
}

}  // namespace

Expected told(const Decision& decision, Mode mode) noexcept {
  if (decision.told_allow(mode)) return Expected::Allow;
  return decision.requires_approval ? Expected::RequireApproval : Expected::Deny;
}

std::vector<TestResult> run_tests(const Engine& engine, const TestFile& file, base::TimePoint now,
                                  const base::Clock& clock, Coverage* coverage) {
  std::vector<TestResult> results;
  results.reserve(file.cases.size());
  for (const TestCase& test : file.cases) {
    const base::TimePoint at = test.at.value_or(now);
    TestResult& result = results.emplace_back();
    result.test = &test;
    const auto started = clock.monotonic();
    result.decision = engine.decide(test.question, at);
    result.duration = clock.monotonic() - started;
    result.differences = compare(test, result.decision);
    if (coverage != nullptr) coverage->count(test.question, at);
  }
  return results;
}

}  // namespace guardian::decision
