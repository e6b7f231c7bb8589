// guardian eval --tests: policy tests, their reports, and running them again when something changes (cli.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "eval_source.h"
#include "exit_code.h"
#include "guardian/base/clock.h"

namespace guardian::cmd {

struct TestOptions {
  std::vector<std::string> files;         // --tests
  std::optional<std::string> junit_file;  // --junit
  bool coverage = false;                  // --coverage
  std::optional<double> threshold;        // --coverage-threshold: percent of the rules of each source
  bool watch = false;                     // --watch
  bool json = false;
};

// Exits 0 when all tests passed, 1 when one failed or coverage is below the threshold, 2 when a file or the policies
// cannot be had. Without a source in `source` each file is tested against the directory above its own, where that has
// policies, else against the cached bundle; which it is is settled before the first run. A report over one of the
// inputs is refused. Watching ends with SIGINT or SIGTERM and the code of the last run.
[[nodiscard]] ExitCode run_policy_tests(const TestOptions& options, const EvalSource& source, base::FileSystem& files,
                                        const config::Settings& settings, const base::Clock& clock);

}  // namespace guardian::cmd
