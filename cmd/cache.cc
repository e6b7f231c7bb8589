// guardian cache show | clear: what CACHE_DIR holds, and forgetting it.
#include "guardian/bundle/cache.h"

#include <string>

#include "command.h"
#include "guardian/audit/trail.h"
#include "guardian/base/file_lock.h"
#include "guardian/json/writer.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

constexpr const char* kNone = "none";

// What is in the cache, as texts; nothing here was verified.
struct Contents {
  std::string directory;
  std::string version = kNone;
  std::string timestamp = kNone;
  std::string highest_version = kNone;
  std::string last_sync = kNone;
  std::string etag = kNone;
  std::string sidecar = kNone;
  std::string trust_root = kNone;
  std::string previous = kNone;
  std::string in_use_by = kNone;
};

base::Result<Contents> read_contents(base::FileSystem& files, const config::Settings& settings) {
  const bundle::Cache cache(files, settings.sidecar.cache_directory);
  Contents contents;
  contents.directory = cache.directory();
  GUARDIAN_ASSIGN(const auto sealed, cache.load_bundle(settings.sidecar.sync.max_bundle_bytes));
  if (sealed) {
    GUARDIAN_ASSIGN(const auto payload, bundle::parse_payload(sealed->envelope().payload_untrusted));
    contents.version = payload.version.text();
    contents.timestamp = base::format_rfc3339(base::to_time_point(payload.timestamp));
  }
  GUARDIAN_ASSIGN(const auto state, cache.load_state());
  if (state.floor) contents.highest_version = state.floor->version.text();
  if (state.last_sync) contents.last_sync = base::format_rfc3339(base::to_time_point(*state.last_sync));
  if (!state.etag.empty()) contents.etag = state.etag;
  if (!state.sidecar_id.empty()) contents.sidecar = state.sidecar_id;
  GUARDIAN_ASSIGN(const auto roots, cache.load_roots(nullptr));
  if (roots) contents.trust_root = "version " + std::to_string(roots->newest().version());
  GUARDIAN_ASSIGN(const auto previous, cache.previous_versions());
  for (const bundle::Version& version : previous) {
    contents.previous = (contents.previous == kNone ? "" : contents.previous + " ") + version.text();
  }
  const int holder = base::FileLock::holder(cache.lock_path());
  if (holder > 0) contents.in_use_by = "process " + std::to_string(holder);
  return contents;
}

ExitCode show(const SettingsFlags& flags, bool json) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const auto contents = read_contents(files, *settings);
  if (!contents) return fail(contents.error());
  const std::pair<std::string_view, const std::string&> rows[] = {
      {"directory", contents->directory}, {"version", contents->version},
      {"timestamp", contents->timestamp}, {"highestVersion", contents->highest_version},
      {"lastSync", contents->last_sync},  {"etag", contents->etag},
      {"sidecar", contents->sidecar},     {"trustRoot", contents->trust_root},
      {"previous", contents->previous},   {"inUseBy", contents->in_use_by},
  };
  std::string text;
  json::Writer out(text);
  if (json) out.begin_object();
  for (const auto& [name, value] : rows) {
    if (!json) {
      text += row(name, value);
    } else if (value == kNone) {
      out.key(name).null();
    } else {
      out.member(name, json_text(value));
    }
  }
  if (json) {
    out.end_object();
    text += "\n";
  }
  return print(text);
}

// A running sidecar notices by itself and says so in its trail; else it is said here. A cache that never recorded
// anything gets no trail by being cleared.
base::Status record_cleared(const bundle::Cache& cache, audit::StoreOptions options) {
  GUARDIAN_ASSIGN(const auto state, cache.load_state());
  const base::SystemClock clock;
  options.directory = cache.directory() + "/audit";
  options.sidecar = state.sidecar_id;
  GUARDIAN_ASSIGN(const auto opened, audit::Trail::open(std::move(options), clock));
  opened.trail->tell_cleared();
  opened.trail->close();
  return {};
}

ExitCode clear(const SettingsFlags& flags, bool audit_too) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  bundle::Cache cache(files, settings->sidecar.cache_directory);
  const bool has_trail = files.list(cache.directory() + "/audit").ok();
  // Ours, unless a sidecar runs on it.
  const auto lock = has_trail ? base::FileLock::try_lock(cache.lock_path())
                              : base::Result<base::FileLock>(base::Error(base::ErrorCode::NotFound, "no trail"));
  const int holder = lock ? 0 : base::FileLock::holder(cache.lock_path());
  if (const auto cleared = cache.clear(audit_too); !cleared) return fail(cleared.error());
  if (lock) {
    if (const auto recorded = record_cleared(cache, settings->sidecar.audit); !recorded) return fail(recorded.error());
  }
  std::string text = printable_line("cleared " + cache.directory());
  if (holder > 0) {
    text += "process " + std::to_string(holder) + " keeps enforcing its active bundle until it syncs or restarts\n";
  }
  return print(text);
}

}  // namespace

void add_cache(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("cache", "Look at the cache or clear it");
  command->require_subcommand(1);
  CLI::App* const show_command = command->add_subcommand("show", "Print what the cache holds, unverified");
  const auto json = std::make_shared<bool>(false);
  show_command->add_flag("--json", *json, "Print JSON");
  const SettingsFlags show_flags(*show_command, {"CACHE_DIR", "MAX_BUNDLE_BYTES"});
  show_command->callback(
      [json, show_flags, &chosen] { chosen = [json, show_flags] { return show(show_flags, *json); }; });

  CLI::App* const clear_command =
      command->add_subcommand("clear", "Forget bundle, trust root and state, the highest version seen included");
  const auto audit = std::make_shared<bool>(false);
  clear_command->add_flag("--audit", *audit, "Forget the audit store too");
  const SettingsFlags clear_flags(*clear_command, {"CACHE_DIR"});
  clear_command->callback(
      [audit, clear_flags, &chosen] { chosen = [audit, clear_flags] { return clear(clear_flags, *audit); }; });
}

}  // namespace guardian::cmd
