// The life of `guardian serve`: lock and read the cache, serve, sync until told to stop. Everything it needs from the
// world comes in through the constructor.
#pragma once

#include <cstdint>
#include <memory>

#include "guardian/base/clock.h"
#include "guardian/base/file_system.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/net/client.h"
#include "guardian/sidecar/options.h"

namespace guardian::sidecar {

// What the sidecar borrows; all must outlive it.
struct World {
  base::FileSystem& files;
  const base::Clock& clock;
  const base::Logger& logger;
  net::HttpClient& client;
};

class Sidecar {
 public:
  // Locks the cache (Busy when another serve holds it), activates the cached bundle when it verifies, listens, then
  // starts the sync loop. Errors: what makes serving impossible (cache, port, trust root, options); a bundle that
  // cannot be had is not among them: it denies until there is one.
  [[nodiscard]] static base::Result<std::unique_ptr<Sidecar>> start(Options options, World world);
  // Stops as stop() does.
  ~Sidecar();

  [[nodiscard]] std::uint16_t port() const noexcept;
  // Stops accepting, finishes what is in flight (up to 10 s), stops syncing. Idempotent. Call from the thread that
  // started it.
  void stop();

 private:
  struct State;
  explicit Sidecar(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guardian::sidecar
