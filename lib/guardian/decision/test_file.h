// Policy tests as people write them (cli.md, `guardian eval --tests`): a YAML or JSON file of requests, each with what
// must be answered. Read as strictly as a policy is: a member that is not understood is refused with its place, since a
// test that silently checks less than it says is worse than none. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/decision/decision.h"
#include "guardian/decision/engine.h"
#include "guardian/json/document.h"

namespace guardian::decision {

// What the caller must be told. `Deny` is any denial; `RequireApproval` one that has `requiresApproval`.
enum class Expected : std::uint8_t { Allow, Deny, RequireApproval };
[[nodiscard]] std::string_view to_string(Expected expected) noexcept;  // `allow`, `deny`, `require-approval`

// A member of the answer as a test expects it. Not asked for: anything will do. Asked for and nullopt: the test says
// null, the answer must have none.
struct ExpectedText {
  bool asked = false;
  std::optional<std::string_view> text;
};

// One test. Views live as long as the file it came from. Moved, never copied: the question points to the chain.
struct TestCase {
  TestCase() = default;
  TestCase(TestCase&&) = default;
  TestCase& operator=(TestCase&&) = default;

  std::string_view name;
  std::size_t line = 1;  // where it begins in the file, from 1
  std::vector<std::string_view> chain;
  Question question;
  Mode mode = Mode::Enforce;
  std::optional<base::TimePoint> at;  // nullopt: the time of the run
  Expected expect = Expected::Deny;
  ExpectedText policy;
  ExpectedText rule;
  ExpectedText reason;
};

// A file, read. Moving it keeps the views of its cases valid.
struct TestFile {
  std::string path;
  json::Document document;
  std::vector<TestCase> cases;  // at least one
};

inline constexpr std::size_t kMaxTestFileBytes = std::size_t{16} << 20;

// `path` names the file in errors, which begin `<path>:<line>:<column>: ` and have the code InvalidInput (TooLarge past
// 16 MiB, 64 levels or 1,000,000 nodes). Two tests of one name are refused: a report must tell them apart.
[[nodiscard]] base::Result<TestFile> parse_test_file(std::string path, std::string_view text);

}  // namespace guardian::decision
