// Settings (cli.md): command-line flag, else environment variable, else `--config FILE` (TOML), else default. A value
// that does not parse, an unknown key in the file, and a setting that is documented but not built yet are errors that
// name it and where it came from; nothing starts. Secrets also come from `<NAME>_FILE` and
// `$CREDENTIALS_DIRECTORY/<name>`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/sidecar/options.h"
#include "guardian/sync/options.h"

namespace guardian::config {

// One setting as users know it. The table is the one place where names, defaults and help texts stand.
struct SettingInfo {
  // DefaultOnly: documented in cli.md, not built yet; any value but the default is refused. Ignored: taken and not
  // used.
  enum class Support { Full, DefaultOnly, Ignored };

  std::string_view name;           // `BUNDLE_SYNC_INTERVAL`; the TOML key is `bundle_sync_interval`
  std::string_view default_value;  // as text; empty: none
  std::string_view help;
  bool secret = false;  // has a `_FILE` form; never shown
  Support support = Support::Full;
};
[[nodiscard]] const std::vector<SettingInfo>& all_settings();
// nullptr for a name that is no setting.
[[nodiscard]] const SettingInfo* find_setting(std::string_view name);
[[nodiscard]] std::string flag_name(std::string_view setting);   // `--bundle-sync-interval`
[[nodiscard]] std::string kebab_name(std::string_view setting);  // `bundle-sync-interval`, the name of a credential

// Where raw values come from, so that tests need no real environment.
struct Sources {
  std::map<std::string, std::string> flags;  // by setting name; only those given
  std::map<std::string, std::string> environment;
  std::string config_file;          // --config; empty: /etc/guardian/guardian.toml where it exists
  bool output_is_terminal = false;  // the log's; decides LOG_FORMAT's default
};
// The environment of this process; flags and config file are the command line's to add.
[[nodiscard]] Sources sources_from_process();

// Everything parsed, defaults filled in. `sidecar.sync` is complete too.
struct Settings {
  sidecar::Options sidecar;
  base::LogLevel log_level = base::LogLevel::Info;
  base::LogFormat log_format = base::LogFormat::Text;
};

// What a command cannot do without; a missing one is InvalidInput naming it.
enum class Needs { Nothing, Gateway };  // Gateway: GATEWAY_URL and ADMIN_TOKEN

// Errors: InvalidInput naming the setting and its source, NotSupported, NotFound for a file that a setting names and
// that does not exist. TRUST_ROOT is a path; its content is read here. The value of a secret never appears in an error.
[[nodiscard]] base::Result<Settings> load_settings(const Sources& sources, base::FileSystem& files, Needs needs);

}  // namespace guardian::config
