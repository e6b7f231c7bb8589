// guardian sync: one turn of the pipeline that `serve` loops.
#include <string>

#include "bundle_changes.h"
#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/base/file_lock.h"
#include "guardian/bundle/diff.h"
#include "guardian/sync/syncer.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

ExitCode exit_code_of_sync(const sync::SyncReport& report) {
  if (!report.error) return kSuccess;
  const ExitCode code = exit_code_of(report.error->code());
  return code == kAuthentication || code == kNetwork ? code : kFailure;
}

std::string version_of(const std::shared_ptr<const decision::Snapshot>& snapshot) {
  return snapshot == nullptr ? "none" : snapshot->bundle().payload().version.text();
}

bundle::BundleChanges difference_of(const sync::SyncReport& report) {
  const bundle::Payload* const before = report.before == nullptr ? nullptr : &report.before->bundle().payload();
  return bundle::diff(before, report.active->bundle().payload());
}

std::string_view outcome_of(const sync::SyncReport& report) {
  switch (report.outcome) {
    case sync::Outcome::Applied:
      return "applied";
    case sync::Outcome::Unchanged:
      return "unchanged";
    case sync::Outcome::Failed:
      break;
  }
  return exit_code_of_sync(report) == kFailure ? "refused" : "failed";
}

std::string as_json(const sync::SyncReport& report, const std::string& persist_error) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("outcome", outcome_of(report));
  out.member("before", version_of(report.before)).member("active", version_of(report.active));
  if (report.error) {
    out.member("code", to_string(report.error->code())).member("error", report.error->message());
  }
  if (!persist_error.empty()) out.member("persistError", persist_error);
  if (report.outcome == sync::Outcome::Applied) {
    bundle::write_change_members(out, difference_of(report));
  }
  out.end_object();
  return text + "\n";
}

std::string as_text(const sync::SyncReport& report) {
  if (report.outcome == sync::Outcome::Unchanged) return "unchanged: version " + version_of(report.active) + "\n";
  return "applied: version " + version_of(report.before) + " -> " + version_of(report.active) + "\n" +
         changes_text(difference_of(report));
}

ExitCode sync_once(const SettingsFlags& flags, bool json) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Gateway);
  if (!settings) return fail(settings.error());
  bundle::Cache cache(files, settings->sidecar.cache_directory);
  if (const auto prepared = cache.prepare(); !prepared) return fail(prepared.error());
  const auto lock = base::FileLock::try_lock(cache.lock_path());
  if (!lock) {
    return fail(kUsage, lock.error().message() + ": a running `guardian serve` syncs its cache by itself");
  }
  const base::SystemClock clock;
  const auto client = net::make_client(settings->sidecar.sync.client);
  decision::ActiveSnapshot active;
  auto syncer = sync::Syncer::create(settings->sidecar.sync, cache, *client, clock, active);
  if (!syncer) return fail(syncer.error());
  if (const auto loaded = (*syncer)->load_cached(); !loaded) {
    fail(kFailure, "the cached bundle cannot be used: " + loaded.error().message());
  }
  const sync::SyncReport report = (*syncer)->sync_once();
  const std::string persist_error = (*syncer)->status().persist_error;
  const ExitCode code = exit_code_of_sync(report);
  if (json) {
    if (const ExitCode printed = print(as_json(report, persist_error)); printed != kSuccess) return printed;
  } else if (!report.error) {
    if (const ExitCode printed = print(as_text(report)); printed != kSuccess) return printed;
  }
  if (report.error) {
    if (!json) {
      fail(code, std::string(outcome_of(report)) + " (" + std::string(to_string(report.error->code())) +
                     "): " + report.error->message() + "; still active: " + version_of(report.active));
    }
    return code;
  }
  // A bundle that did not reach the disk is lost when this process ends.
  return persist_error.empty() ? kSuccess : fail(kUsage, persist_error);
}

}  // namespace

void add_sync(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("sync", "Fetch, verify and cache the newest bundle once, and say what changed");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Print JSON");
  const SettingsFlags flags(*command);
  command->footer("Exit codes: 0 applied or unchanged, 1 refused, 3 token refused, 5 gateway not reached.");
  command->callback([json, flags, &chosen] { chosen = [json, flags] { return sync_once(flags, *json); }; });
}

}  // namespace guardian::cmd
