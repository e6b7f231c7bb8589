// The life of `guardian serve`: lock and read the cache, sync, serve until told to stop. Everything it needs from the
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
  // Locks the cache (Busy when another serve holds it), activates the cached or the bootstrap bundle when it verifies,
  // then starts the sync loop. Errors: what makes serving impossible (cache, trust root, options); a bundle that cannot
  // be had is not among them: everything is denied until there is one.
  [[nodiscard]] static base::Result<std::unique_ptr<Sidecar>> open(Options options, World world);
  // Serves from when it returns. Io when the address cannot be had. Once.
  [[nodiscard]] base::Status listen();
  // Both.
  [[nodiscard]] static base::Result<std::unique_ptr<Sidecar>> start(Options options, World world);
  // Stops as stop() does.
  ~Sidecar();

  [[nodiscard]] bool has_bundle() const;
  // 0 before listen().
  [[nodiscard]] std::uint16_t port() const noexcept;
  // SIGUSR1: one sync as soon as the one under way is over. Any thread; returns at once.
  void sync_now();
  // Stops syncing and accepting, finishes what is in flight (up to 10 s). Idempotent. Call from the thread that
  // started it.
  void stop();

 private:
  struct State;
  explicit Sidecar(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guardian::sidecar
