// One turn of the bundle pipeline (house.md): newer trust roots -> fetch (capped) -> verify -> compile -> persist ->
// activate. Status and ETag move last; a failure at any step leaves the active snapshot as it is. `serve` turns it in a
// loop, `sync` once.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "guardian/base/clock.h"
#include "guardian/base/mutex.h"
#include "guardian/base/result.h"
#include "guardian/bundle/cache.h"
#include "guardian/bundle/time_floor.h"
#include "guardian/decision/snapshot.h"
#include "guardian/net/client.h"
#include "guardian/sync/bundle_age.h"
#include "guardian/sync/options.h"
#include "guardian/sync/status.h"
#include "guardian/sync/trust.h"

namespace guardian::sync {

// How one sync is to go.
struct Turn {
  std::stop_token stop;          // ends it early; what it had not finished is as if it had not begun
  std::chrono::seconds hold{0};  // how long the gateway may hold the request for the bundle
};

// load_cached, use_file and sync_once are for one thread at a time; status(), time_floor() and age() for any.
class Syncer {
 public:
  // InvalidInput for a gateway URL that does not parse, or is plain http to a host that is not loopback without
  // ALLOW_INSECURE_GATEWAY (gateway.md), and for a trust root that does not parse. All references must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<Syncer>> create(Options options, bundle::Cache& cache,
                                                                    net::HttpClient& client, const base::Clock& clock,
                                                                    decision::ActiveSnapshot& active);

  // Verifies and activates what the cache holds: the current bundle, which is moved to quarantine/ when it does not
  // verify, else the newest of previous/ that does (bundle.md section 4). The error says what was wrong, whether or not
  // something is active afterwards; status() has it too. An empty cache is no error.
  [[nodiscard]] base::Status load_cached();
  // Verifies and activates a bundle that the operator hands over, whatever version is cached; nothing is written.
  // Bootstrap (BOOTSTRAP_BUNDLE) may be expired, File (`serve --offline --bundle`) may not.
  [[nodiscard]] base::Status use_file(std::string bytes, bundle::BundleSource source);

  // One sync. Never throws, never blocks requests. Every attempt that is not cancelled moves the status.
  [[nodiscard]] SyncReport sync_once(const Turn& turn = {});

  // Frees the snapshot that a sync replaced, once the requests that began with it are over; waits for them for a
  // bounded time. sync_once does it first; who waits between syncs does it when its report is gone, and holds two for
  // no longer.
  void free_replaced(const std::stop_token& stop = {});

  [[nodiscard]] SyncStatus status() const;
  [[nodiscard]] const bundle::TimeFloor& time_floor() const noexcept { return time_floor_; }
  [[nodiscard]] const BundleAge& age() const noexcept { return age_; }
  // Settled by load_cached.
  [[nodiscard]] const std::string& sidecar_id() const noexcept { return state_.sidecar_id; }

 private:
  Syncer(Options options, Trust trust, bundle::Cache& cache, net::HttpClient& client, const base::Clock& clock,
         decision::ActiveSnapshot& active);

  [[nodiscard]] base::Status load_state();
  [[nodiscard]] base::Status load_bundle();
  void take_cached(bundle::CachedBundle cached);
  [[nodiscard]] std::chrono::nanoseconds since_last_sync() const;
  [[nodiscard]] base::Error quarantine(base::Error why);
  void tell_trust();
  void activate(std::shared_ptr<const bundle::VerifiedBundle> bundle, bundle::BundleSource source);

  [[nodiscard]] bool look_at_cache();
  [[nodiscard]] base::Status attempt(const Turn& turn, SyncReport& report);
  [[nodiscard]] base::Status ensure_trust(SyncReport& report);
  [[nodiscard]] Trust::Fetch root_fetch();
  void follow_roots();
  void use_waiting_root();
  [[nodiscard]] base::Result<net::Answer> send(net::Call call);
  [[nodiscard]] base::Status apply(net::Answer answer, SyncReport& report);
  void confirm(const decision::Snapshot* snapshot);
  void persist(const decision::Snapshot* snapshot);
  void finish(SyncReport& report);
  [[nodiscard]] base::Instant now() const { return base::to_instant(time_floor_.now()); }
  template <typename Change>
  void update_status(Change change) {
    const base::MutexLock lock(status_mutex_);
    change(status_);
  }

  Options options_;
  Trust trust_;
  bundle::Cache& cache_;
  net::HttpClient& client_;
  const base::Clock& clock_;
  decision::ActiveSnapshot& active_;
  bundle::TimeFloor time_floor_;
  BundleAge age_;

  bundle::CacheState state_;    // as it should stand on the disk
  bool floor_written_ = false;  // the state on the disk has a version floor
  bool stand_in_ = false;       // the active bundle is not the floor's: from previous/, a file or a cache since cleared
  bool unwritten_ = false;      // roots, bundle or state are not on the disk as they should be
  bool answered_ = false;       // this attempt got an HTTP answer
  std::stop_token stop_;        // of this attempt

  mutable base::Mutex status_mutex_;
  SyncStatus status_ GUARDIAN_GUARDED_BY(status_mutex_);
};

}  // namespace guardian::sync
