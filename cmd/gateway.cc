// guardian gateway: the reference gateway over a directory.
#include "guardian/gateway/gateway.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/bundle/trust_root.h"
#include "key_files.h"
#include "output.h"
#include "port_file.h"
#include "private_memory.h"
#include "settings_flags.h"
#include "signals.h"

namespace guardian::cmd {

namespace {

constexpr std::uint16_t kDefaultPort = 4100;
constexpr std::chrono::seconds kWatchInterval{1};
constexpr std::chrono::seconds kShutdownGrace{5};

struct Arguments {
  std::string directory;
  std::vector<std::string> keys;
  std::vector<std::string> trust_roots;
  std::string port_file;
  std::string host = "127.0.0.1";
  std::uint16_t port = kDefaultPort;
};

// Names, sizes and times of all files below the directory: cheap to compare every second.
std::string fingerprint(const std::string& directory) {
  std::string all;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    const auto size = it->file_size(ignored);
    const auto time = it->last_write_time(ignored).time_since_epoch().count();
    all += it->path().string() + "\n" + std::to_string(size) + "\n" + std::to_string(time) + "\n";
  }
  return all;
}

void rebuild(gateway::Gateway& gateway, const base::Logger& logger) {
  const auto rebuilt = gateway.rebuild();
  if (!rebuilt) {
    logger.log(base::LogLevel::Error, "rebuild_refused",
               {{"reason", rebuilt.error().message()}, {"action", "keeping_" + gateway.bundle_version()}});
  } else if (*rebuilt) {
    logger.log(base::LogLevel::Info, "bundle_published", {{"version", gateway.bundle_version()}});
  }
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  keep_memory_private();
  base::SystemFileSystem files;
  const auto settings = flags.load(files, config::Needs::Nothing);
  if (!settings) return fail(settings.error());
  gateway::Options options;
  options.directory = arguments.directory;
  options.admin_token = settings->sidecar.sync.admin_token;
  if (options.admin_token.empty()) return fail(kUsage, "ADMIN_TOKEN is required: a gateway never serves without one");
  options.server.host = arguments.host;
  options.server.port = arguments.port;
  for (const std::string& path : arguments.trust_roots) {
    auto text = files.read_file(path, bundle::kMaxTrustRootBytes);
    if (!text) return fail(text.error());
    options.trust_roots.push_back(std::move(text).value());
  }
  auto keys = read_private_keys(files, arguments.keys);
  if (!keys) return fail(keys.error());

  const WaitedSignals signals({SIGTERM, SIGINT, SIGHUP});
  const base::SystemClock clock;
  const base::Logger logger(settings->log_level, settings->log_format, STDERR_FILENO, clock);
  std::string seen = fingerprint(arguments.directory);
  const net::ServerOptions server_options = options.server;
  auto opened = gateway::Gateway::open(std::move(options), std::move(keys).value(), files, clock, logger);
  if (!opened) return fail(opened.error());
  const auto server = net::HttpServer::start(server_options, (*opened)->routes());
  if (!server) return fail(server.error());
  if (auto written = write_port_file(files, arguments.port_file, (*server)->port()); !written) {
    return fail(written.error());
  }
  logger.log(
      base::LogLevel::Info, "serving",
      {{"host", arguments.host}, {"port", std::to_string((*server)->port())}, {"bundle", (*opened)->bundle_version()}});
  while (true) {
    const auto signal = signals.wait_for(kWatchInterval);
    if (signal && *signal != SIGHUP) break;
    std::string now = fingerprint(arguments.directory);
    if (now == seen && !signal) continue;
    seen = std::move(now);
    rebuild(**opened, logger);
  }
  (*server)->stop(kShutdownGrace);
  return kSuccess;
}

}  // namespace

void add_gateway(CLI::App& program, Chosen& chosen) {
  CLI::App* const command =
      program.add_subcommand("gateway", "Run the reference gateway: build, sign and serve the bundle of a directory");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("--dir", arguments->directory, "Directory with policies/, agents.yaml, tiers.yaml, bundle.yaml")
      ->type_name("DIR")
      ->required();
  command->add_option("--key", arguments->keys, "Signing key, PKCS #8 PEM; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->required();
  command->add_option("--trust-root", arguments->trust_roots, "Trust roots, oldest first; default: one of the keys")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--host", arguments->host, "Address to listen on (default 127.0.0.1)");
  command->add_option("--port", arguments->port, "Port to listen on; 0: any free one (default 4100)");
  command->add_option("--port-file", arguments->port_file, "Write the port to FILE once listening")->type_name("FILE");
  const SettingsFlags flags(*command, {"ADMIN_TOKEN", "LOG_LEVEL", "LOG_FORMAT"});
  command->footer("Example: ADMIN_TOKEN=secret guardian gateway --dir policies-repo --key signing.pem");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
