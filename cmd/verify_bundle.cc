// guardian verify-bundle: the pipeline of a sync stopped after compile, for audits.
#include <string>

#include "bundle_summary.h"
#include "command.h"
#include "decision_cost.h"
#include "output.h"
#include "settings_flags.h"
#include "trust.h"

namespace guardian::cmd {

namespace {

struct Arguments {
  std::string file;
  std::string trust;
  bool json = false;
};

ExitCode refuse(const Arguments& arguments, const base::Error& error) {
  if (!arguments.json) {
    return fail(kFailure, "not verified (" + std::string(to_string(error.code())) + "): " + error.message());
  }
  std::string text;
  json::Writer out(text);
  out.begin_object().key("verified").boolean(false).member("code", to_string(error.code()));
  out.member("error", error.message()).end_object();
  const ExitCode printed = print(text + "\n");
  return printed == kSuccess ? kFailure : printed;
}

ExitCode verify_bundle(const Arguments& arguments, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const auto trust = choose_trust(files, arguments.trust, *settings);
  if (!trust) return fail(kUsage, trust.error().message());
  const auto verified =
      verify_file(files, arguments.file, *trust, bundle::Origin::Fetched, settings->sidecar.sync.max_bundle_bytes);
  if (!verified) {
    if (verified.error().code() == base::ErrorCode::NotFound) return fail(verified.error());
    return refuse(arguments, verified.error());
  }
  const bundle::VerifiedBundle& bundle = **verified;
  const auto cheap = check_cost(analysis::worst_decision(bundle.payload()), settings->sidecar.max_eval_cost);
  if (!cheap) return refuse(arguments, cheap.error());
  return print(arguments.json ? summary_json(bundle.payload(), Trusted{true, bundle.signers()})
                              : summary_text(bundle.payload(), Trusted{true, bundle.signers()}));
}

}  // namespace

void add_verify_bundle(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("verify-bundle", "Verify a bundle's signatures, schema, policies, version and expiry");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->file, "The bundle")->required();
  command->add_option("--trust", arguments->trust, "Trust root; else TRUST_ROOT, else the cache's")->type_name("FILE");
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, {"TRUST_ROOT", "CACHE_DIR", "MAX_BUNDLE_BYTES", "MAX_EVAL_COST"});
  command->footer("Exit codes: 0 verified, 1 not verified, 2 no such file or trust root.");
  command->callback(
      [arguments, flags, &chosen] { chosen = [arguments, flags] { return verify_bundle(*arguments, flags); }; });
}

}  // namespace guardian::cmd
