// Test reports in the XML that continuous-integration systems read (JUnit's: testsuites, testsuite, testcase, failure).
// Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "guardian/base/time.h"

namespace guardian::base {

struct JunitFailure {
  std::string message;  // one line
  std::string text;     // all there is to say
};

struct JunitCase {
  std::string name;
  std::chrono::nanoseconds duration{0};
  std::optional<JunitFailure> failure;
};

struct JunitSuite {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<JunitCase> cases;
};

// A whole document, XML 1.0 in UTF-8, `started` as every suite's timestamp. A case's class is its suite. What XML
// cannot hold (control characters, invalid UTF-8) becomes U+FFFD.
[[nodiscard]] std::string junit_xml(const std::string& name, const std::vector<JunitSuite>& suites, TimePoint started);

}  // namespace guardian::base
