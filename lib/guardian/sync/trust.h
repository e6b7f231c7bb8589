// Who may sign, over the life of a sidecar (bundle.md section 3): the chain of trust roots from the anchor, which of
// them is in force, and the newer ones that wait for a bundle they vouch for. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/bundle/cache.h"
#include "guardian/bundle/trust_chain.h"
#include "guardian/net/client.h"
#include "guardian/sync/status.h"

namespace guardian::sync {

inline constexpr std::uint64_t kMaxRootsPerSync = 64;

class Trust {
 public:
  // Asks the gateway for a trust root: the current one, or that of a version.
  using Fetch = std::function<base::Result<net::Answer>(std::optional<std::uint64_t> version)>;

  // `configured` is the text of TRUST_ROOT; empty: none. InvalidInput or what TrustRoot::parse says.
  [[nodiscard]] static base::Result<Trust> create(std::string_view configured);

  // The roots of the cache, from the anchor on; the newest is in force until put_in_force says otherwise. The error of
  // a pinned root that cannot be used: then there is no trust until the operator has seen to it.
  [[nodiscard]] base::Status load(const bundle::Cache& cache, const bundle::CacheState& state);
  // As if the cache had never been used.
  void forget();

  // False: nothing is configured or pinned.
  [[nodiscard]] bool has_roots() const noexcept { return chain_.has_value(); }
  [[nodiscard]] TrustSource source() const noexcept { return source_; }
  // The following need has_roots().
  [[nodiscard]] const bundle::TrustChain& chain() const noexcept { return *chain_; }
  [[nodiscard]] const bundle::TrustRoot& in_force() const noexcept { return *chain_->find(in_force_); }
  [[nodiscard]] const bundle::TrustRoot& newest() const noexcept { return chain_->newest(); }
  [[nodiscard]] bool is_waiting() const noexcept { return newest().version() != in_force_; }
  [[nodiscard]] bundle::TrustFloor floor() const noexcept { return {in_force_, chain_->anchor().digest()}; }
  // NoTrustRoot while the chain does not reach the root that was in force once: an older one must not count again.
  [[nodiscard]] base::Status check_reach() const;
  // `version` must be in the chain. Older roots count for nothing from then on.
  void put_in_force(std::uint64_t version) noexcept { in_force_ = oldest_ = version; }

  // Trust on first use: the gateway's current root becomes the anchor. The caller writes it to the cache before it is
  // used, and forgets it when that fails.
  [[nodiscard]] base::Status adopt_first(const Fetch& fetch, base::Instant now);
  // Brings the chain to the gateway's current root. NotFound when the gateway has no trust roots; TrustRootInvalid or
  // Expired: the gateway's root cannot be reached, and the
  // chain is as before, or it is more than kMaxRootsPerSync away, and the chain is that much longer. Any other error:
  // what it gave, if anything, is no trust root.
  [[nodiscard]] base::Status follow(const Fetch& fetch, base::Instant now);

 private:
  Trust() = default;

  std::optional<bundle::TrustRoot> configured_;
  std::optional<bundle::TrustChain> chain_;
  std::uint64_t in_force_ = 0;
  std::uint64_t oldest_ = 0;  // that may still count
  TrustSource source_ = TrustSource::Configured;
};

}  // namespace guardian::sync
