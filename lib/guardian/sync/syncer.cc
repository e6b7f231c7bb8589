#include "guardian/sync/syncer.h"

#include <algorithm>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/sync/gateway_request.h"

namespace guardian::sync {

namespace {

using base::Error;
using base::ErrorCode;

// Whether trying again before the interval is over may help (gateway.md, Errors).
bool is_transient(int status) noexcept {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

Error error_of_status(int status) {
  if (status == 401 || status == 403) {
    return Error(ErrorCode::Unauthorized,
                 "the gateway refused the token (" + std::to_string(status) + "): check ADMIN_TOKEN");
  }
  if (status == 404) return Error(ErrorCode::Network, "the gateway has no bundle yet (404)");
  return Error(ErrorCode::Network, "the gateway answered " + std::to_string(status));
}

}  // namespace

std::string_view to_string(TrustSource source) noexcept {
  switch (source) {
    case TrustSource::Configured:
      return "configured";
    case TrustSource::Pinned:
      return "pinned";
    case TrustSource::FirstUse:
      return "first-use";
  }
  GUARDIAN_ASSERT(false);
}

Syncer::Syncer(Options options, bundle::Cache& cache, net::HttpClient& client, const base::Clock& clock,
               decision::ActiveSnapshot& active)
    : options_(std::move(options)), cache_(cache), client_(client), clock_(clock), active_(active) {}

base::Result<std::unique_ptr<Syncer>> Syncer::create(Options options, bundle::Cache& cache, net::HttpClient& client,
                                                     const base::Clock& clock, decision::ActiveSnapshot& active) {
  // Without a gateway (serve --offline) only the cache is read.
  if (!options.gateway_url.empty()) GUARDIAN_TRY(check_gateway(options));
  std::unique_ptr<Syncer> syncer(new Syncer(std::move(options), cache, client, clock, active));
  if (!syncer->options_.trust_root.empty()) {
    auto root = bundle::TrustRoot::parse(syncer->options_.trust_root);
    if (!root) return std::move(root).error().within("TRUST_ROOT");
    syncer->take_trust(std::move(root).value(), TrustSource::Configured);
  }
  return syncer;
}

base::Status Syncer::load_cached() {
  auto state = cache_.load_state();
  base::Status problem;
  if (state) {
    state_ = std::move(state).value();
  } else {
    problem = std::move(state).error();
  }
  if (state_.sidecar_id.empty()) {
    state_.sidecar_id = options_.sidecar_id.empty() ? make_sidecar_id() : options_.sidecar_id;
  }
  const auto load = [&]() -> base::Status {
    GUARDIAN_ASSIGN(auto sealed, cache_.load_bundle(options_.max_bundle_bytes));
    if (!sealed) return {};
    if (!trust_) GUARDIAN_TRY(use_pinned_root());
    if (!trust_) return Error(ErrorCode::NoTrustRoot, "no trust root is configured or pinned");
    const bundle::Admission admission{bundle::Origin::Cached, effective_now(), state_.floor};
    GUARDIAN_ASSIGN(auto verified, bundle::verify(std::move(*sealed), *trust_, admission));
    if (!state_.floor || verified->freshness() == bundle::Freshness::Newer) {
      // The state on the disk is older than its bundle: what it says of the gateway's answer is not about this bundle.
      state_.floor = verified->as_floor();
      state_.etag.clear();
    }
    raise_time_floor(verified->payload().timestamp);
    active_.activate(std::make_shared<const decision::Snapshot>(std::move(verified)));
    return {};
  };
  auto loaded = load();
  if (!loaded) {
    state_.etag.clear();
    problem = std::move(loaded).error().within("cached bundle");
  }
  update_status([&](SyncStatus& status) {
    if (!problem.ok()) status.cache_error = problem.error().message();
    if (state_.last_sync && active_.get() != nullptr) status.confirmed = base::to_time_point(*state_.last_sync);
  });
  return problem;
}

void Syncer::take_trust(bundle::TrustRoot root, TrustSource source) {
  trust_ = std::move(root);
  update_status([&](SyncStatus& status) {
    status.trust = source;
    status.trust_expires_at = trust_->expires_at();
  });
}

base::Status Syncer::use_pinned_root() {
  GUARDIAN_ASSIGN(auto pinned, cache_.load_root());
  if (pinned) {
    take_trust(std::move(*pinned), TrustSource::Pinned);
  }
  return {};
}

base::Status Syncer::use_trust_root() {
  if (trust_) return {};
  GUARDIAN_TRY(use_pinned_root());
  if (trust_) return {};
  GUARDIAN_ASSIGN(net::Answer answer, send(trust_root_call(options_, state_.sidecar_id)));
  if (answer.status != 200) return error_of_status(answer.status).within("trust root");
  auto root = bundle::TrustRoot::parse_root_envelope(answer.body);
  if (!root) return std::move(root).error().within("the gateway's trust root");
  const auto& expires_at = root->expires_at();
  if (expires_at && !(effective_now() < *expires_at)) {
    return Error(ErrorCode::Expired, "the gateway's trust root has expired");
  }
  // Pinning comes before use: a root that cannot be kept would be trusted anew, whoever answers, at every start.
  GUARDIAN_TRY(cache_.store_root(*root));
  take_trust(std::move(root).value(), TrustSource::FirstUse);
  return {};
}

base::Result<net::Answer> Syncer::send(net::Call call) {
  call.stop = stop_;
  auto answer = client_.send(call);
  if (answer) answered_ = true;
  return answer;
}

// Somebody cleared the cache beside us: what it held, the version floor included, is forgotten here too, and this sync
// starts anew (bundle.md section 4). The active bundle stays in force meanwhile.
void Syncer::notice_cleared_cache() {
  if (active_.get() == nullptr || !status().persist_error.empty() || cache_.may_hold_bundle()) return;
  const std::string sidecar_id = state_.sidecar_id;
  state_ = bundle::CacheState();
  state_.sidecar_id = sidecar_id;
  if (status().trust != TrustSource::Configured) trust_.reset();
}

SyncReport Syncer::sync_once(const std::stop_token& stop) {
  stop_ = stop;
  SyncReport report;
  report.before = active_.get();
  answered_ = false;
  notice_cleared_cache();
  if (report.before != nullptr && !status().persist_error.empty()) persist(*report.before);
  const auto attempt = [&]() -> base::Status {
    if (auto trusted = use_trust_root(); !trusted) {
      report.retry_soon = trusted.error().code() == ErrorCode::Network;
      return trusted;
    }
    const std::string_view etag = report.before != nullptr ? std::string_view(state_.etag) : std::string_view();
    auto answer = send(bundle_call(options_, state_.sidecar_id, etag));
    if (!answer) {
      report.retry_soon = answer.error().code() == ErrorCode::Network;
      return std::move(answer).error();
    }
    if (answer->status == 200) return apply(std::move(*answer), report);
    if (answer->status == 304 && !etag.empty()) return confirm(report);
    report.retry_soon = is_transient(answer->status);
    report.retry_after = retry_after_of(*answer);
    return error_of_status(answer->status);
  };
  auto done = attempt();
  if (!done) report.error = std::move(done).error();
  finish(report);
  return report;
}

base::Status Syncer::apply(net::Answer answer, SyncReport& report) {
  GUARDIAN_ASSIGN(auto sealed, bundle::SealedBundle::open(std::move(answer.body), options_.max_bundle_bytes));
  const bundle::Admission admission{bundle::Origin::Fetched, effective_now(), state_.floor};
  GUARDIAN_ASSIGN(auto verified, bundle::verify(std::move(sealed), *trust_, admission));
  state_.etag = std::string(answer.headers.find("ETag").value_or(""));
  // The floor's own bundle is taken again when nothing is active: the cached copy may have been lost.
  if (verified->freshness() == bundle::Freshness::Unchanged && report.before != nullptr) return confirm(report);
  state_.floor = verified->as_floor();
  raise_time_floor(verified->payload().timestamp);
  state_.last_sync = base::to_instant(clock_.now());
  auto snapshot = std::make_shared<const decision::Snapshot>(std::move(verified));
  persist(*snapshot);
  active_.activate(std::move(snapshot));
  report.outcome = Outcome::Applied;
  return {};
}

base::Status Syncer::confirm(SyncReport& report) {
  state_.last_sync = base::to_instant(clock_.now());
  const auto stored = cache_.store_state(state_);
  update_status([&](SyncStatus& status) {
    if (stored.ok()) {
      status.cache_error.clear();
    } else {
      status.persist_error = stored.error().message();
    }
  });
  report.outcome = Outcome::Unchanged;
  return {};
}

// When only the write fails the verified bundle is enforced all the same, and every sync tries again (gateway.md).
void Syncer::persist(const decision::Snapshot& snapshot) {
  const auto stored = cache_.store(snapshot.bundle(), state_);
  update_status([&](SyncStatus& status) {
    status.persist_error = stored.ok() ? "" : stored.error().message();
    if (stored.ok()) status.cache_error.clear();
  });
}

void Syncer::raise_time_floor(base::Instant timestamp) {
  state_.time_floor = std::max(state_.time_floor.value_or(timestamp), timestamp);
}

base::Instant Syncer::effective_now() const {
  const base::Instant now = base::to_instant(clock_.now());
  return std::max(now, state_.time_floor.value_or(now));
}

void Syncer::finish(SyncReport& report) {
  report.active = active_.get();
  const base::TimePoint now = clock_.now();
  update_status([&](SyncStatus& status) {
    status.last_sync = now;
    status.last_sync_success = !report.error;
    status.last_error = report.error ? report.error->message() : "";
    status.gateway_reachable = answered_;
    if (!report.error) status.confirmed = now;
  });
}

SyncStatus Syncer::status() const {
  const base::MutexLock lock(status_mutex_);
  return status_;
}

template <typename Change>
void Syncer::update_status(Change change) {
  const base::MutexLock lock(status_mutex_);
  change(status_);
}

}  // namespace guardian::sync
