#include "guardian/sidecar/sidecar.h"

#include <optional>
#include <utility>
#include <vector>

#include "guardian/analysis/cost.h"
#include "guardian/base/file_lock.h"
#include "guardian/bundle/cache.h"
#include "guardian/crypto/digest.h"
#include "guardian/limits/make_store.h"
#include "guardian/sidecar/health.h"
#include "guardian/sidecar/request_guard.h"
#include "guardian/sync/poller.h"
#include "guardian/sync/syncer.h"
#include "guardian_version.h"

namespace guardian::sidecar {

namespace {

using base::LogLevel;

constexpr std::chrono::seconds kShutdownGrace{10};
constexpr std::size_t kRedactionKeyBytes = 32;

// The bundle of `serve --offline --bundle FILE`: verified as a fetched one is, since the operator hands it over now.
base::Status activate_file(const std::string& path, const sync::Options& options, const World& world,
                           decision::ActiveSnapshot& active) {
  if (options.trust_root.empty()) {
    return base::Error(base::ErrorCode::NoTrustRoot, "--bundle needs TRUST_ROOT to verify the bundle with");
  }
  auto trust = bundle::TrustRoot::parse(options.trust_root);
  if (!trust) return std::move(trust).error().within("TRUST_ROOT");
  GUARDIAN_ASSIGN(std::string bytes, world.files.read_file(path, options.max_bundle_bytes));
  GUARDIAN_ASSIGN(auto sealed, bundle::SealedBundle::open(std::move(bytes), options.max_bundle_bytes));
  const bundle::Admission admission{bundle::Origin::Fetched, base::to_instant(world.clock.now()), std::nullopt};
  GUARDIAN_ASSIGN(auto verified, bundle::verify(std::move(sealed), *trust, admission));
  active.activate(std::make_shared<const decision::Snapshot>(std::move(verified)));
  return {};
}

}  // namespace

// In the order of construction: each member may use those above it, and dies before them.
struct Sidecar::State {
  State(Options chosen, World borrowed)
      : options(std::move(chosen)),
        world(borrowed),
        cache(world.files, options.cache_directory),
        began(world.clock.monotonic()) {}

  // Without a directory that is ours the counts live in memory.
  [[nodiscard]] base::Status make_guard(bool cache_usable);
  void warn_of_cost(const decision::Snapshot& snapshot) const;
  // Makes and locks the cache directory.
  [[nodiscard]] base::Status take_cache();
  [[nodiscard]] std::vector<net::Route> routes() const;
  [[nodiscard]] Health health() const;
  [[nodiscard]] net::Response index() const;

  Options options;
  World world;
  std::optional<base::FileLock> lock;
  bundle::Cache cache;
  decision::ActiveSnapshot active;
  std::unique_ptr<limits::Store> limits;
  std::optional<RequestGuard> guard;
  std::chrono::nanoseconds began;
  std::vector<std::string> problems;  // found at start
  std::unique_ptr<sync::Syncer> syncer;
  std::uint16_t port = 0;
  std::unique_ptr<net::HttpServer> server;
  std::unique_ptr<sync::Poller> poller;
};

base::Status Sidecar::State::take_cache() {
  GUARDIAN_TRY(cache.prepare());
  GUARDIAN_ASSIGN(lock, base::FileLock::try_lock(cache.lock_path()));
  return {};
}

base::Status Sidecar::State::make_guard(bool cache_usable) {
  limits::Options counting;
  counting.redis_url = options.rate_limit_store;
  if (cache_usable) counting.directory = options.cache_directory + "/limits";
  auto made = limits::make_store(counting, world.files, world.clock);
  if (!made) return std::move(made).error().within("RATE_LIMIT_STORE");
  limits = std::move(made).value();
  guard.emplace(GuardOptions{options.mode, options.enforce_expiry}, active, *limits, world.clock, world.logger,
                audit::Redactor(crypto::random_bytes(kRedactionKeyBytes)));
  return {};
}

void Sidecar::State::warn_of_cost(const decision::Snapshot& snapshot) const {
  if (!options.max_eval_cost) return;
  const auto cost = analysis::worst_decision(snapshot.bundle().payload());
  if (cost.steps() <= *options.max_eval_cost) return;
  world.logger.log(LogLevel::Warn, "eval_cost_above_limit",
                   {{"version", snapshot.bundle().payload().version.text()},
                    {"steps", std::to_string(cost.steps())},
                    {"limit", std::to_string(*options.max_eval_cost)},
                    {"agent", cost.agent_id.empty() ? "not listed" : std::string(cost.agent_id)},
                    {"action", "enforcing_all_the_same"}});
}

Health Sidecar::State::health() const {
  const auto snapshot = active.get();
  std::vector<std::string> all_problems = problems;
  if (std::string problem = limits->problem(); !problem.empty()) all_problems.push_back(std::move(problem));
  return judge_health({.snapshot = snapshot.get(),
                       .sync = syncer->status(),
                       .mode = options.mode,
                       .now = world.clock.now(),
                       .uptime = std::chrono::floor<std::chrono::seconds>(world.clock.monotonic() - began),
                       .problems = std::move(all_problems)});
}

net::Response Sidecar::State::index() const {
  net::Response response;
  json::Writer out(response.body);
  out.begin_object().member("name", "guardian").member("version", GUARDIAN_VERSION);
  out.member("mode", decision::to_string(options.mode)).member("docs", "guardian(1)").end_object();
  return response;
}

std::vector<net::Route> Sidecar::State::routes() const {
  const auto answer_health = [this](const net::Request&) {
    Health judged = health();
    net::Response response;
    response.status = judged.http_status();
    response.body = std::move(judged.body);
    return response;
  };
  const auto live = [](const net::Request&) {
    net::Response response;
    response.body = R"({"status":"live"})";
    return response;
  };
  const auto ready = [this](const net::Request&) {
    net::Response response;
    const bool loaded = active.get() != nullptr;
    response.status = loaded ? 200 : 503;
    response.body = loaded ? R"({"status":"ready"})" : R"({"status":"waiting for a policy bundle"})";
    return response;
  };
  return {
      {"POST", "/enforce",
       [this](const net::Request& request, net::Reply reply) { guard->enforce(request, std::move(reply)); }},
      {"POST", "/enforce/batch",
       [this](const net::Request& request, net::Reply reply) { guard->enforce_batch(request, std::move(reply)); }},
      {"GET", "/health", answer_health},
      {"GET", "/livez", live},
      {"GET", "/readyz", ready},
      {"GET", "/ready", ready},
      {"GET", "/", [this](const net::Request&) { return index(); }},
  };
}

base::Result<std::unique_ptr<Sidecar>> Sidecar::start(Options options, World world) {
  auto state = std::make_unique<State>(std::move(options), world);
  const base::Status cache_usable = state->take_cache();
  if (!cache_usable.ok() && cache_usable.error().code() != base::ErrorCode::Io) return cache_usable.error();
  GUARDIAN_TRY(state->make_guard(cache_usable.ok()));
  GUARDIAN_ASSIGN(state->syncer,
                  sync::Syncer::create(state->options.sync, state->cache, world.client, world.clock, state->active));
  if (const auto loaded = state->syncer->load_cached(); !loaded) {
    const bool enforcing = state->active.get() != nullptr;
    world.logger.log(LogLevel::Error, enforcing ? "cache_state_unreadable" : "cached_bundle_refused",
                     {{"code", std::string(to_string(loaded.error().code()))},
                      {"reason", loaded.error().message()},
                      {"action", enforcing ? "enforcing_the_cached_bundle" : "waiting_for_the_gateway"}});
  }
  if (!state->options.bundle_file.empty()) {
    auto activated = activate_file(state->options.bundle_file, state->options.sync, world, state->active);
    if (!activated) return std::move(activated).error().within(state->options.bundle_file);
  }
  // A cache that cannot be written is survivable with a verified bundle in hand, and only then (cli.md, CACHE_DIR).
  if (!cache_usable.ok()) {
    if (state->active.get() == nullptr) return cache_usable.error();
    state->problems.push_back(cache_usable.error().message());
  }
  GUARDIAN_ASSIGN(state->server, net::HttpServer::start(state->options.server, state->routes()));
  state->port = state->server->port();
  const auto snapshot = state->active.get();
  world.logger.log(LogLevel::Info, "serving",
                   {{"version", GUARDIAN_VERSION},
                    {"host", state->options.server.host},
                    {"port", std::to_string(state->port)},
                    {"mode", std::string(decision::to_string(state->options.mode))},
                    {"bundle", snapshot == nullptr ? "none" : snapshot->bundle().payload().version.text()}});
  if (snapshot != nullptr) state->warn_of_cost(*snapshot);
  if (!state->options.offline) {
    state->poller = std::make_unique<sync::Poller>(
        *state->syncer, state->options.sync.interval, world.logger,
        [state = state.get()](const decision::Snapshot& activated) { state->warn_of_cost(activated); });
  }
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(state)));
}

Sidecar::Sidecar(std::unique_ptr<State> state) : state_(std::move(state)) {}

Sidecar::~Sidecar() { stop(); }

std::uint16_t Sidecar::port() const noexcept { return state_->port; }

void Sidecar::stop() {
  if (state_->server == nullptr) return;
  state_->server->stop(std::chrono::duration_cast<std::chrono::milliseconds>(kShutdownGrace));
  state_->poller.reset();
  state_->server.reset();
  state_->world.logger.log(LogLevel::Info, "stopped", {});
}

}  // namespace guardian::sidecar
