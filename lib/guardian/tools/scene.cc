#include "guardian/tools/scene.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "guardian/base/random.h"
#include "guardian/base/text.h"
#include "guardian/bundle/trust_root.h"

namespace guardian::tools {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::seconds kStopGrace{15};
constexpr std::size_t kTokenBytes = 16;
constexpr std::size_t kMaxLogBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxPortBytes = 16;
constexpr std::size_t kLogLinesShown = 12;
constexpr std::chrono::hours kRootLife{365 * 24};
constexpr std::chrono::seconds kBetweenVersions{10};
constexpr unsigned kPortAttempts = 50;
constexpr std::chrono::milliseconds kBetweenPortAttempts{100};

std::string named(const SampleBundle& bundle) {
  return "generation " + std::to_string(bundle.generation) + " (" + base::format_rfc3339(bundle.version) + ")";
}

// How a build with sanitizers is told what to do; an ordinary one does not look.
std::vector<std::string> sanitizer_options() {
  std::vector<std::string> found;
  for (const char* const name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) found.push_back(std::string(name) + "=" + value);
  }
  return found;
}

// The last lines of a log, those of single decisions left out.
std::string last_lines(std::string_view text, std::size_t count) {
  std::deque<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('{')) continue;
    lines.push_back(line);
    if (lines.size() > count) lines.pop_front();
  }
  std::string all;
  for (const std::string_view line : lines) all += "  " + std::string(line) + "\n";
  return all;
}

}  // namespace

Error unexpected(std::string text) { return Error(ErrorCode::InvalidInput, std::move(text)); }

base::Status expect(bool held, std::string otherwise) {
  if (held) return {};
  return unexpected(std::move(otherwise));
}

Scene::Scene(const World& world, ScratchDirectory directory)
    : world_(world),
      directory_(std::move(directory)),
      admin_token_(base::random_hex(kTokenBytes)),
      first_version_(std::chrono::floor<std::chrono::seconds>(world.clock.now() - std::chrono::hours(1))) {}

base::Result<std::unique_ptr<Scene>> Scene::make(const World& world) {
  GUARDIAN_ASSIGN(ScratchDirectory directory, ScratchDirectory::make(world.files, "guardian-drill-"));
  std::unique_ptr<Scene> scene(new Scene(world, std::move(directory)));
  GUARDIAN_TRY(scene->prepare());
  return scene;
}

base::Status Scene::prepare() {
  // Named to every process, so that none reads the operator's /etc/guardian/guardian.toml.
  GUARDIAN_TRY(world_.files.write_and_sync(path("settings.toml"), "", base::FileAccess::OwnerOnly));
  GUARDIAN_ASSIGN(const auto* const key, add_key("key"));
  GUARDIAN_ASSIGN(root_, add_root("root", 1, {key}, {key}));
  return {};
}

base::Result<const crypto::PrivateKey*> Scene::add_key(const std::string& name) {
  GUARDIAN_ASSIGN(crypto::PrivateKey key, crypto::PrivateKey::generate(crypto::KeyType::Ed25519));
  GUARDIAN_TRY(world_.files.write_and_sync(path(name + ".pem"), key.pem(), base::FileAccess::OwnerOnly));
  keys_.push_back(std::move(key));
  return &keys_.back();
}

base::Result<std::string> Scene::add_root(const std::string& name, unsigned version, const Keys& keys,
                                          const Keys& signers) {
  bundle::TrustRootDraft draft;
  draft.version = version;
  draft.expires_at = base::to_instant(std::chrono::floor<std::chrono::seconds>(world_.clock.now() + kRootLife));
  for (const crypto::PrivateKey* const key : keys) draft.keys.push_back(key->public_key());
  GUARDIAN_ASSIGN(crypto::Envelope envelope, bundle::make_trust_root(draft));
  for (const crypto::PrivateKey* const key : signers) crypto::sign_envelope(envelope, *key);
  std::string text = crypto::write_envelope(envelope);
  GUARDIAN_TRY(world_.files.write_and_sync(path(name + ".json"), text, base::FileAccess::OwnerOnly));
  return text;
}

SampleBundle Scene::bundle(unsigned generation) const {
  SampleBundle bundle;
  bundle.generation = generation;
  bundle.version = first_version_ + kBetweenVersions * generation;
  return bundle;
}

base::Result<Scene::Launched> Scene::launch(std::vector<std::string> arguments, std::vector<std::string> environment,
                                            const std::string& log) {
  Launched launched{{}, path("port-" + std::to_string(++launched_))};
  arguments.insert(arguments.end(), {"--port-file", launched.port_file, "--config", path("settings.toml")});
  environment.insert(environment.end(), {"ADMIN_TOKEN=" + admin_token_, "LOG_FORMAT=text", "LOG_LEVEL=info"});
  const auto inherited = sanitizer_options();
  environment.insert(environment.end(), inherited.begin(), inherited.end());
  GUARDIAN_ASSIGN(launched.process, Child::start({world_.program, arguments, environment, path(log)}));
  return launched;
}

base::Result<std::uint16_t> Scene::await_port(Launched& launched, const std::string& who) {
  std::uint16_t port = 0;
  GUARDIAN_TRY(world_.interrupt.wait_until("the " + who + " to listen", kPatience, [&]() -> base::Result<bool> {
    if (const auto code = launched.process.ended()) {
      return unexpected("the " + who + " ended at once with " + std::to_string(*code));
    }
    const auto text = world_.files.read_file(launched.port_file, kMaxPortBytes);
    const auto number = text ? base::parse_unsigned(base::trim(*text), UINT16_MAX) : std::nullopt;
    if (number) port = static_cast<std::uint16_t>(*number);
    return number.has_value();
  }));
  return port;
}

base::Result<RunningGateway> Scene::start_gateway(const GatewayOptions& options) {
  std::vector<std::string> arguments = {"gateway", "--dir", path("policies-repo"), "--port",
                                        std::to_string(options.port)};
  for (const std::string& file : options.key_files) arguments.insert(arguments.end(), {"--key", file});
  if (options.key_files.empty()) arguments.insert(arguments.end(), {"--key", path("key.pem")});
  for (const std::string& file : options.root_files) arguments.insert(arguments.end(), {"--trust-root", file});
  if (options.root_files.empty()) arguments.insert(arguments.end(), {"--trust-root", path("root.json")});
  // A port that was just let go can be somebody's for a moment.
  for (unsigned attempt = 1;; ++attempt) {
    GUARDIAN_ASSIGN(Launched launched, launch(arguments, {}, "gateway.log"));
    auto port = await_port(launched, "gateway");
    if (port) return RunningGateway{std::move(launched.process), *port};
    const bool again = options.port != 0 && launched.process.ended() && attempt < kPortAttempts;
    if (!again || !world_.interrupt.pause(kBetweenPortAttempts)) return std::move(port).error();
  }
}

base::Status Scene::publish(const SampleBundle& bundle, RunningGateway* gateway) {
  GUARDIAN_TRY(write_directory(world_.files, path("policies-repo"), bundle));
  if (gateway != nullptr) gateway->process.send(SIGHUP);
  return {};
}

base::Result<Scene::Launched> Scene::launch_serve(std::optional<std::uint16_t> gateway_port) {
  std::vector<std::string> arguments = {"serve"};
  std::vector<std::string> environment = {"CACHE_DIR=" + path("cache"), "TRUST_ROOT=" + path("root.json"),
                                          "HOST=127.0.0.1", "PORT=0", "BUNDLE_SYNC_INTERVAL=1"};
  if (gateway_port) {
    environment.push_back("GATEWAY_URL=http://127.0.0.1:" + std::to_string(*gateway_port));
  } else {
    arguments.emplace_back("--offline");
  }
  return launch(std::move(arguments), std::move(environment), "sidecar.log");
}

base::Result<Child> Scene::launch_sidecar(std::optional<std::uint16_t> gateway_port) {
  GUARDIAN_ASSIGN(Launched launched, launch_serve(gateway_port));
  return std::move(launched.process);
}

base::Result<Subject> Scene::start_sidecar(std::optional<std::uint16_t> gateway_port) {
  GUARDIAN_ASSIGN(Launched launched, launch_serve(gateway_port));
  GUARDIAN_ASSIGN(const std::uint16_t port, await_port(launched, "sidecar"));
  return Subject(std::move(launched.process), port, admin_token_);
}

base::Status Scene::stop(Subject& sidecar) const {
  GUARDIAN_ASSIGN(const int code, sidecar.process().stop(kStopGrace));
  return expect(code == 0, "the sidecar exited with " + std::to_string(code) + " after SIGTERM");
}

base::Status Scene::await_health(Subject& sidecar, const std::string& what,
                                 const std::function<bool(const HealthSeen&)>& condition) const {
  HealthSeen last;
  auto done = world_.interrupt.wait_until(what, kPatience, [&]() -> base::Result<bool> {
    GUARDIAN_ASSIGN(last, sidecar.health());
    return condition(last);
  });
  if (done.ok()) return {};
  return Error(done.error().code(), done.error().message() + "; health: " + last.text());
}

base::Status Scene::await_healthy(Subject& sidecar) const {
  return await_health(sidecar, "a healthy sidecar",
                      [](const HealthSeen& health) { return health.http_status == 200 && health.status == "healthy"; });
}

base::Status Scene::await_enforced(Subject& sidecar, const SampleBundle& bundle) const {
  GUARDIAN_TRY(await_health(sidecar, named(bundle) + " to be enforced", [&](const HealthSeen& health) {
    return health.version == base::format_rfc3339(bundle.version);
  }));
  return check_enforces(sidecar, bundle);
}

base::Status Scene::check_enforces(Subject& sidecar, const SampleBundle& bundle) const {
  GUARDIAN_ASSIGN(const HealthSeen health, sidecar.health());
  GUARDIAN_TRY(expect(health.version == base::format_rfc3339(bundle.version),
                      named(bundle) + " should be enforced; health: " + health.text()));
  for (const unsigned other : {bundle.generation - 1, bundle.generation, bundle.generation + 1}) {
    GUARDIAN_ASSIGN(const bool allowed, sidecar.allows(action_of(other)));
    GUARDIAN_TRY(expect(allowed == (other == bundle.generation), "under " + named(bundle) + " `" + action_of(other) +
                                                                     "` is " + (allowed ? "allowed" : "denied")));
  }
  return {};
}

base::Status Scene::check_applies(Subject& sidecar, const SampleBundle& bundle) const {
  GUARDIAN_ASSIGN(const SyncSeen seen, sidecar.sync());
  // The sync that runs by itself may have been quicker.
  GUARDIAN_TRY(expect(seen.outcome == "applied" || seen.outcome == "unchanged",
                      named(bundle) + " should be applied, but the sync was " + seen.text()));
  return check_enforces(sidecar, bundle);
}

base::Status Scene::check_refuses(Subject& sidecar, std::string_view code, const SampleBundle& in_force) const {
  GUARDIAN_ASSIGN(const SyncSeen seen, sidecar.sync());
  GUARDIAN_TRY(expect(seen.outcome == "refused" && seen.code == code,
                      "the sync should be refused (" + std::string(code) + "), but was " + seen.text()));
  return check_enforces(sidecar, in_force);
}

std::string Scene::logs() const {
  std::string all;
  for (const char* const name : {"gateway.log", "sidecar.log"}) {
    const auto text = world_.files.read_file(path(name), kMaxLogBytes);
    if (!text || text->empty()) continue;
    all += std::string("last lines of ") + name + ":\n" + last_lines(*text, kLogLinesShown);
  }
  return all;
}

}  // namespace guardian::tools
