// guardian serve: the sidecar.
#include <unistd.h>

#include <csignal>
#include <string>

#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/sidecar/sidecar.h"
#include "output.h"
#include "port_file.h"
#include "private_memory.h"
#include "settings_flags.h"
#include "signals.h"

namespace guardian::cmd {

namespace {

constexpr unsigned kLastResortSeconds = 15;
constexpr std::chrono::milliseconds kLookForBundle{50};

struct Arguments {
  bool offline = false;
  std::string bundle_file;
  std::string port_file;
};

// False when it was a signal to end.
bool handle(int signal, sidecar::Sidecar& running, const base::Logger& logger) {
  if (signal == SIGUSR1) {
    running.sync_now();
  } else if (signal == SIGHUP) {
    logger.log(base::LogLevel::Warn, "signal_ignored", {{"signal", "SIGHUP"}, {"reason", "not supported yet"}});
  } else {
    return false;
  }
  return true;
}

// WAIT_FOR_BUNDLE: until there is a bundle or time is up. False when told to end meanwhile.
bool wait_for_bundle(sidecar::Sidecar& running, const sidecar::Options& options, const WaitedSignals& signals,
                     const base::Logger& logger) {
  if (options.offline || options.wait_for_bundle == std::chrono::seconds(0)) return true;
  const base::SystemClock clock;
  const auto deadline = clock.monotonic() + options.wait_for_bundle;
  while (!running.has_bundle() && clock.monotonic() < deadline) {
    const auto signal = signals.wait_for(kLookForBundle);
    if (signal && !handle(*signal, running, logger)) return false;
  }
  if (!running.has_bundle()) {
    logger.log(
        base::LogLevel::Warn, "no_bundle_in_time",
        {{"waited_seconds", std::to_string(options.wait_for_bundle.count())}, {"action", "listening_and_denying"}});
  }
  return true;
}

ExitCode serve(const Arguments& arguments, const SettingsFlags& flags) {
  keep_memory_private();
  if (!arguments.bundle_file.empty() && !arguments.offline) return fail(kUsage, "--bundle goes with --offline");
  base::SystemFileSystem files;
  auto settings = flags.load(files, arguments.offline ? config::Needs::Nothing : config::Needs::Gateway);
  if (!settings) return fail(settings.error());
  settings->sidecar.offline = arguments.offline;
  settings->sidecar.bundle_file = arguments.bundle_file;
  if (arguments.offline) settings->sidecar.sync.gateway_url.clear();

  // Before any thread starts, so that all inherit it and only wait() sees them.
  const WaitedSignals signals({SIGTERM, SIGINT, SIGHUP, SIGUSR1});
  const base::SystemClock clock;
  const base::Logger logger(settings->log_level, settings->log_format, STDERR_FILENO, clock);
  const auto client = net::make_client(settings->sidecar.sync.client);
  auto opened = sidecar::Sidecar::open(settings->sidecar, {files, clock, logger, *client});
  if (!opened) return fail(opened.error());
  sidecar::Sidecar& running = **opened;
  if (!wait_for_bundle(running, settings->sidecar, signals, logger)) return kSuccess;
  if (const auto listening = running.listen(); !listening) return fail(listening.error());
  if (auto written = write_port_file(files, arguments.port_file, running.port()); !written) {
    return fail(written.error());
  }
  while (handle(signals.wait(), running, logger)) {
  }
  // A log that nobody reads may hold a worker for ever: past the grace the process ends all the same.
  std::signal(SIGALRM, [](int) { ::_exit(kSuccess); });
  ::alarm(kLastResortSeconds);
  running.stop();
  return kSuccess;
}

}  // namespace

void add_serve(CLI::App& program, Chosen& chosen) {
  CLI::App* const command = program.add_subcommand("serve", "Run the sidecar: sync, verify and enforce policy bundles");
  const auto arguments = std::make_shared<Arguments>();
  command->add_flag("--offline", arguments->offline, "Run on the cache or --bundle alone, without a gateway");
  command->add_option("--bundle", arguments->bundle_file, "With --offline: the bundle to enforce")->type_name("FILE");
  command->add_option("--port-file", arguments->port_file, "Write the port to FILE once listening")->type_name("FILE");
  const SettingsFlags flags(*command);
  command->footer("Example: guardian serve --gateway-url https://gateway.example --trust-root root.json");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return serve(*arguments, flags); }; });
}

}  // namespace guardian::cmd
