// guardian keys generate | root | show: signing keys and the trust roots that name them.
#include <string>
#include <vector>

#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/base/text.h"
#include "guardian/bundle/trust_root.h"
#include "key_files.h"
#include "output.h"

namespace guardian::cmd {

namespace {

bool exists(base::FileSystem& files, const std::string& path) {
  const auto found = files.read_file(path, 0);
  return found.ok() || found.error().code() != base::ErrorCode::NotFound;
}

struct GenerateArguments {
  std::string type = "ed25519";
  std::string output;
  std::string public_output;
  bool force = false;
};

ExitCode generate(const GenerateArguments& arguments) {
  base::SystemFileSystem files;
  const auto type = crypto::parse_key_type(arguments.type);
  if (!type) return fail(kUsage, "--type: must be ed25519, p256 or rsa");
  if (arguments.output == arguments.public_output) return fail(kUsage, "--public and --output name the same file");
  for (const std::string& path : {arguments.output, arguments.public_output}) {
    if (!path.empty() && !arguments.force && exists(files, path)) {
      return fail(kUsage, "`" + path + "` exists: --force overwrites it");
    }
  }
  const auto key = crypto::PrivateKey::generate(*type);
  if (!key) return fail(key.error());
  auto written = base::replace_file(files, arguments.output, key->pem(), base::FileAccess::OwnerOnly);
  if (written.ok() && !arguments.public_output.empty()) {
    written =
        base::replace_file(files, arguments.public_output, key->public_key().pem(), base::FileAccess::WorldReadable);
  }
  if (!written) return fail(written.error());
  return print(row("key", arguments.output) + row("type", crypto::to_string(*type)) +
               row("thumbprint", key->public_key().thumbprint()));
}

struct RootArguments {
  std::vector<std::string> keys;
  std::vector<std::string> public_keys;
  std::size_t threshold = 1;
  std::uint64_t version = 1;
  std::string expires = "365d";
  std::string output;
  bool force = false;
};

// An RFC 3339 date-time, or a number of days from now such as `365d`.
base::Result<base::Instant> parse_expiry(const std::string& text, base::TimePoint now) {
  constexpr std::uint64_t kMaxDays = 36'500;
  if (const auto instant = base::parse_rfc3339(text)) return *instant;
  if (text.ends_with('d')) {
    if (const auto days = base::parse_unsigned(std::string_view(text).substr(0, text.size() - 1), kMaxDays)) {
      return base::to_instant(std::chrono::floor<std::chrono::seconds>(now) +
                              std::chrono::hours(24) * static_cast<std::int64_t>(*days));
    }
  }
  return base::Error(base::ErrorCode::InvalidInput,
                     "--expires: must be an RFC 3339 date-time or a number of days such as `365d`");
}

ExitCode make_root(const RootArguments& arguments) {
  base::SystemFileSystem files;
  const base::SystemClock clock;
  const auto expires_at = parse_expiry(arguments.expires, clock.now());
  if (!expires_at) return fail(expires_at.error());
  if (!(base::to_instant(clock.now()) < *expires_at)) return fail(kUsage, "--expires: is in the past");
  if (!arguments.force && exists(files, arguments.output)) {
    return fail(kUsage, "`" + arguments.output + "` exists: --force overwrites it");
  }
  const auto keys = read_private_keys(files, arguments.keys);
  if (!keys) return fail(keys.error());
  bundle::TrustRootDraft draft{arguments.version, *expires_at, arguments.threshold, {}};
  for (const crypto::PrivateKey& key : *keys) draft.keys.push_back(key.public_key());
  for (const std::string& path : arguments.public_keys) {
    auto key = read_public_key(files, path);
    if (!key) return fail(key.error());
    draft.keys.push_back(std::move(key).value());
  }
  auto envelope = bundle::make_trust_root(draft);
  if (!envelope) return fail(envelope.error());
  for (const crypto::PrivateKey& key : *keys) crypto::sign_envelope(*envelope, key);
  const auto written =
      base::replace_file(files, arguments.output, crypto::write_envelope(*envelope), base::FileAccess::WorldReadable);
  if (!written) return fail(written.error());
  std::string text = row("trust root", arguments.output) + row("version", std::to_string(draft.version)) +
                     row("expires", base::format_rfc3339(base::to_time_point(draft.expires_at))) +
                     row("keys", std::to_string(draft.keys.size())) + row("threshold", std::to_string(draft.threshold));
  if (keys->size() < draft.threshold) {
    text += "signed by " + std::to_string(keys->size()) + " of " + std::to_string(draft.threshold) +
            " needed: add signatures with `guardian bundle sign`\n";
  }
  return print(text);
}

ExitCode show(const std::string& path) {
  base::SystemFileSystem files;
  const auto key = read_public_key(files, path);
  if (!key) return fail(key.error());
  return print(row("type", crypto::to_string(key->type())) + row("thumbprint", key->thumbprint()) +
               row("jwk", key->jwk()) + key->pem());
}

void add_generate(CLI::App& keys, Chosen& chosen) {
  CLI::App* const command =
      keys.add_subcommand("generate", "Make a signing key, PKCS #8 PEM, readable by the owner alone");
  const auto arguments = std::make_shared<GenerateArguments>();
  command->add_option("--type", arguments->type, "ed25519, p256 or rsa (default ed25519)");
  command->add_option("-o,--output", arguments->output, "Where the private key goes")->type_name("FILE")->required();
  command->add_option("--public", arguments->public_output, "Where the public key goes")->type_name("FILE");
  command->add_flag("--force", arguments->force, "Overwrite files that exist");
  command->callback([arguments, &chosen] { chosen = [arguments] { return generate(*arguments); }; });
}

void add_root(CLI::App& keys, Chosen& chosen) {
  CLI::App* const command = keys.add_subcommand("root", "Make a trust root: which keys may sign, and how many must");
  const auto arguments = std::make_shared<RootArguments>();
  command->add_option("--key", arguments->keys, "Private key that is trusted and signs; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  command->add_option("--public-key", arguments->public_keys, "Public key that is trusted; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--threshold", arguments->threshold, "Signatures needed (default 1)");
  command->add_option("--expires", arguments->expires, "RFC 3339 date-time, or days such as 365d (default 365d)");
  command->add_option("--version", arguments->version, "Version of the root (default 1)");
  command->add_option("-o,--output", arguments->output, "Where the trust root goes")->type_name("FILE")->required();
  command->add_flag("--force", arguments->force, "Overwrite a file that exists");
  command->callback([arguments, &chosen] { chosen = [arguments] { return make_root(*arguments); }; });
}

}  // namespace

void add_keys(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("keys", "Make and show signing keys and trust roots");
  command->require_subcommand(1);
  add_generate(*command, chosen);
  add_root(*command, chosen);
  CLI::App* const show_command = command->add_subcommand("show", "Print a key's type, thumbprint and public half");
  const auto path = std::make_shared<std::string>();
  show_command->add_option("FILE", *path, "Private or public key")->required();
  show_command->callback([path, &chosen] { chosen = [path] { return show(*path); }; });
}

}  // namespace guardian::cmd
