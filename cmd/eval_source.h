// What `guardian eval` decides against and `guardian policy` speaks of: a policy directory, a bundle file, or the
// cached bundle.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "exit_code.h"
#include "guardian/base/file_system.h"
#include "guardian/config/settings.h"
#include "guardian/decision/engine.h"

namespace guardian::cmd {

struct EvalSource {
  std::string bundle_file;        // --bundle
  std::string trust_file;         // --trust
  std::string policy_directory;   // --policies
  std::string agents_file;        // --agents
  std::string agent;              // --agent, for tier and tags
  std::string tier;               // --tier
  std::vector<std::string> tags;  // --tag
};

// --bundle, --trust, --policies, --agents. The settings that go with them are CACHE_DIR, TRUST_ROOT, MAX_BUNDLE_BYTES.
void add_source_options(CLI::App& command, EvalSource& source);

// InvalidInput for options that do not go together; otherwise what building or verifying says. A bundle that expired
// still decides, as it does in a sidecar.
[[nodiscard]] base::Result<std::shared_ptr<const decision::Engine>> open_engine(const EvalSource& source,
                                                                                base::FileSystem& files,
                                                                                const config::Settings& settings,
                                                                                base::TimePoint now);

// Where the engine's policies are from, for people: `the policies of packaging/examples`.
[[nodiscard]] std::string describe(const EvalSource& source, const config::Settings& settings);

// For an error of open_engine: a bundle that is there and does not verify is a failed verification; a directory that
// does not build is bad input (cli.md).
[[nodiscard]] ExitCode exit_code_of_source(const EvalSource& source, base::ErrorCode code) noexcept;

}  // namespace guardian::cmd
