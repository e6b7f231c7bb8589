// What `guardian eval` decides against: a policy directory, a bundle file, or the cached bundle.
#pragma once

#include <memory>
#include <string>
#include <vector>

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

// InvalidInput for options that do not go together; otherwise what building or verifying says. A bundle that expired
// still decides, as it does in a sidecar.
[[nodiscard]] base::Result<std::shared_ptr<const decision::Engine>> open_engine(const EvalSource& source,
                                                                                base::FileSystem& files,
                                                                                const config::Settings& settings,
                                                                                base::TimePoint now);

}  // namespace guardian::cmd
