// CACHE_DIR (bundle.md section 4): the current bundle exactly as received, and the state that must not go back. Every
// file is replaced whole, so that a crash, a full disk or a kill leaves the old or the new one. Not thread-safe: one
// owner.
#pragma once

#include <optional>
#include <string>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/bundle/verify.h"

namespace guardian::bundle {

// state.json. Every member may be missing: a cache that was cleared or never used.
struct CacheState {
  std::optional<VersionFloor> floor;        // highest version seen
  std::optional<base::Instant> last_sync;   // the gateway last confirmed the current bundle, or gave it
  std::string etag;                         // of the current bundle; empty when none
  std::optional<base::Instant> time_floor;  // latest verified bundle timestamp
  std::string sidecar_id;                   // generated once; kept by clear
};

class Cache {
 public:
  // `files` must outlive the cache. Nothing is touched yet.
  Cache(base::FileSystem& files, std::string directory);

  // Makes the directory, 0700. Io when it cannot be made.
  [[nodiscard]] base::Status prepare();

  // The bytes of the current bundle, unverified; nullopt when there is none.
  [[nodiscard]] base::Result<std::optional<SealedBundle>> load_bundle(std::size_t max_bytes) const;
  // The state; an empty one when there is none. Malformed when the file cannot be understood: then the floor is unknown
  // and the caller must say so.
  [[nodiscard]] base::Result<CacheState> load_state() const;
  // Writes the bundle, then the state: a crash between the two leaves a state that is older than the bundle, which
  // verify makes good at the next load (the floor is then the bundle's own version).
  [[nodiscard]] base::Status store(const VerifiedBundle& bundle, const CacheState& state);
  [[nodiscard]] base::Status store_state(const CacheState& state);

  // The trust root pinned in roots/<version>.json, the newest that parses; nullopt when none is pinned. When roots are
  // pinned and none of them parses, the error of the newest: the caller must not fall back to trust on first use.
  [[nodiscard]] base::Result<std::optional<TrustRoot>> load_root() const;
  [[nodiscard]] base::Status store_root(const TrustRoot& root);

  // Forgets bundle, history, roots and state, the version floor included, but keeps limits/, the sidecar id and, unless
  // `audit_too`, audit/ (bundle.md section 4).
  [[nodiscard]] base::Status clear(bool audit_too);

  // False only when the current bundle's file is certainly not there.
  [[nodiscard]] bool may_hold_bundle() const;

  [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
  [[nodiscard]] std::string bundle_path() const;
  [[nodiscard]] std::string lock_path() const;

 private:
  base::FileSystem& files_;
  std::string directory_;
};

}  // namespace guardian::bundle
