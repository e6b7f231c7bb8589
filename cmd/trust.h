// Which trust root a command verifies with: `--trust FILE`, else TRUST_ROOT or what the cache reached from it, else the
// one pinned in the cache (cli.md).
#pragma once

#include <string>

#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/bundle/cache.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/bundle/verify.h"
#include "guardian/config/settings.h"

namespace guardian::cmd {

// NoTrustRoot when there is none. `trust_file` may be empty.
[[nodiscard]] base::Result<bundle::TrustRoot> choose_trust(base::FileSystem& files, const std::string& trust_file,
                                                           const config::Settings& settings);

// The roots of the cache from TRUST_ROOT on, or from the pinned one. NoTrustRoot when there is none.
[[nodiscard]] base::Result<bundle::TrustChain> cached_trust(const bundle::Cache& cache,
                                                            const config::Settings& settings);

// Reads and verifies a bundle file. The trust root's errors are the caller's to tell apart: they come from
// choose_trust.
[[nodiscard]] base::Result<std::shared_ptr<const bundle::VerifiedBundle>> verify_file(base::FileSystem& files,
                                                                                      const std::string& path,
                                                                                      const bundle::TrustRoot& trust,
                                                                                      bundle::Origin origin,
                                                                                      std::size_t max_bytes);

}  // namespace guardian::cmd
