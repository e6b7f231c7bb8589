// guardian bundle build | sign | inspect (diff is in bundle_diff.cc): making bundles and looking into them.
#include <string>
#include <vector>

#include "bundle_diff.h"
#include "bundle_summary.h"
#include "command.h"
#include "decision_cost.h"
#include "guardian/base/clock.h"
#include "guardian/bundle/build.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/bundle/verify.h"
#include "key_files.h"
#include "output.h"
#include "settings_flags.h"

namespace guardian::cmd {

namespace {

struct BuildArguments {
  std::string directory;
  std::string output;
  std::vector<std::string> keys;
  std::string version;
};

// The version of the bundle that the output replaces: the next one must be newer. It is our own file, so that its
// signatures are not asked for.
base::Result<std::optional<bundle::Version>> version_in(base::FileSystem& files, const std::string& path) {
  auto bytes = files.read_file(path, bundle::kDefaultMaxBundleBytes);
  if (!bytes && bytes.error().code() == base::ErrorCode::NotFound) return std::optional<bundle::Version>();
  if (!bytes) return std::move(bytes).error();
  const auto read = [&]() -> base::Result<std::optional<bundle::Version>> {
    GUARDIAN_ASSIGN(const auto sealed, bundle::SealedBundle::open(std::move(*bytes)));
    GUARDIAN_ASSIGN(auto payload, bundle::parse_payload(sealed.envelope().payload_untrusted));
    return std::optional<bundle::Version>(payload.version);
  };
  auto version = read();
  if (!version) return std::move(version).error().within("`" + path + "` exists and is no bundle to be replaced");
  return version;
}

ExitCode build(const BuildArguments& arguments, const SettingsFlags& flags) {
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  const base::SystemClock clock;
  const auto keys = read_private_keys(files, arguments.keys);
  if (!keys) return fail(keys.error());
  bundle::BuildOptions options;
  options.now = clock.now();
  if (!arguments.version.empty()) {
    auto version = bundle::Version::parse(arguments.version);
    if (!version) return fail(std::move(version).error().within("--version"));
    options.version = std::move(version).value();
  }
  auto previous = version_in(files, arguments.output);
  if (!previous) return fail(previous.error());
  options.previous = std::move(previous).value();
  const auto built = bundle::payload_from_directory(files, arguments.directory, options);
  if (!built) return fail(built.error());
  const auto cost = analysis::worst_decision(built->payload);
  if (const auto cheap = check_cost(cost, settings->sidecar.max_eval_cost); !cheap) return fail(cheap.error());
  crypto::Envelope envelope = bundle::seal(*built);
  for (const crypto::PrivateKey& key : *keys) crypto::sign_envelope(envelope, key);
  const auto written =
      base::replace_file(files, arguments.output, crypto::write_envelope(envelope), base::FileAccess::WorldReadable);
  if (!written) return fail(written.error());
  return print(row("bundle", arguments.output) + row("version", built->payload.version.text()) +
               row("policies", std::to_string(built->payload.policies.size())) +
               row("agents", std::to_string(built->payload.agents.size())) + cost_row(cost));
}

// A bundle or a trust root: both are envelopes.
ExitCode sign(const std::string& path, const std::vector<std::string>& key_paths) {
  base::SystemFileSystem files;
  const auto keys = read_private_keys(files, key_paths);
  if (!keys) return fail(keys.error());
  const auto bytes = files.read_file(path, bundle::kDefaultMaxBundleBytes);
  if (!bytes) return fail(bytes.error());
  auto envelope = crypto::parse_envelope(*bytes, bundle::kDefaultMaxBundleBytes);
  if (!envelope) return fail(std::move(envelope).error().within(path));
  const std::string& type = envelope->payload_type_untrusted;
  if (type != bundle::kPayloadType && type != bundle::kTrustRootType) {
    return fail(kUsage, path + ": neither a bundle nor a trust root");
  }
  for (const crypto::PrivateKey& key : *keys) crypto::sign_envelope(*envelope, key);
  if (envelope->signatures.size() > crypto::kMaxSignatures) return fail(kUsage, path + ": too many signatures");
  const auto written =
      base::replace_file(files, path, crypto::write_envelope(*envelope), base::FileAccess::WorldReadable);
  if (!written) return fail(written.error());
  return print(row("signed", path) + row("signatures", std::to_string(envelope->signatures.size())));
}

ExitCode inspect(const std::string& path, bool json) {
  base::SystemFileSystem files;
  auto bytes = files.read_file(path, bundle::kDefaultMaxBundleBytes);
  if (!bytes) return fail(bytes.error());
  const auto sealed = bundle::SealedBundle::open(std::move(*bytes));
  if (!sealed) return fail(kFailure, path + ": " + sealed.error().message());
  const auto payload = bundle::parse_payload(sealed->envelope().payload_untrusted);
  if (!payload) return fail(kFailure, path + ": " + payload.error().message());
  std::vector<std::string> key_ids;
  for (const auto& signature : sealed->envelope().signatures) key_ids.push_back(signature.key_id_untrusted);
  return print(json ? summary_json(*payload, Trusted{false, key_ids})
                    : summary_text(*payload, Trusted{false, key_ids}));
}

void add_build(CLI::App& bundle, Chosen& chosen) {
  CLI::App* const command = bundle.add_subcommand("build", "Build and sign a bundle from a directory");
  const auto arguments = std::make_shared<BuildArguments>();
  command->add_option("DIR", arguments->directory, "policies/, agents.yaml, tiers.yaml, bundle.yaml")->required();
  command->add_option("-o,--output", arguments->output, "Where the bundle goes")->type_name("FILE")->required();
  command->add_option("--key", arguments->keys, "Signing key; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  command->add_option("--version", arguments->version, "Version instead of the time of the build");
  command->footer("Example: guardian bundle build policies-repo -o policies.bundle.json --key signing.pem");
  const SettingsFlags flags(*command, {"MAX_EVAL_COST"});
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return build(*arguments, flags); }; });
}

void add_sign(CLI::App& bundle, Chosen& chosen) {
  CLI::App* const command = bundle.add_subcommand("sign", "Add a signature to a bundle or a trust root");
  const auto path = std::make_shared<std::string>();
  const auto keys = std::make_shared<std::vector<std::string>>();
  command->add_option("FILE", *path, "The bundle or trust root; replaced whole")->required();
  command->add_option("--key", *keys, "Signing key; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  command->callback([path, keys, &chosen] { chosen = [path, keys] { return sign(*path, *keys); }; });
}

void add_inspect(CLI::App& bundle, Chosen& chosen) {
  CLI::App* const command =
      bundle.add_subcommand("inspect", "Print what a bundle holds without verifying who signed it");
  const auto path = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  command->add_option("FILE", *path, "The bundle")->required();
  command->add_flag("--json", *json, "Print JSON");
  command->callback([path, json, &chosen] { chosen = [path, json] { return inspect(*path, *json); }; });
}

}  // namespace

void add_bundle(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("bundle", "Build, sign, inspect and compare bundles");
  command->require_subcommand(1);
  add_build(*command, chosen);
  add_sign(*command, chosen);
  add_inspect(*command, chosen);
  add_bundle_diff(*command, chosen);
}

}  // namespace guardian::cmd
