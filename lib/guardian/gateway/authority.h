// Who signs for the gateway: its signing keys and the chain of trust roots that vouches for them (bundle.md section 3).
// Read again while the gateway serves, so that keys rotate without a restart. Immutable once made; any thread may read.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/key.h"

namespace guardian::gateway {

// Reads the signing keys anew; called whenever the authority is.
using KeySource = std::function<base::Result<std::vector<crypto::PrivateKey>>()>;

struct Authority {
  std::vector<crypto::PrivateKey> keys;
  std::vector<bundle::TrustRoot> roots;  // oldest first, without a gap, at least one
  std::string identity;                  // the same for the same keys and roots

  [[nodiscard]] const bundle::TrustRoot& newest() const noexcept { return roots.back(); }
  // nullptr for a version that is not served.
  [[nodiscard]] const bundle::TrustRoot* root(std::uint64_t version) const noexcept;
};

inline constexpr std::size_t kMaxTrustRoots = 1'000;

// Keys, and the roots of the files and directories (`*.json` in them) that `trust_roots` names, in the order of their
// versions. Without any a first root is made of the keys; it stays as long as they do. Returns `previous` itself when
// nothing is new.
//
// InvalidInput when versions have a gap, a signing key is not in the newest root, or the roots do not go on from those
// of `previous` (nullptr at the start): each root that was newest must stay as it is. TrustRootInvalid when a root is
// not signed by enough keys of the one before; Expired for a new newest root that has expired; else what reading says.
[[nodiscard]] base::Result<std::shared_ptr<const Authority>> load_authority(
    base::FileSystem& files, const KeySource& keys, const std::vector<std::string>& trust_roots,
    const std::shared_ptr<const Authority>& previous, base::TimePoint now);

}  // namespace guardian::gateway
