#include "settings_flags.h"

#include <algorithm>

namespace guardian::cmd {

SettingsFlags::SettingsFlags(CLI::App& command, const std::vector<std::string_view>& only)
    : given_(std::make_shared<config::Sources>()) {
  const auto given = given_;
  command
      .add_option_function<std::string>(
          "--config", [given](const std::string& path) { given->config_file = path; },
          "TOML file with settings (default /etc/guardian/guardian.toml where it exists)")
      ->type_name("FILE")
      ->group("Settings");
  for (const config::SettingInfo& setting : config::all_settings()) {
    if (setting.support != config::SettingInfo::Support::Full) continue;
    if (!only.empty() && std::ranges::find(only, setting.name) == only.end()) continue;
    const std::string name(setting.name);
    std::string help(setting.help);
    if (!setting.default_value.empty()) help += " (default " + std::string(setting.default_value) + ")";
    command
        .add_option_function<std::string>(
            config::flag_name(name), [given, name](const std::string& value) { given->flags[name] = value; }, help)
        ->type_name("VALUE")
        ->group("Settings");
  }
}

base::Result<config::Settings> SettingsFlags::load(base::FileSystem& files, config::Needs needs) const {
  config::Sources sources = config::sources_from_process();
  sources.flags = given_->flags;
  sources.config_file = given_->config_file;
  return config::load_settings(sources, files, needs);
}

}  // namespace guardian::cmd
