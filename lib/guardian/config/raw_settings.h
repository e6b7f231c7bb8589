// Internal to the room: which source each setting's text comes from (cli.md: flag, environment, config file), before
// anything is parsed.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/config/settings.h"

namespace guardian::config {

struct RawSetting {
  std::string text;
  std::string source;  // as said in errors: `the environment`, `the command line`, a file's path
};
using RawSettings = std::map<std::string, RawSetting, std::less<>>;

// The settings that were given, secrets read from their files. Errors as load_settings, apart from values that do not
// parse.
[[nodiscard]] base::Result<RawSettings> collect_settings(const Sources& sources, base::FileSystem& files);

}  // namespace guardian::config
