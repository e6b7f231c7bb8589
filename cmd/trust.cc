#include "trust.h"

#include <optional>

#include "guardian/base/clock.h"

namespace guardian::cmd {

namespace {

// Whatever is wrong with it, it was given to be trusted: bad input, not a failed verification.
base::Result<bundle::TrustRoot> parse_given(std::string_view name, const std::string& text) {
  auto root = bundle::TrustRoot::parse(text);
  if (!root) return base::Error(base::ErrorCode::InvalidInput, std::string(name) + ": " + root.error().message());
  return root;
}

}  // namespace

base::Result<bundle::TrustRoot> choose_trust(base::FileSystem& files, const std::string& trust_file,
                                             const config::Settings& settings) {
  if (!trust_file.empty()) {
    GUARDIAN_ASSIGN(const std::string text, files.read_file(trust_file, bundle::kMaxTrustRootBytes));
    return parse_given(trust_file, text);
  }
  const bundle::Cache cache(files, settings.sidecar.cache_directory);
  GUARDIAN_ASSIGN(const bundle::TrustChain chain, cached_trust(cache, settings));
  return chain.newest();
}

base::Result<bundle::TrustChain> cached_trust(const bundle::Cache& cache, const config::Settings& settings) {
  std::optional<bundle::TrustRoot> anchor;
  if (!settings.sidecar.sync.trust_root.empty()) {
    GUARDIAN_ASSIGN(anchor, parse_given("TRUST_ROOT", settings.sidecar.sync.trust_root));
  }
  GUARDIAN_ASSIGN(auto chain, cache.load_roots(anchor ? &*anchor : nullptr));
  if (chain) return std::move(*chain);
  return base::Error(base::ErrorCode::NoTrustRoot,
                     "no trust root: give --trust FILE or TRUST_ROOT, or sync once to pin the gateway's");
}

base::Result<std::shared_ptr<const bundle::VerifiedBundle>> verify_file(base::FileSystem& files,
                                                                        const std::string& path,
                                                                        const bundle::TrustRoot& trust,
                                                                        bundle::Origin origin, std::size_t max_bytes) {
  GUARDIAN_ASSIGN(std::string bytes, files.read_file(path, max_bytes));
  GUARDIAN_ASSIGN(auto sealed, bundle::SealedBundle::open(std::move(bytes), max_bytes));
  const base::SystemClock clock;
  return bundle::verify(std::move(sealed), trust, {origin, base::to_instant(clock.now()), std::nullopt});
}

}  // namespace guardian::cmd
