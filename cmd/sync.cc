// guardian sync: one turn of the pipeline that `serve` loops.
#include <string>

#include "bundle_changes.h"
#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/base/file_lock.h"
#include "guardian/bundle/diff.h"
#include "guardian/json/reader.h"
#include "guardian/sidecar/sync_answer.h"
#include "guardian/sync/syncer.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

constexpr std::chrono::minutes kRunningSyncTimeout{15};
constexpr std::size_t kMaxAnswerBytes = std::size_t{256} << 20;

// It names all that a bundle changed.
json::ReadLimits answer_limits() {
  json::ReadLimits limits;
  limits.max_bytes = kMaxAnswerBytes;
  return limits;
}

// The exit code of a sync by its document (sidecar::sync_document).
ExitCode exit_code_of_sync(const json::Value& document) {
  const json::Value* const code = document.find("code");
  if (code == nullptr || !code->is_text()) return kSuccess;
  if (code->as_text() == to_string(base::ErrorCode::Unauthorized)) return kAuthentication;
  return code->as_text() == to_string(base::ErrorCode::Network) ? kNetwork : kFailure;
}

std::string text_of(const json::Value& document, std::string_view member) {
  const json::Value* const value = document.find(member);
  return value != nullptr && value->is_text() ? std::string(value->as_text()) : "none";
}

std::string as_text(const json::Value& document) {
  const std::string active = text_of(document, "active");
  if (text_of(document, "outcome") == "unchanged") return printable_line("unchanged: version " + active);
  return printable_line("applied: version " + text_of(document, "before") + " -> " + active) +
         changes_text(bundle::read_change_members(document));
}

ExitCode tell(const std::string& text, bool as_json) {
  const auto document = json::parse(text, answer_limits());
  if (!document.ok() || !document->root().is_object()) return fail(kFailure, "the sync gave no readable answer");
  const json::Value& root = document->root();
  const ExitCode code = exit_code_of_sync(root);
  if (as_json || code == kSuccess) {
    if (const ExitCode printed = print(as_json ? text + "\n" : as_text(root)); printed != kSuccess) return printed;
  }
  if (code != kSuccess && !as_json) {
    fail(code, text_of(root, "outcome") + " (" + text_of(root, "code") + "): " + text_of(root, "error") +
                   "; still active: " + text_of(root, "active"));
  }
  // A bundle that did not reach the disk is lost when this process ends, and with the sidecar at its next start.
  if (code == kSuccess && root.find("persistError") != nullptr) return fail(kUsage, text_of(root, "persistError"));
  return code;
}

// A running `serve` syncs its own cache; it is asked to do so now.
ExitCode ask_running(const std::string& url, const config::Settings& settings, bool as_json) {
  net::Call call;
  call.method = "POST";
  call.url = url + "/admin/sync";
  call.headers.add("X-Admin-Token", settings.sidecar.sync.admin_token);
  call.timeout = call.head_timeout = kRunningSyncTimeout;
  call.max_body_bytes = kMaxAnswerBytes;
  const auto answer = net::make_client(settings.sidecar.sync.client)->send(call);
  if (!answer) return fail(answer.error());
  if (answer->status == 401) {
    return fail(kAuthentication, "the running sidecar at " + url + " has another ADMIN_TOKEN");
  }
  const auto document = json::parse(answer->body, answer_limits());
  const bool is_sync = document.ok() && document->root().is_object() && document->root().find("outcome") != nullptr;
  if (is_sync) return tell(answer->body, as_json);
  return fail(kNetwork, "the running sidecar at " + url + " answered " + std::to_string(answer->status) +
                            ", which is no answer to a sync");
}

ExitCode sync_once(const SettingsFlags& flags, bool as_json) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Gateway);
  if (!settings) return fail(settings.error());
  const sidecar::Options& options = settings->sidecar;
  bundle::Cache cache(files, options.cache_directory, options.bundle_history);
  if (const auto prepared = cache.prepare(); !prepared) return fail(prepared.error());
  const auto lock = base::FileLock::try_lock(cache.lock_path());
  if (!lock) {
    const std::string running = base::FileLock::note(cache.lock_path());
    if (lock.error().code() != base::ErrorCode::Busy || running.empty()) return fail(kUsage, lock.error().message());
    return ask_running(running, *settings, as_json);
  }
  const base::SystemClock clock;
  const auto client = net::make_client(options.sync.client);
  decision::ActiveSnapshot active;
  auto syncer = sync::Syncer::create(options.sync, cache, *client, clock, active);
  if (!syncer) return fail(syncer.error());
  if (const auto loaded = (*syncer)->load_cached(); !loaded) {
    fail(kFailure, "the cache is damaged: " + loaded.error().message());
  }
  const sync::SyncReport report = (*syncer)->sync_once();
  const sync::SyncStatus status = (*syncer)->status();
  if (status.first_uses != 0) {
    fail(kFailure, "no TRUST_ROOT is configured and none was pinned: pinned the gateway's trust root on first use");
  }
  if (!status.trust_problem.empty()) fail(kFailure, "trust root: " + status.trust_problem);
  return tell(sidecar::sync_document(report, status.persist_problem), as_json);
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
