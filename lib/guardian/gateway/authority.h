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
#include "guardian/bundle/trust_chain.h"
#include "guardian/crypto/key.h"

namespace guardian::gateway {

// Reads the signing keys anew; called whenever the authority is.
using KeySource = std::function<base::Result<std::vector<crypto::PrivateKey>>()>;

struct Authority {
  std::vector<crypto::PrivateKey> keys;
  bundle::TrustChain roots;
  std::string identity;  // the same for the same keys and roots
};

inline constexpr std::size_t kMaxTrustRoots = 1'000;

// Keys, and the roots of the files and directories (`*.json` in them) that `trust_roots` names, in the order of their
// versions. Without any a first root is made of the keys; it stays as long as they do. Returns `previous` itself when
// nothing is new.
//
// TrustRootInvalid when a root is not the next version of the one before or not signed by enough of its keys;
// InvalidInput when a signing key is not in the newest root, or the roots do not go on from those of `previous`
// (nullptr at the start): the one that was newest must stay as it is; Expired for a new newest root that has expired;
// else what reading says.
[[nodiscard]] base::Result<std::shared_ptr<const Authority>> load_authority(
    base::FileSystem& files, const KeySource& keys, const std::vector<std::string>& trust_roots,
    const std::shared_ptr<const Authority>& previous, base::TimePoint now);

}  // namespace guardian::gateway
