// The table of subcommands. CLI11's exceptions end here; a command that was named wrongly exits with 2 (cli.md).
#include <csignal>
#include <cstdio>
#include <exception>

#include "command.h"
#include "guardian_version.h"
#include "output.h"

namespace {

using namespace guardian::cmd;

constexpr const char* kFooter =
    "Settings come from flags, else environment variables, else --config FILE, else defaults.\n"
    "Exit codes: 0 success or allow, 1 deny or failed check, 2 usage, 3 authentication, 5 network.\n"
    "See guardian(1).";

ExitCode run(int argc, char** argv) {
  CLI::App program("Policy decisions for AI agents, at the edge, from signed bundles.", "guardian");
  Chosen chosen;
  program.set_version_flag("--version", "guardian " GUARDIAN_VERSION, "Print the version and exit");
  program.require_subcommand(1);
  program.footer(kFooter);
  for (const auto add :
       {add_serve, add_sync, add_verify_bundle, add_eval, add_cache, add_health, add_bundle, add_keys, add_gateway}) {
    add(program, chosen);
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& request) {
    program.exit(request);
    return kSuccess;
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, std::string(error.what()) + "\nTry `guardian --help`.");
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that goes away must end in an error that is told, not in silence.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return fail(kUsage, std::string("internal error: ") + error.what());
  }
}
