// guardian bundle diff A B: what changed from one bundle to another, whoever signed them.
#include "bundle_diff.h"

#include <string>

#include "bundle_changes.h"
#include "guardian/base/file_system.h"
#include "guardian/bundle/verify.h"
#include "output.h"

namespace guardian::cmd {

namespace {

struct DiffArguments {
  std::string before;
  std::string after;
  bool json = false;
};

// The envelope is let go: what is compared is the payload alone.
base::Result<bundle::Payload> read_payload(base::FileSystem& files, const std::string& path) {
  GUARDIAN_ASSIGN(std::string bytes, files.read_file(path, bundle::kDefaultMaxBundleBytes));
  const auto parse = [&]() -> base::Result<bundle::Payload> {
    GUARDIAN_ASSIGN(const auto sealed, bundle::SealedBundle::open(std::move(bytes)));
    return bundle::parse_payload(sealed.envelope().payload_untrusted);
  };
  auto payload = parse();
  if (!payload) return std::move(payload).error().within(path);
  return payload;
}

// Only what is not there is missing; all else that cannot be read is no bundle.
ExitCode refuse(const base::Error& error) {
  return error.code() == base::ErrorCode::NotFound ? fail(error) : fail(kFailure, error.message());
}

std::string as_json(const bundle::Payload& before, const bundle::Payload& after) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("before", before.version.text()).member("after", after.version.text());
  bundle::write_change_members(out, bundle::diff(&before, after));
  out.end_object();
  return text + "\n";
}

std::string as_text(const bundle::Payload& before, const bundle::Payload& after) {
  const std::string changes = changes_text(bundle::diff(&before, after));
  const std::string versions = "version " + before.version.text() + " -> " + after.version.text() + "\n";
  return versions + (changes.empty() ? "no difference in content\n" : changes);
}

ExitCode diff(const DiffArguments& arguments) {
  base::SystemFileSystem files;
  const auto before = read_payload(files, arguments.before);
  if (!before) return refuse(before.error());
  const auto after = read_payload(files, arguments.after);
  if (!after) return refuse(after.error());
  return print(arguments.json ? as_json(*before, *after) : as_text(*before, *after));
}

}  // namespace

void add_bundle_diff(CLI::App& bundle, Chosen& chosen) {
  CLI::App* const command =
      bundle.add_subcommand("diff", "Print what changed from one bundle to another without verifying either");
  const auto arguments = std::make_shared<DiffArguments>();
  command->add_option("A", arguments->before, "The earlier bundle")->required();
  command->add_option("B", arguments->after, "The later bundle")->required();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->footer("Exit codes: 0 whether or not they differ, 1 not a readable bundle, 2 no such file.");
  command->callback([arguments, &chosen] { chosen = [arguments] { return diff(*arguments); }; });
}

}  // namespace guardian::cmd
