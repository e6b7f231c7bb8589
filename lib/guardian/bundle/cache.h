// CACHE_DIR (bundle.md section 4): the current bundle exactly as received, those before it, the trust roots it was
// reached by, and the state that must not go back. Every file is replaced whole, so that a crash, a full disk or a kill
// leaves the old or the new one. Nothing that is read here was verified. Not thread-safe: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/bundle/trust_chain.h"
#include "guardian/bundle/verify.h"

namespace guardian::bundle {

inline constexpr std::size_t kDefaultHistory = 10;

// Which trust root was in force, and from which anchor it was reached: nothing older counts any more.
struct TrustFloor {
  std::uint64_t version = 0;
  crypto::Digest anchor{};  // TrustRoot::digest

  bool operator==(const TrustFloor&) const = default;
};

// state.json. Every member may be missing: a cache that was cleared or never used.
struct CacheState {
  std::optional<VersionFloor> floor;        // highest version seen
  std::optional<base::Instant> last_sync;   // the gateway last confirmed the floor's bundle, or gave it
  std::string etag;                         // of the current bundle; empty when none
  std::optional<base::Instant> time_floor;  // TimeFloor::value when it was last written
  std::string sidecar_id;                   // generated once; kept by clear
  std::optional<TrustFloor> trust;
  std::optional<base::Instant> last_sync_floor;  // TimeFloor::value at last_sync
};

class Cache {
 public:
  // `files` must outlive the cache; `history` is how many bundles previous/ keeps (BUNDLE_HISTORY). Nothing is touched
  // yet.
  Cache(base::FileSystem& files, std::string directory, std::size_t history = kDefaultHistory);

  // Makes the directory, 0700. Io when it cannot be made.
  [[nodiscard]] base::Status prepare();

  // The bytes of the current bundle; nullopt when there is none.
  [[nodiscard]] base::Result<std::optional<SealedBundle>> load_bundle(std::size_t max_bytes) const;
  // The state; an empty one when there is none. Malformed when the file cannot be understood: then the floor is unknown
  // and the caller must say so.
  [[nodiscard]] base::Result<CacheState> load_state() const;
  // Keeps the bundle before in previous/, writes this one, then the state: a crash between the last two leaves a state
  // that is older than the bundle, which verify makes good at the next load (the floor is then the bundle's own
  // version). An error may mean that previous/ alone is incomplete: storing again is always right.
  [[nodiscard]] base::Status store(const VerifiedBundle& bundle, const CacheState& state);
  [[nodiscard]] base::Status store_state(const CacheState& state);

  // The caller has verified the current bundle: it is of this version and may go to previous/ once it is replaced.
  void vouch_for_current(const Version& version) { vouched_ = version; }
  // What previous/ holds, newest first.
  [[nodiscard]] base::Result<std::vector<Version>> previous_versions() const;
  [[nodiscard]] base::Result<SealedBundle> load_previous(const Version& version, std::size_t max_bytes) const;
  // Moves the current bundle to quarantine/, named after why, and returns its new path. The last five stay there.
  [[nodiscard]] base::Result<std::string> quarantine_current(std::string_view why);

  // The chain from `anchor`, or, when that is nullptr, from the oldest pinned root that parses, as far as each root
  // proves the next; nullopt when there is no anchor and none is pinned. When roots are pinned and none of them parses,
  // the error of the newest: the caller must not fall back to trust on first use.
  [[nodiscard]] base::Result<std::optional<TrustChain>> load_roots(const TrustRoot* anchor) const;
  // Writes the roots up to that version, anchor first, and drops those older than the anchor; bare keys are not
  // written.
  [[nodiscard]] base::Status store_roots(const TrustChain& chain, std::uint64_t up_to);

  // Forgets bundle, history, roots and state, the version floor included, but keeps limits/, the sidecar id and, unless
  // `audit_too`, audit/ (bundle.md section 4).
  [[nodiscard]] base::Status clear(bool audit_too);

  // False only when the current bundle's file is certainly not there.
  [[nodiscard]] bool may_hold_bundle() const;

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  [[nodiscard]] std::string bundle_path() const;
  [[nodiscard]] std::string lock_path() const;

 private:
  [[nodiscard]] base::Status keep_current(const Version& next);
  void drop_old_previous();

  base::FileSystem& files_;
  std::string directory_;
  std::size_t history_;
  std::optional<Version> vouched_;  // of the bundle at bundle_path()
};

}  // namespace guardian::bundle
