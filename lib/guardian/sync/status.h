// What a sync came to, and what health says of syncing. Plain values.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/bundle/cached_bundle.h"
#include "guardian/decision/snapshot.h"

namespace guardian::sync {

enum class TrustSource { Configured, Pinned, FirstUse };
[[nodiscard]] std::string_view to_string(TrustSource source) noexcept;  // `configured`, `pinned`, `first-use`

// Where in the pipeline a sync is, or where it ended (house.md, the way of a bundle).
enum class Stage { Trust, Fetch, Verify, Done };
[[nodiscard]] std::string_view to_string(Stage stage) noexcept;  // `trust`, `fetch`, ...

struct SyncStatus {
  std::optional<base::TimePoint> last_sync;  // the last attempt's end; nullopt before the first
  bool last_sync_success = false;
  std::string last_error;          // of the last attempt; empty when it succeeded
  bool gateway_reachable = false;  // the last attempt got an HTTP answer of any status
  TrustSource trust = TrustSource::Configured;
  std::optional<base::Instant> trust_expires_at;                // of the trust root in force
  bundle::BundleSource source = bundle::BundleSource::Gateway;  // of the active bundle
  std::uint64_t root_version = 0;                               // of the trust root in force; 0: bare keys, or none yet
  std::uint64_t waiting_root = 0;  // a newer one that waits for a bundle it vouches for; 0: none
  std::string trust_problem;  // why the gateway's trust root cannot be reached; empty when it can, or was not asked for
  std::uint64_t first_uses = 0;  // how often the gateway's root was pinned on first use, by this process
  std::string persist_problem;   // why what is active is not on the disk; empty when it is
  std::string cache_problem;     // what was wrong with the cache at the start, until a sync has made it good
};

enum class Outcome { Applied, Unchanged, Failed, Cancelled };  // Cancelled: told to stop; nothing came of it

struct SyncReport {
  Outcome outcome = Outcome::Failed;
  Stage stage = Stage::Trust;                       // where it failed
  std::optional<base::Error> error;                 // ErrorCode tells refused, unauthorized, network
  bool retry_soon = false;                          // worth backing off and trying before the interval is over
  std::optional<std::chrono::seconds> retry_after;  // what the gateway asked for, at most 10 minutes
  bool cache_cleared = false;                       // somebody cleared the cache since the sync before
  bool held = false;                                // the gateway held the request until there was news, or for a while
  std::shared_ptr<const decision::Snapshot> before;  // what was active; may be null
  std::shared_ptr<const decision::Snapshot> active;  // what is active now; may be null

  // The gateway's answer was no bundle of ours, as against no answer or a refused token.
  [[nodiscard]] bool refused() const noexcept;
};

// `none` for no snapshot.
[[nodiscard]] std::string version_of(const std::shared_ptr<const decision::Snapshot>& snapshot);

}  // namespace guardian::sync
