// guardian gateway: the reference gateway over a directory.
#include "guardian/gateway/gateway.h"

#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "command.h"
#include "guardian/base/clock.h"
#include "guardian/gateway/posted_batch.h"
#include "guardian/gateway/republisher.h"
#include "key_files.h"
#include "output.h"
#include "port_file.h"
#include "private_memory.h"
#include "settings_flags.h"
#include "signals.h"

namespace guardian::cmd {

namespace {

constexpr std::uint16_t kDefaultPort = 4100;
constexpr std::chrono::milliseconds kLookInterval{250};
constexpr std::chrono::seconds kShutdownGrace{5};

struct Arguments {
  std::string directory;
  std::vector<std::string> keys;
  std::vector<std::string> trust_roots;
  std::string audit_directory;  // empty: beside the policies
  std::string port_file;
  std::string host = "127.0.0.1";
  std::uint16_t port = kDefaultPort;
};

// All that is read again when it changes.
std::vector<std::string> files_beside_directory(const Arguments& arguments) {
  std::vector<std::string> paths = arguments.keys;
  paths.insert(paths.end(), arguments.trust_roots.begin(), arguments.trust_roots.end());
  return paths;
}

// What does not lint fails a check; everything else that keeps a gateway from starting was given wrong.
ExitCode refuse(const base::Error& error) {
  return error.code() == base::ErrorCode::PolicyInvalid ? fail(kFailure, error.message()) : fail(error);
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
  options.trust_roots = arguments.trust_roots;
  options.audit_directory =
      arguments.audit_directory.empty() ? arguments.directory + "/audit" : arguments.audit_directory;

  const WaitedSignals signals({SIGTERM, SIGINT, SIGHUP});
  const base::SystemClock clock;
  const base::Logger logger(settings->log_level, settings->log_format, STDERR_FILENO, clock);
  gateway::FileStamps stamps(arguments.directory, files_beside_directory(arguments), clock);
  const gateway::KeySource keys = [&] { return read_private_keys(files, arguments.keys); };
  const auto opened = gateway::Gateway::open(std::move(options), keys, files, clock, logger);
  if (!opened) return refuse(opened.error());
  net::ServerOptions server_options;
  server_options.host = arguments.host;
  server_options.port = arguments.port;
  server_options.max_body_bytes = gateway::kMaxPostBytes;
  const auto server = net::HttpServer::start(server_options, (*opened)->routes());
  if (!server) return fail(server.error());
  if (auto written = write_port_file(files, arguments.port_file, (*server)->port()); !written) {
    return fail(written.error());
  }
  logger.log(
      base::LogLevel::Info, "serving",
      {{"host", arguments.host}, {"port", std::to_string((*server)->port())}, {"bundle", (*opened)->bundle_version()}});
  gateway::Republisher republisher(**opened, std::move(stamps), logger);
  while (true) {
    const auto signal = signals.wait_for(kLookInterval);
    if (signal && *signal != SIGHUP) break;
    republisher.look(signal ? gateway::Look::Anyway : gateway::Look::IfChanged);
  }
  (*opened)->stop_holding();
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
  command
      ->add_option("--trust-root", arguments->trust_roots,
                   "Trust roots, files or directories; default: one of the keys")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command
      ->add_option("--audit-dir", arguments->audit_directory,
                   "Keep the events that sidecars send in DIR (default audit in --dir)")
      ->type_name("DIR");
  command->add_option("--host", arguments->host, "Address to listen on (default 127.0.0.1)");
  command->add_option("--port", arguments->port, "Port to listen on; 0: any free one (default 4100)");
  command->add_option("--port-file", arguments->port_file, "Write the port to FILE once listening")->type_name("FILE");
  const SettingsFlags flags(*command, {"ADMIN_TOKEN", "LOG_LEVEL", "LOG_FORMAT"});
  command->footer("Example: ADMIN_TOKEN=secret guardian gateway --dir policies-repo --key signing.pem");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
