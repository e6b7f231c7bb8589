#include "guardian/bundle/trust_chain.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace guardian::bundle {

TrustChain::TrustChain(TrustRoot anchor) { roots_.push_back(std::move(anchor)); }

base::Status TrustChain::extend(TrustRoot next) {
  GUARDIAN_TRY(check_succession(newest(), next));
  roots_.push_back(std::move(next));
  return {};
}

const TrustRoot* TrustChain::find(std::uint64_t version) const noexcept {
  const auto found = std::ranges::find(roots_, version, &TrustRoot::version);
  return found == roots_.end() ? nullptr : &*found;
}

base::Result<const TrustRoot*> TrustChain::vouching(const crypto::Envelope& envelope, std::uint64_t oldest) const {
  std::optional<base::Error> first_failure;
  for (auto root = roots_.rbegin(); root != roots_.rend() && root->version() >= oldest; ++root) {
    auto vouched = root->vouches_for(envelope);
    if (vouched.ok()) return &*root;
    if (!first_failure) first_failure = std::move(vouched).error();
  }
  if (first_failure) return *std::move(first_failure);
  return base::Error(base::ErrorCode::NoTrustRoot, "trust root " + std::to_string(oldest) +
                                                       " was in force and is not there any more; the newest is " +
                                                       std::to_string(newest().version()));
}

}  // namespace guardian::bundle
