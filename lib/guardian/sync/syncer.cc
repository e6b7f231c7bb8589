#include "guardian/sync/syncer.h"

#include <chrono>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/net/retry.h"
#include "guardian/sync/gateway_request.h"

namespace guardian::sync {

namespace {

using base::Error;
using base::ErrorCode;
using base::Status;
using bundle::BundleSource;

constexpr std::chrono::milliseconds kLeastHold{500};

}  // namespace

Syncer::Syncer(Options options, Trust trust, bundle::Cache& cache, net::HttpClient& client, const base::Clock& clock,
               decision::ActiveSnapshot& active)
    : options_(std::move(options)),
      trust_(std::move(trust)),
      cache_(cache),
      client_(client),
      clock_(clock),
      active_(active),
      time_floor_(clock),
      age_(clock) {
  status_.trust = trust_.source();
}

base::Result<std::unique_ptr<Syncer>> Syncer::create(Options options, bundle::Cache& cache, net::HttpClient& client,
                                                     const base::Clock& clock, decision::ActiveSnapshot& active) {
  // Without a gateway (serve --offline) only the cache is read.
  if (!options.gateway_url.empty()) GUARDIAN_TRY(check_gateway(options));
  GUARDIAN_ASSIGN(Trust trust, Trust::create(options.trust_root));
  return std::unique_ptr<Syncer>(new Syncer(std::move(options), std::move(trust), cache, client, clock, active));
}

// Somebody cleared the cache beside us: what it held, the version floor included, is forgotten here too, and this sync
// starts anew (bundle.md section 4). The active bundle stays in force meanwhile.
bool Syncer::look_at_cache() {
  const auto held = cache_.load_state();
  const bool cleared = held && floor_written_ && !held->floor;
  if (cleared) {
    floor_written_ = unwritten_ = false;
    // What was cleared comes back from the gateway alone.
    stand_in_ = true;
    const std::string sidecar_id = state_.sidecar_id;
    state_ = bundle::CacheState();
    state_.sidecar_id = sidecar_id;
    trust_.forget();
  } else if (!stand_in_ && active_.get() != nullptr && !cache_.may_hold_bundle()) {
    unwritten_ = true;
  }
  return cleared;
}

// A request that hangs must not keep new policies out: after a while it is three generations rather than an old policy.
void Syncer::free_replaced(const std::stop_token& stop) {
  constexpr std::chrono::seconds kPatience{10};
  active_.free_retired(kPatience, stop);
}

SyncReport Syncer::sync_once(const Turn& turn) {
  stop_ = turn.stop;
  free_replaced(turn.stop);
  answered_ = false;
  SyncReport report;
  report.before = active_.get();
  report.cache_cleared = look_at_cache();
  if (unwritten_) persist(report.before.get());
  if (auto done = attempt(turn, report); !done) report.error = std::move(done).error();
  if (report.error && stop_.stop_requested()) {
    report.outcome = Outcome::Cancelled;
    report.active = active_.get();
    return report;
  }
  finish(report);
  return report;
}

Status Syncer::attempt(const Turn& turn, SyncReport& report) {
  report.stage = Stage::Trust;
  GUARDIAN_TRY(ensure_trust(report));
  report.stage = Stage::Fetch;
  const std::string_view etag = report.before != nullptr ? std::string_view(state_.etag) : std::string_view();
  const auto hold = etag.empty() ? std::chrono::seconds(0) : turn.hold;
  const auto asked = clock_.monotonic();
  auto answer = send(bundle_call(options_, state_.sidecar_id, etag, hold));
  if (!answer) {
    report.retry_soon = answer.error().code() == ErrorCode::Network;
    return std::move(answer).error();
  }
  const bool held = hold > std::chrono::seconds(0) && was_held(*answer);
  // Whatever it says: without news the next request must not follow at once on an answer that came at once.
  report.held = held && clock_.monotonic() - asked >= kLeastHold;
  if (answer->status == 200) {
    // While the request was held the roots may have changed, and a key that signed this been taken out.
    if (held) follow_roots();
    report.stage = Stage::Verify;
    GUARDIAN_TRY(apply(std::move(*answer), report));
    if (report.outcome == Outcome::Applied) report.held = held;
    return {};
  }
  if (answer->status == 304 && !etag.empty()) {
    report.outcome = Outcome::Unchanged;
    confirm(report.before.get());
    return {};
  }
  report.retry_soon = net::is_transient(answer->status);
  if (report.retry_soon) report.retry_after = net::retry_after_of(*answer);
  return error_of_status(answer->status);
}

Status Syncer::ensure_trust(SyncReport& report) {
  if (trust_.has_roots()) {
    follow_roots();
    return {};
  }
  // The cache may hold a root that could not be read before.
  GUARDIAN_TRY(trust_.load(cache_, state_));
  if (!trust_.has_roots()) {
    if (auto adopted = trust_.adopt_first(root_fetch(), now()); !adopted) {
      const ErrorCode code = adopted.error().code();
      report.retry_soon = code == ErrorCode::Network;
      return code == ErrorCode::NotFound ? Status(Error(ErrorCode::Network, adopted.error().message())) : adopted;
    }
    // Pinning comes before use: a root that cannot be kept would be trusted anew, whoever answers, at every start.
    if (auto pinned = cache_.store_roots(trust_.chain(), trust_.newest().version()); !pinned) {
      trust_.forget();
      return pinned;
    }
    update_status([](SyncStatus& status) {
      ++status.first_uses;
      status.trust_problem.clear();
    });
  }
  tell_trust();
  return {};
}

Trust::Fetch Syncer::root_fetch() {
  return [this](std::optional<std::uint64_t> version) {
    return send(trust_root_call(options_, state_.sidecar_id, version));
  };
}

// Its failure does not stop the bundle, and a gateway that cannot be asked is no problem of the root's.
void Syncer::follow_roots() {
  const auto followed = trust_.follow(root_fetch(), now());
  if (trust_.is_waiting()) use_waiting_root();
  tell_trust();
  const bool refused = !followed && (followed.error().code() == ErrorCode::TrustRootInvalid ||
                                     followed.error().code() == ErrorCode::Expired);
  if (!followed && !refused && followed.error().code() != ErrorCode::NotFound) return;
  update_status([&](SyncStatus& status) { status.trust_problem = refused ? followed.error().message() : ""; });
}

void Syncer::tell_trust() {
  if (!trust_.has_roots()) return;
  update_status([&](SyncStatus& status) {
    status.trust = trust_.source();
    status.trust_expires_at = trust_.in_force().expires_at();
    status.root_version = trust_.in_force().version();
    status.waiting_root = trust_.is_waiting() ? trust_.newest().version() : 0;
  });
}

// The active bundle may carry what the new root asks for already.
void Syncer::use_waiting_root() {
  const auto snapshot = active_.get();
  if (snapshot == nullptr) return;
  const auto sealed = bundle::SealedBundle::open(snapshot->bundle().bytes(), options_.max_bundle_bytes);
  if (!sealed || !trust_.newest().vouches_for(sealed->envelope())) return;
  trust_.put_in_force(trust_.newest().version());
  persist(snapshot.get());
}

base::Result<net::Answer> Syncer::send(net::Call call) {
  call.stop = stop_;
  auto answer = client_.send(call);
  if (answer) answered_ = true;
  return answer;
}

// A root that is waiting counts already for what comes new: a bundle that only retired keys signed is refused.
Status Syncer::apply(net::Answer answer, SyncReport& report) {
  GUARDIAN_ASSIGN(auto sealed, bundle::SealedBundle::open(std::move(answer.body), options_.max_bundle_bytes));
  GUARDIAN_TRY(trust_.check_reach());
  const bundle::TrustRoot& root = trust_.newest();
  GUARDIAN_ASSIGN(auto verified,
                  bundle::verify(std::move(sealed), root, {bundle::Origin::Fetched, now(), state_.floor}));
  state_.etag = std::string(answer.headers.find("ETag").value_or(""));
  trust_.put_in_force(root.version());
  tell_trust();
  report.stage = Stage::Done;
  const bool known = verified->freshness() == bundle::Freshness::Unchanged;
  const bool is_active = known && report.before != nullptr && !stand_in_;
  report.outcome = is_active ? Outcome::Unchanged : Outcome::Applied;
  // The same payload may come with other signatures, which the cache needs when the trust root has changed.
  if (is_active && verified->bytes() == report.before->bundle().bytes()) {
    confirm(report.before.get());
  } else {
    activate(std::move(verified), BundleSource::Gateway);
  }
  return {};
}

// Only a verified bundle comes here. One from the gateway is written before it is enforced.
void Syncer::activate(std::shared_ptr<const bundle::VerifiedBundle> verified, BundleSource source) {
  stand_in_ = source == BundleSource::Previous || source == BundleSource::Bootstrap;
  // A 304 would confirm what the ETag is of, which this is not.
  if (stand_in_) state_.etag.clear();
  const auto floor = verified->as_floor();
  const bool raises = !state_.floor || (state_.floor->version.same_kind(floor.version) &&
                                        state_.floor->version.compare(floor.version) < 0);
  if (raises) state_.floor = floor;
  time_floor_.raise(verified->payload().timestamp);
  auto snapshot = std::make_shared<const decision::Snapshot>(std::move(verified));
  if (source == BundleSource::Gateway) {
    unwritten_ = true;
    confirm(snapshot.get());
  }
  active_.activate(std::move(snapshot));
  update_status([&](SyncStatus& status) { status.source = source; });
}

// The gateway says that `snapshot` is its newest.
void Syncer::confirm(const decision::Snapshot* snapshot) {
  age_.confirm();
  state_.last_sync = base::to_instant(clock_.now());
  state_.last_sync_floor.reset();
  if (const auto floor = time_floor_.value()) state_.last_sync_floor = base::to_instant(*floor);
  persist(snapshot);
}

// When only the write fails the verified bundle is enforced all the same, and every sync tries again (gateway.md).
void Syncer::persist(const decision::Snapshot* snapshot) {
  if (const auto floor = time_floor_.value()) state_.time_floor = base::to_instant(*floor);
  const auto write = [&]() -> Status {
    if (trust_.has_roots() && trust_.check_reach().ok()) {
      if (state_.trust != trust_.floor()) unwritten_ = true;
      state_.trust = trust_.floor();
      if (unwritten_) GUARDIAN_TRY(cache_.store_roots(trust_.chain(), state_.trust->version));
    }
    if (!unwritten_ || stand_in_ || snapshot == nullptr) return cache_.store_state(state_);
    return cache_.store(snapshot->bundle(), state_);
  };
  const Status written = write();
  unwritten_ = !written.ok();
  floor_written_ = written.ok() ? state_.floor.has_value() : floor_written_;
  update_status([&](SyncStatus& status) {
    status.persist_problem = written.ok() ? "" : written.error().message();
    if (written.ok() && !stand_in_ && snapshot != nullptr) status.cache_problem.clear();
  });
}

void Syncer::finish(SyncReport& report) {
  report.active = active_.get();
  const base::TimePoint moment = clock_.now();
  update_status([&](SyncStatus& status) {
    status.last_sync = moment;
    status.last_sync_success = !report.error;
    status.last_error = report.error ? report.error->message() : "";
    status.gateway_reachable = answered_;
  });
}

SyncStatus Syncer::status() const {
  const base::MutexLock lock(status_mutex_);
  return status_;
}

}  // namespace guardian::sync
