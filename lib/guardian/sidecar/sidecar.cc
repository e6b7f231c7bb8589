#include "guardian/sidecar/sidecar.h"

#include <optional>
#include <utility>
#include <vector>

#include "guardian/analysis/cost.h"
#include "guardian/base/file_lock.h"
#include "guardian/base/heap.h"
#include "guardian/bundle/cache.h"
#include "guardian/crypto/digest.h"
#include "guardian/limits/make_store.h"
#include "guardian/net/local_url.h"
#include "guardian/sidecar/admin_routes.h"
#include "guardian/sidecar/audit_trail.h"
#include "guardian/sidecar/health.h"
#include "guardian/sidecar/request_guard.h"
#include "guardian/sync/poller.h"
#include "guardian/sync/status_reporter.h"
#include "guardian/sync/syncer.h"
#include "guardian_version.h"

namespace guardian::sidecar {

namespace {

using base::LogLevel;

constexpr std::chrono::seconds kShutdownGrace{10};
constexpr std::size_t kThreadsBesideServer = 16;

}  // namespace

// In the order of construction: each member may use those above it, and dies before them.
struct Sidecar::State {
  State(Options chosen, World borrowed)
      : options(std::move(chosen)),
        world(borrowed),
        cache(world.files, options.cache_directory, options.bundle_history),
        began(world.clock.monotonic()) {}

  // Without a directory that is ours the counts live in memory.
  [[nodiscard]] base::Status make_guard(bool cache_usable);
  [[nodiscard]] base::Status open_audit(bool cache_usable);
  void warn_of_cost(const decision::Snapshot& snapshot) const;
  // Makes and locks the cache directory.
  [[nodiscard]] base::Status take_cache();
  [[nodiscard]] base::Status load();
  [[nodiscard]] base::Status load_file(const std::string& path, bundle::BundleSource source);
  void start_syncing();
  void synced(const sync::SyncReport& report);
  [[nodiscard]] std::vector<net::Route> routes() const;
  [[nodiscard]] Health health() const;
  [[nodiscard]] net::Response index() const;

  Options options;
  World world;
  std::optional<base::FileLock> lock;
  bundle::Cache cache;
  decision::ActiveSnapshot active;
  std::unique_ptr<limits::Store> limits;
  std::unique_ptr<AuditTrail> audit;
  std::optional<RequestGuard> guard;
  std::chrono::nanoseconds began;
  std::vector<std::string> problems;  // found at start
  std::string bootstrap_problem;      // found at start; no matter once there is a bundle
  std::unique_ptr<sync::Syncer> syncer;
  std::uint16_t port = 0;
  std::unique_ptr<sync::StatusReporter> reporter;
  bool told_success = false;  // the poller's own: how the last sync ended
  std::unique_ptr<sync::Poller> poller;
  std::unique_ptr<net::HttpServer> server;
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
  guard.emplace(
      GuardOptions{options.mode, options.enforce_expiry, options.max_bundle_age, std::string(syncer->sidecar_id())},
      active, BundleTimes{syncer->time_floor(), syncer->age()}, *limits, world.clock, audit->sink(),
      audit::Redactor(audit->redaction_key(), options.redaction));
  return {};
}

base::Status Sidecar::State::open_audit(bool cache_usable) {
  options.audit.directory = options.cache_directory + "/audit";
  options.audit.key_file = options.cache_directory + "/redaction.key";
  options.audit.awaits_flush = true;
  options.audit.sidecar = syncer->sidecar_id();
  options.audit.forwards = options.audit.forwards && !options.offline;
  const auto snapshot = active.get();
  AuditTrail::Start start{options.mode, std::nullopt, syncer->status().root_version};
  if (snapshot != nullptr) start.bundle_version = snapshot->bundle().payload().version.text();
  GUARDIAN_ASSIGN(audit, AuditTrail::open(options.audit, cache_usable, start, world.clock, world.logger));
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
  if (snapshot == nullptr && !bootstrap_problem.empty()) all_problems.push_back(bootstrap_problem);
  if (std::string problem = limits->problem(); !problem.empty()) all_problems.push_back(std::move(problem));
  AuditState recorded = audit->state();
  for (std::string& problem : recorded.problems) all_problems.push_back(std::move(problem));
  const auto age = std::chrono::floor<std::chrono::seconds>(syncer->age().age());
  return judge_health({.snapshot = snapshot.get(),
                       .sync = syncer->status(),
                       .mode = options.mode,
                       .now = syncer->time_floor().now(),
                       .clock_behind = syncer->time_floor().clock_behind(),
                       .age = syncer->age().confirmed() ? std::optional(age) : std::nullopt,
                       .too_old = options.max_bundle_age && syncer->age().age() > *options.max_bundle_age,
                       .uptime = std::chrono::floor<std::chrono::seconds>(world.clock.monotonic() - began),
                       .audit_pending = recorded.pending,
                       .audit_dropped = recorded.dropped,
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
  std::vector<net::Route> all = {
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
  for (net::Route& route :
       admin_routes({options.sync.admin_token, poller.get(), *syncer, options.audit.directory, world.clock})) {
    all.push_back(std::move(route));
  }
  return all;
}

base::Status Sidecar::State::load_file(const std::string& path, bundle::BundleSource source) {
  const auto load = [&]() -> base::Status {
    GUARDIAN_ASSIGN(std::string bytes, world.files.read_file(path, options.sync.max_bundle_bytes));
    return syncer->use_file(std::move(bytes), source);
  };
  auto loaded = load();
  if (!loaded) return std::move(loaded).error().within(path);
  return {};
}

// What is enforced before the gateway has been asked.
base::Status Sidecar::State::load() {
  if (const auto loaded = syncer->load_cached(); !loaded) {
    const bool enforcing = active.get() != nullptr;
    world.logger.log(LogLevel::Error, enforcing ? "cache_damaged" : "cached_bundle_refused",
                     {{"code", std::string(to_string(loaded.error().code()))},
                      {"reason", loaded.error().message()},
                      {"action", enforcing ? "enforcing_" + sync::version_of(active.get())
                                           : std::string("waiting_for_the_gateway")}});
  }
  if (active.get() == nullptr && !options.bootstrap_bundle.empty()) {
    if (auto used = load_file(options.bootstrap_bundle, bundle::BundleSource::Bootstrap); !used) {
      auto error = std::move(used).error().within("BOOTSTRAP_BUNDLE");
      world.logger.log(LogLevel::Error, "bootstrap_bundle_refused",
                       {{"code", std::string(to_string(error.code()))},
                        {"reason", error.message()},
                        {"action", "waiting_for_the_gateway"}});
      bootstrap_problem = error.message();
    }
  }
  if (options.bundle_file.empty()) return {};
  return load_file(options.bundle_file, bundle::BundleSource::File);
}

void Sidecar::State::start_syncing() {
  audit->start_forwarding(world.client, options.sync);
  reporter = std::make_unique<sync::StatusReporter>(options.sync, syncer->sidecar_id(), world.client,
                                                    [this] { return health().body; });
  poller = std::make_unique<sync::Poller>(*syncer, options.sync, world.logger,
                                          [this](const sync::SyncReport& report) { synced(report); });
}

void Sidecar::State::synced(const sync::SyncReport& report) {
  audit->synced(report, syncer->status().root_version);
  if (report.outcome == sync::Outcome::Applied) warn_of_cost(*report.active);
  const bool success = !report.error;
  if (report.outcome == sync::Outcome::Applied || success != told_success) reporter->notify();
  told_success = success;
}

base::Result<std::unique_ptr<Sidecar>> Sidecar::open(Options options, World world) {
  base::allow_heaps(options.server.threads + kThreadsBesideServer);
  auto state = std::make_unique<State>(std::move(options), world);
  const base::Status cache_usable = state->take_cache();
  if (!cache_usable.ok() && cache_usable.error().code() != base::ErrorCode::Io) return cache_usable.error();
  GUARDIAN_ASSIGN(state->syncer,
                  sync::Syncer::create(state->options.sync, state->cache, world.client, world.clock, state->active));
  GUARDIAN_TRY(state->load());
  // A cache that cannot be written is survivable with a verified bundle in hand, and only then (cli.md, CACHE_DIR).
  if (!cache_usable.ok()) {
    if (state->active.get() == nullptr) return cache_usable.error();
    state->problems.push_back(cache_usable.error().message());
  }
  GUARDIAN_TRY(state->open_audit(cache_usable.ok()));
  GUARDIAN_TRY(state->make_guard(cache_usable.ok()));
  if (const auto snapshot = state->active.get()) {
    world.logger.log(
        LogLevel::Info, "bundle_loaded",
        {{"version", sync::version_of(snapshot)}, {"source", std::string(to_string(state->syncer->status().source))}});
    state->warn_of_cost(*snapshot);
  }
  if (!state->options.offline) state->start_syncing();
  return std::unique_ptr<Sidecar>(new Sidecar(std::move(state)));
}

base::Status Sidecar::listen() {
  State& state = *state_;
  state.options.server.rested = [audit = state.audit->store()] {
    if (audit != nullptr) audit->flush();
  };
  GUARDIAN_ASSIGN(state.server, net::HttpServer::start(state.options.server, state.routes()));
  state.port = state.server->port();
  if (state.lock) state.lock->write_note(net::local_url(state.options.server.host, state.port));
  state.world.logger.log(LogLevel::Info, "serving",
                         {{"version", GUARDIAN_VERSION},
                          {"host", state.options.server.host},
                          {"port", std::to_string(state.port)},
                          {"mode", std::string(decision::to_string(state.options.mode))},
                          {"bundle", sync::version_of(state.active.get())}});
  return {};
}

base::Result<std::unique_ptr<Sidecar>> Sidecar::start(Options options, World world) {
  GUARDIAN_ASSIGN(auto sidecar, open(std::move(options), world));
  GUARDIAN_TRY(sidecar->listen());
  return sidecar;
}

bool Sidecar::has_bundle() const { return state_->active.get() != nullptr; }

void Sidecar::sync_now() {
  if (state_->poller != nullptr) state_->poller->sync_now(nullptr);
}

Sidecar::Sidecar(std::unique_ptr<State> state) : state_(std::move(state)) {}

Sidecar::~Sidecar() { stop(); }

std::uint16_t Sidecar::port() const noexcept { return state_->port; }

void Sidecar::stop() {
  // First: a request that waits for a sync must not hold the server.
  if (state_->poller != nullptr) state_->poller->stop();
  if (state_->server == nullptr) return;
  state_->server->stop(std::chrono::duration_cast<std::chrono::milliseconds>(kShutdownGrace));
  state_->server.reset();
  state_->audit->stop();
  state_->world.logger.log(LogLevel::Info, "stopped", {});
}

}  // namespace guardian::sidecar
