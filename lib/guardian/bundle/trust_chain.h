// The trust roots from the anchor to the newest known one, each proved by the one before (bundle.md section 3).
#pragma once

#include <cstdint>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/dsse.h"

namespace guardian::bundle {

// A value; any thread may read a constant one.
class TrustChain {
 public:
  // The anchor is trusted because the operator, the cache or first use says so.
  explicit TrustChain(TrustRoot anchor);

  // Appends the next root. check_succession's errors; the chain is then as it was.
  [[nodiscard]] base::Status extend(TrustRoot next);

  [[nodiscard]] const TrustRoot& anchor() const noexcept { return roots_.front(); }
  [[nodiscard]] const TrustRoot& newest() const noexcept { return roots_.back(); }
  // Oldest first; never empty.
  [[nodiscard]] const std::vector<TrustRoot>& roots() const noexcept { return roots_; }
  // nullptr for a version that the chain does not hold.
  [[nodiscard]] const TrustRoot* find(std::uint64_t version) const noexcept;
  // The newest root, of version `oldest` at least, that vouches for the envelope. The error is that of the newest of
  // them, NoTrustRoot where the chain holds none so new.
  [[nodiscard]] base::Result<const TrustRoot*> vouching(const crypto::Envelope& envelope, std::uint64_t oldest) const;

 private:
  std::vector<TrustRoot> roots_;
};

}  // namespace guardian::bundle
