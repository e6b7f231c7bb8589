// One turn of the bundle pipeline (house.md): fetch (capped) -> verify -> compile -> persist -> activate. Status and
// ETag move last; a failure at any step leaves the active snapshot as it is. `serve` turns it in a loop, `sync` once.
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
#include "guardian/decision/snapshot.h"
#include "guardian/net/client.h"
#include "guardian/sync/options.h"

namespace guardian::sync {

enum class TrustSource { Configured, Pinned, FirstUse };
[[nodiscard]] std::string_view to_string(TrustSource source) noexcept;  // `configured`, `pinned`, `first-use`

// What health says of syncing. A copy; see Syncer::status.
struct SyncStatus {
  std::optional<base::TimePoint> last_sync;  // the last attempt's end; nullopt before the first
  bool last_sync_success = false;
  std::string last_error;                    // of the last attempt; empty when it succeeded
  bool gateway_reachable = false;            // the last attempt got an HTTP answer of any status
  std::optional<base::TimePoint> confirmed;  // the gateway last said that the active bundle is its newest
  TrustSource trust = TrustSource::Configured;
  std::optional<base::Instant> trust_expires_at;  // of the trust root in use
  std::string persist_error;                      // the active bundle is not on the disk, and why; empty when it is
  std::string cache_error;                        // the cached bundle or state that could not be used at start
};

enum class Outcome { Applied, Unchanged, Failed };

struct SyncReport {
  Outcome outcome = Outcome::Failed;
  std::optional<base::Error> error;                  // where it failed; ErrorCode tells refused, unauthorized, network
  bool retry_soon = false;                           // worth backing off and trying before the interval is over
  std::optional<std::chrono::seconds> retry_after;   // what the gateway asked for, at most 10 minutes
  std::shared_ptr<const decision::Snapshot> before;  // what was active; may be null
  std::shared_ptr<const decision::Snapshot> active;  // what is active now; may be null
};

// load_cached and sync_once are for one thread at a time; status() for any.
class Syncer {
 public:
  // InvalidInput for a gateway URL that does not parse, or is plain http to a host that is not loopback without
  // ALLOW_INSECURE_GATEWAY (gateway.md), and for a trust root that does not parse. All references must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<Syncer>> create(Options options, bundle::Cache& cache,
                                                                    net::HttpClient& client, const base::Clock& clock,
                                                                    decision::ActiveSnapshot& active);

  // Verifies and activates the cached bundle. An error leaves nothing active and is kept in the status; no bundle is no
  // error.
  [[nodiscard]] base::Status load_cached();

  // One sync. Never throws, never blocks requests. Every attempt moves the status. `stop` ends it early, as a failure.
  [[nodiscard]] SyncReport sync_once(const std::stop_token& stop = {});

  [[nodiscard]] SyncStatus status() const;

 private:
  Syncer(Options options, bundle::Cache& cache, net::HttpClient& client, const base::Clock& clock,
         decision::ActiveSnapshot& active);

  void notice_cleared_cache();
  [[nodiscard]] base::Status use_trust_root();
  void take_trust(bundle::TrustRoot root, TrustSource source);
  [[nodiscard]] base::Status use_pinned_root();
  [[nodiscard]] base::Result<net::Answer> send(net::Call call);
  [[nodiscard]] base::Status apply(net::Answer answer, SyncReport& report);
  [[nodiscard]] base::Status confirm(SyncReport& report);
  void persist(const decision::Snapshot& snapshot);
  void raise_time_floor(base::Instant timestamp);
  [[nodiscard]] base::Instant effective_now() const;
  void finish(SyncReport& report);
  template <typename Change>
  void update_status(Change change);

  Options options_;
  bundle::Cache& cache_;
  net::HttpClient& client_;
  const base::Clock& clock_;
  decision::ActiveSnapshot& active_;

  std::optional<bundle::TrustRoot> trust_;
  bundle::CacheState state_;  // as it should stand on the disk
  bool answered_ = false;     // this attempt got an HTTP answer
  std::stop_token stop_;      // of this attempt

  mutable base::Mutex status_mutex_;
  SyncStatus status_ GUARDIAN_GUARDED_BY(status_mutex_);
};

}  // namespace guardian::sync
