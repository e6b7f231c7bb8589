// Runs policy tests against one engine and says of each what was asked for and what came. Pure but for the clock, which
// gives the time of the run and how long each test took. Tests count no rate limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/decision/coverage.h"
#include "guardian/decision/decision.h"
#include "guardian/decision/engine.h"
#include "guardian/decision/test_file.h"

namespace guardian::decision {

// A member of the answer that is not as expected: `expect`, `policy`, `rule` or `reason`, nullopt for none.
struct Difference {
  std::string_view member;
  std::optional<std::string_view> expected;
  std::optional<std::string_view> actual;
};

// Views live as long as the engine and the file.
struct TestResult {
  const TestCase* test = nullptr;
  Decision decision;
  std::vector<Difference> differences;  // empty: passed
  std::chrono::nanoseconds duration{0};

  [[nodiscard]] bool passed() const noexcept { return differences.empty(); }
};

// What the caller is told, in the words of `expect`: in audit mode always `allow`.
[[nodiscard]] Expected told(const Decision& decision, Mode mode) noexcept;

// All tests of the file, in order. Those without `at` are decided as of `now`. `coverage`, when given, counts each
// question; it must be of this engine.
[[nodiscard]] std::vector<TestResult> run_tests(const Engine& engine, const TestFile& file, base::TimePoint now,
                                                const base::Clock& clock, Coverage* coverage);

}  // namespace guardian::decision
