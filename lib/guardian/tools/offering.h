// A gateway that offers what it is told to, hostile or not, as a static file host would: for what the reference gateway
// would never publish. Runs in the drill's own process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "guardian/base/mutex.h"
#include "guardian/base/result.h"
#include "guardian/net/server.h"

namespace guardian::tools {

// Any thread.
class Offering {
 public:
  // Listens on the loopback, on a port of the system's choice. It answers 503 until it is given a bundle.
  [[nodiscard]] static base::Result<std::unique_ptr<Offering>> open();
  Offering(const Offering&) = delete;
  Offering& operator=(const Offering&) = delete;
  ~Offering();

  [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }

  // From now on the gateway's bundle is that.
  void bundle(std::string bytes);
  // A trust root below its version, and the current one.
  void trust_root(unsigned version, std::string bytes);
  // As if it were down: 503 whatever is asked.
  void away();

 private:
  Offering() = default;
  [[nodiscard]] net::Response answer(const net::Request& request) const;

  mutable base::Mutex mutex_;
  bool away_ GUARDIAN_GUARDED_BY(mutex_) = true;
  std::map<std::string, std::string, std::less<>> files_ GUARDIAN_GUARDED_BY(mutex_);  // by path below the API
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace guardian::tools
