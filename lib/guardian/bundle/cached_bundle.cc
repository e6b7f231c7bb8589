#include "guardian/bundle/cached_bundle.h"

#include <utility>

#include "guardian/base/check.h"

namespace guardian::bundle {

namespace {

using base::Result;

struct Found {
  std::shared_ptr<const VerifiedBundle> bundle;
  std::uint64_t root_version = 0;
};

Result<Found> verify_cached(SealedBundle sealed, const TrustChain& chain, std::uint64_t oldest,
                            const std::optional<VersionFloor>& floor) {
  const TrustRoot* root = &chain.newest();
  // Where one root alone comes into question, verify() asks it.
  if (root->version() != oldest) {
    GUARDIAN_ASSIGN(root, chain.vouching(sealed.envelope(), oldest));
  }
  GUARDIAN_ASSIGN(auto bundle, verify(std::move(sealed), *root, {Origin::Cached, {}, floor}));
  return Found{std::move(bundle), root->version()};
}

}  // namespace

std::string_view to_string(BundleSource source) noexcept {
  switch (source) {
    case BundleSource::Gateway:
      return "gateway";
    case BundleSource::Cache:
      return "cache";
    case BundleSource::Previous:
      return "previous";
    case BundleSource::Bootstrap:
      return "bootstrap";
    case BundleSource::File:
      return "file";
  }
  GUARDIAN_ASSERT(false);
}

std::uint64_t oldest_trusted(const TrustChain& chain, const CacheState& state) noexcept {
  if (!state.trust || state.trust->anchor != chain.anchor().digest()) return chain.anchor().version();
  return state.trust->version;
}

CachedBundle find_cached(const Cache& cache, const TrustChain& chain, const CacheState& state, std::size_t max_bytes) {
  CachedBundle cached;
  const std::uint64_t oldest = oldest_trusted(chain, state);
  const auto take = [&](Found found, BundleSource source) {
    cached.bundle = std::move(found.bundle);
    cached.root_version = found.root_version;
    cached.source = source;
    return std::move(cached);
  };
  auto current = cache.load_bundle(max_bytes);
  if (!current.ok()) {
    cached.current_error = std::move(current).error();
  } else if (current->has_value()) {
    auto found = verify_cached(std::move(**current), chain, oldest, state.floor);
    if (found.ok()) return take(std::move(found).value(), BundleSource::Cache);
    cached.current_error = std::move(found).error().within(cache.bundle_path());
  }
  const auto versions = cache.previous_versions();
  if (!versions.ok()) return cached;
  for (const Version& version : *versions) {
    auto sealed = cache.load_previous(version, max_bytes);
    if (!sealed.ok()) continue;
    auto found = verify_cached(std::move(sealed).value(), chain, oldest, std::nullopt);
    // A file under another's name is not what it was kept as.
    if (found.ok() && found->bundle->payload().version.text() == version.text()) {
      return take(std::move(found).value(), BundleSource::Previous);
    }
  }
  return cached;
}

}  // namespace guardian::bundle
