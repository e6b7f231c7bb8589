// What is enforced before the gateway has been asked: the cache, a bootstrap bundle, a file.
#include <algorithm>
#include <utility>

#include "guardian/sync/gateway_request.h"
#include "guardian/sync/syncer.h"

namespace guardian::sync {

namespace {

using base::Error;
using base::ErrorCode;
using base::Status;
using bundle::BundleSource;

// Between two readings of wall clocks, which may be centuries apart: more than nanoseconds can count.
std::chrono::nanoseconds between(base::Instant from, base::Instant to) {
  constexpr std::chrono::microseconds kMost = std::chrono::hours(24 * 365 * 100);
  const std::chrono::microseconds apart = base::to_time_point(to) - base::to_time_point(from);
  return std::clamp(apart, std::chrono::microseconds(0), kMost);
}

}  // namespace

Status Syncer::load_cached() {
  Status problem = load_state();
  if (auto loaded = load_bundle(); !loaded) problem = std::move(loaded);
  tell_trust();
  update_status([&](SyncStatus& status) {
    if (!problem.ok()) status.cache_problem = problem.error().message();
  });
  return problem;
}

Status Syncer::load_state() {
  Status problem;
  auto state = cache_.load_state();
  if (state) {
    state_ = std::move(state).value();
    floor_written_ = state_.floor.has_value();
  } else {
    problem = std::move(state).error();
  }
  if (!options_.sidecar_id.empty()) {
    state_.sidecar_id = options_.sidecar_id;
  } else if (state_.sidecar_id.empty()) {
    state_.sidecar_id = make_sidecar_id();
  }
  if (state_.time_floor) time_floor_.raise(*state_.time_floor);
  return problem;
}

Status Syncer::load_bundle() {
  if (auto loaded = trust_.load(cache_, state_); !loaded) return std::move(loaded).error().within("pinned trust root");
  if (!trust_.has_roots()) {
    if (!cache_.may_hold_bundle()) return {};
    return Error(ErrorCode::NoTrustRoot, "cached bundle: no trust root is configured or pinned");
  }
  bundle::CachedBundle cached = bundle::find_cached(cache_, trust_.chain(), state_, options_.max_bundle_bytes);
  std::optional<Error> why = std::move(cached.current_error);
  const bool stands_in = cached.bundle != nullptr && cached.source == BundleSource::Previous;
  if (cached.bundle != nullptr) take_cached(std::move(cached));
  if (why) why = quarantine(std::move(*why));
  if (why) state_.etag.clear();
  if (!stands_in) return why ? Status(*std::move(why)) : Status();
  const std::string instead = "enforcing version " + version_of(active_.get()) + " of previous/";
  if (!why) return Error(ErrorCode::NotFound, "the current bundle is lost, see quarantine/: " + instead);
  return Error(why->code(), why->message() + "; " + instead);
}

void Syncer::take_cached(bundle::CachedBundle cached) {
  const bundle::Payload& payload = cached.bundle->payload();
  trust_.put_in_force(cached.root_version);
  if (cached.source == BundleSource::Cache) {
    cache_.vouch_for_current(payload.version);
    // A state that is older than its bundle says nothing of this bundle's ETag.
    if (!state_.floor || cached.bundle->freshness() == bundle::Freshness::Newer) state_.etag.clear();
  }
  const bool confirmed = cached.source == BundleSource::Cache && state_.last_sync.has_value();
  const std::chrono::nanoseconds age = confirmed ? since_last_sync() : between(payload.timestamp, now());
  activate(std::move(cached.bundle), cached.source);
  age_.set(age, confirmed);
}

// The longer of what the clock says and what the floor had moved on by when it was last written: a clock that was set
// back makes no bundle younger. Compared with each other, a bundle issued ahead of the clock would be older or younger.
std::chrono::nanoseconds Syncer::since_last_sync() const {
  const auto by_clock = between(*state_.last_sync, base::to_instant(clock_.now()));
  if (!state_.last_sync_floor || !state_.time_floor) return by_clock;
  return std::max(by_clock, between(*state_.last_sync_floor, *state_.time_floor));
}

// Moved away only when it was read and is not what it should be: a disk that cannot be read, or a trust root that is
// not there, says nothing against it.
Error Syncer::quarantine(Error why) {
  const ErrorCode code = why.code();
  why = std::move(why).within("cached bundle");
  if (code == ErrorCode::Io || code == ErrorCode::NoTrustRoot) return why;
  const auto moved = cache_.quarantine_current(to_string(code));
  const std::string done =
      moved ? "moved to quarantine: " + *moved : "not moved to quarantine: " + moved.error().message();
  return {code, why.message() + "; " + done};
}

Status Syncer::use_file(std::string bytes, BundleSource source) {
  if (!trust_.has_roots()) {
    return Error(ErrorCode::NoTrustRoot, "no trust root to verify it with: set TRUST_ROOT");
  }
  GUARDIAN_TRY(trust_.check_reach());
  GUARDIAN_ASSIGN(auto sealed, bundle::SealedBundle::open(std::move(bytes), options_.max_bundle_bytes));
  const auto origin = source == BundleSource::File ? bundle::Origin::Fetched : bundle::Origin::Provided;
  GUARDIAN_ASSIGN(auto verified, bundle::verify(std::move(sealed), trust_.newest(), {origin, now(), std::nullopt}));
  const base::Instant issued = verified->payload().timestamp;
  const auto floor = state_.floor;
  activate(std::move(verified), source);
  age_.set(between(issued, now()), false);
  const auto& version = active_.get()->bundle().payload().version;
  if (!floor || (floor->version.same_kind(version) && version.compare(floor->version) >= 0)) return {};
  const std::string_view how = floor->version.same_kind(version) ? "older than" : "of another kind than";
  const std::string problem = "enforcing version " + version.text() + " of a file, " + std::string(how) +
                              " the newest seen, " + floor->version.text();
  update_status(
      [&](SyncStatus& status) { status.cache_problem += (status.cache_problem.empty() ? "" : "; ") + problem; });
  return {};
}

}  // namespace guardian::sync
