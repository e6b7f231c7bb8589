// The table of subcommands. CLI11's exceptions end here; a command that was named wrongly exits with 2 (cli.md).
#include <algorithm>
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "guardian/base/text.h"
#include "guardian_version.h"
#include "output.h"
#include "suggest.h"

namespace {

using namespace guardian::cmd;

constexpr const char* kFooter =
    "Settings come from flags, else environment variables, else --config FILE, else defaults.\n"
    "Exit codes: 0 success or allow, 1 deny or failed check, 2 usage, 3 authentication, 5 network.\n"
    "See guardian(1).";

// CLI11 would only say that a subcommand is missing. Looks at the leading words, as far as commands have subcommands.
std::optional<std::string> unknown_command(const CLI::App& program, int argc, char** argv) {
  const CLI::App* command = &program;
  std::string before;  // `policy `
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    std::vector<std::string> known;
    for (const CLI::App* below : command->get_subcommands({})) known.push_back(below->get_name());
    if (known.empty()) return std::nullopt;
    if (std::ranges::find(known, argv[i]) == known.end()) {
      const auto meant = nearest(argv[i], known);
      return "unknown command `" + before + guardian::base::printable(argv[i]) + "`" +
             (meant ? ": did you mean `" + before + *meant + "`?" : ": try `guardian " + before + "--help`");
    }
    command = command->get_subcommand(argv[i]);
    before += std::string(argv[i]) + " ";
  }
  return std::nullopt;
}

// The words that nobody took, flags only and without their values.
std::string unknown_flags(const CLI::App& program) {
  std::string flags;
  for (const std::string& word : program.remaining(true)) {
    if (!word.starts_with("-")) continue;
    flags += (flags.empty() ? "`" : ", `") + word.substr(0, word.find('=')) + "`";
  }
  return flags.empty() ? "after the last known one" : flags;
}

ExitCode run(int argc, char** argv) {
  CLI::App program("Policy decisions for AI agents, at the edge, from signed bundles.", "guardian");
  Chosen chosen;
  program.set_version_flag("--version", "guardian " GUARDIAN_VERSION, "Print the version and exit");
  program.require_subcommand(1);
  program.footer(kFooter);
  for (const auto add : {add_serve, add_sync, add_verify_bundle, add_eval, add_cache, add_health, add_bundle, add_keys,
                         add_policy, add_audit, add_replay, add_drill, add_gateway}) {
    add(program, chosen);
  }
  if (const auto unknown = unknown_command(program, argc, argv)) return fail(kUsage, *unknown);
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& request) {
    program.exit(request);
    return std::cout.flush() ? kSuccess : fail(kUsage, "cannot write to standard output");
  } catch (const CLI::ExtrasError&) {
    // CLI11 would repeat all words, and one of them may be the value of a mistyped --admin-token.
    return fail(kUsage, "unknown argument " + unknown_flags(program) + ": try `guardian --help`");
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, std::string(error.what()) + ": try `guardian --help`");
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away must end in an error that is told, not in silence.
  std::signal(SIGPIPE, SIG_IGN);
  // So must a file that reaches the size limit: it is a full disk to us, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return fail(kUsage, std::string("internal error: ") + error.what());
  }
}
