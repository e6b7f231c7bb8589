// Makes the store that the settings ask for.
#pragma once

#include <memory>
#include <string>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/base/result.h"
#include "guardian/limits/local_store.h"
#include "guardian/limits/store.h"

namespace guardian::limits {

struct Options {
  std::string redis_url;  // RATE_LIMIT_STORE when it is not `local`; empty: counts of this process alone
  std::string directory;  // `limits/` below CACHE_DIR; empty: counts do not outlive the process
  std::size_t max_bytes = kDefaultMaxCountBytes;
};

// Fails only on a URL that is none (InvalidInput): a disk or a server that does not work is the store's problem().
// `files` and `clock` must outlive the store.
[[nodiscard]] base::Result<std::unique_ptr<Store>> make_store(const Options& options, base::FileSystem& files,
                                                              const base::Clock& clock);

}  // namespace guardian::limits
