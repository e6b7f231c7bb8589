// guardian replay: recorded requests decided again, under another bundle or under the bundle of the time.
#include "guardian/tools/replay.h"

#include <memory>
#include <string>
#include <utility>

#include "audit_source.h"
#include "command.h"
#include "eval_source.h"
#include "guardian/audit/scan.h"
#include "guardian/base/clock.h"
#include "guardian/bundle/cache.h"
#include "output.h"
#include "replay_answer.h"
#include "settings_flags.h"
#include "trust.h"

namespace guardian::cmd {

namespace {

constexpr std::string_view kRecorded = "recorded";

struct Arguments : AuditSource {
  EvalSource source;
  bool json = false;
  bool fail_on_deny = false;
};

// Each under its own bundle.
bool replays_recorded(const EvalSource& source) {
  return source.policy_directory.empty() && (source.bundle_file.empty() || source.bundle_file == kRecorded);
}

base::Result<std::unique_ptr<tools::ReplayBundles>> kept_bundles(const bundle::Cache& cache,
                                                                 const config::Settings& settings) {
  GUARDIAN_ASSIGN(bundle::TrustChain chain, cached_trust(cache, settings));
  return std::unique_ptr<tools::ReplayBundles>(
      std::make_unique<tools::KeptBundles>(cache, std::move(chain), settings.sidecar.sync.max_bundle_bytes));
}

// What a mismatch or a denial to come is worth.
ExitCode verdict(const Replayed& replayed, bool fail_on_deny) {
  using tools::Change;
  const std::uint64_t denied = replayed.report.changed(Change::NewlyDenied);
  if (!replayed.recorded) return fail_on_deny && denied != 0 ? kFailure : kSuccess;
  const std::uint64_t mismatches =
      denied + replayed.report.changed(Change::NewlyAllowed) + replayed.report.changed(Change::Otherwise);
  return mismatches == 0 ? kSuccess : kFailure;
}

struct Under {
  tools::ReplayKind kind;
  std::string name;  // for people
  tools::ReplayBundles& bundles;
};

ExitCode replay(const Arguments& arguments, const OpenedAudit& opened, const config::Settings& settings,
                const Under& under) {
  tools::ReplayOptions options;
  options.kind = under.kind;
  options.filter = opened.filter;
  options.shared_counts = !settings.sidecar.rate_limit_store.empty();
  tools::Replay replay(std::move(options), under.bundles);
  // All of it: what the filters leave out counts against rate limits.
  const auto scanned =
      audit::scan(opened.store, audit::Filter(), audit::Order::OldestFirst, [&replay](const audit::EventLine& event) {
        replay.feed(event);
        return audit::Next::GoOn;
      });
  if (!scanned) return fail(scanned.error());
  warn_of_unreadable(*scanned);
  const tools::ReplayReport report = std::move(replay).finish();
  const std::string trail = opened.store.file.empty() ? opened.store.directory : opened.store.file;
  const Replayed replayed{trail, under.name, under.kind == tools::ReplayKind::Recorded, scanned->unreadable, report};
  const ExitCode printed = print(arguments.json ? replay_json(replayed) : replay_text(replayed));
  return printed != kSuccess ? printed : verdict(replayed, arguments.fail_on_deny);
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  if (replays_recorded(arguments.source)) {
    if (!arguments.source.trust_file.empty()) return fail(kUsage, "--trust goes with --bundle FILE");
    if (!arguments.source.agents_file.empty()) return fail(kUsage, "--agents goes with --policies");
    if (arguments.fail_on_deny) return fail(kUsage, "--fail-on-deny goes with --bundle FILE or --policies");
    const bundle::Cache cache(files, settings->sidecar.cache_directory);
    const auto kept = kept_bundles(cache, *settings);
    if (!kept) return fail(kept.error());
    return replay(arguments, *opened, *settings,
                  {tools::ReplayKind::Recorded, "the bundle that was active then", **kept});
  }
  const auto engine = open_engine(arguments.source, files, *settings, clock.now());
  if (!engine) return fail(exit_code_of_source(arguments.source, engine.error().code()), engine.error().message());
  tools::OneBundle one(*engine);
  const std::string under = describe(arguments.source, *settings) + ", version " + (*engine)->payload().version.text();
  return replay(arguments, *opened, *settings, {tools::ReplayKind::Another, under, one});
}

}  // namespace

void add_replay(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("replay", "Decide recorded requests again under another bundle and say what changes");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--audit", arguments->path, "Cache, directory of segments, or segment (default: CACHE_DIR)")
      ->type_name("PATH");
  command
      ->add_option("--bundle", arguments->source.bundle_file,
                   "Bundle file; `recorded` (default): the one that each was decided under")
      ->type_name("FILE");
  command
      ->add_option("--trust", arguments->source.trust_file,
                   "Trust root for --bundle; else TRUST_ROOT, else the cache's")
      ->type_name("FILE");
  command->add_option("--policies", arguments->source.policy_directory, "Directory of policies instead of a bundle")
      ->type_name("DIR");
  command->add_option("--agents", arguments->source.agents_file, "With --policies: agents instead of its agents.yaml")
      ->type_name("FILE");
  add_audit_filters(*command, arguments);
  command->add_flag("--fail-on-deny", arguments->fail_on_deny, "Exit 1 when anything would newly be denied");
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, {"CACHE_DIR", "TRUST_ROOT", "MAX_BUNDLE_BYTES", "RATE_LIMIT_STORE"});
  command->footer(
      "Example: guardian replay --audit /cache/audit --bundle next.bundle.json --fail-on-deny\n"
      "Exit codes: 0 replayed, 1 newly denied with --fail-on-deny or unlike what was recorded, 2 bad input.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
