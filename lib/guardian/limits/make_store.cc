#include "guardian/limits/make_store.h"

#include "guardian/limits/redis_store.h"

namespace guardian::limits {

base::Result<std::unique_ptr<Store>> make_store(const Options& options, base::FileSystem& files,
                                                const base::Clock& clock) {
  RedisUrl url;
  if (!options.redis_url.empty()) {
    GUARDIAN_ASSIGN(url, RedisUrl::parse(options.redis_url));
  }
  auto local = std::make_unique<LocalStore>(LocalOptions{options.directory, options.max_bytes}, files, clock);
  if (options.redis_url.empty()) return std::unique_ptr<Store>(std::move(local));
  return std::unique_ptr<Store>(std::make_unique<RedisStore>(std::move(url), std::move(local), clock));
}

}  // namespace guardian::limits
