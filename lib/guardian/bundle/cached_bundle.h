// What a sidecar would enforce from its cache alone (bundle.md section 4): the current bundle when it verifies, else
// the newest of previous/ that does. Reads only; the caller moves what did not verify.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/bundle/cache.h"
#include "guardian/bundle/trust_chain.h"
#include "guardian/bundle/verify.h"

namespace guardian::bundle {

enum class BundleSource { Gateway, Cache, Previous, Bootstrap, File };
[[nodiscard]] std::string_view to_string(BundleSource source) noexcept;  // `gateway`, `cache`, `previous`, ...

struct CachedBundle {
  std::shared_ptr<const VerifiedBundle> bundle;  // nullptr: none verifies
  BundleSource source = BundleSource::Cache;
  std::uint64_t root_version = 0;            // of the trust root that vouches for it
  std::optional<base::Error> current_error;  // why the current bundle is not used; nullopt where it is, or is not there
};

// The oldest root that may vouch: the one that was in force, unless the chain begins at another anchor.
[[nodiscard]] std::uint64_t oldest_trusted(const TrustChain& chain, const CacheState& state) noexcept;

// A bundle of previous/ may be older than the state's version floor. The cost is that of verifying each in turn.
[[nodiscard]] CachedBundle find_cached(const Cache& cache, const TrustChain& chain, const CacheState& state,
                                       std::size_t max_bytes);

}  // namespace guardian::bundle
