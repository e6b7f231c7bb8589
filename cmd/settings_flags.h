// The settings of cli.md as flags of a subcommand.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/config/settings.h"

namespace guardian::cmd {

// Adds `--config` and the flag of every supported setting, or of those named, to a subcommand. What was given is kept
// for load(); it must outlive the parsing.
class SettingsFlags {
 public:
  SettingsFlags(CLI::App& command, const std::vector<std::string_view>& only = {});

  // With the environment of the process.
  [[nodiscard]] base::Result<config::Settings> load(base::FileSystem& files, config::Needs needs) const;

 private:
  // Shared with the callbacks that CLI11 keeps.
  std::shared_ptr<config::Sources> given_;
};

}  // namespace guardian::cmd
