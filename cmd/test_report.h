// How the results of policy tests are told: to people, as JSON, and as JUnit XML.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guardian/decision/coverage.h"
#include "guardian/decision/test_runner.h"

namespace guardian::cmd {

// What files were tested against.
struct TestSource {
  std::string description;
  std::shared_ptr<const decision::Engine> engine;
  std::unique_ptr<decision::Coverage> coverage;  // nullptr where none is asked for
};

struct TestedFile {
  decision::TestFile file;
  const TestSource* source = nullptr;
  std::vector<decision::TestResult> results;
};

struct TestRun {
  base::TimePoint started;
  std::vector<std::unique_ptr<TestSource>> sources;  // in the order first used
  std::vector<TestedFile> files;

  [[nodiscard]] std::size_t count(bool passed) const noexcept;
};

// A failed test is followed by what differs and by the explanation that `eval --explain` gives.
[[nodiscard]] std::string test_report_text(const TestRun& run);
[[nodiscard]] std::string test_report_json(const TestRun& run);
[[nodiscard]] std::string test_report_junit(const TestRun& run);

}  // namespace guardian::cmd
