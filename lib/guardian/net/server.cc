#include "guardian/net/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>

#include "guardian/net/front.h"
#include "guardian/net/listener.h"
#include "guardian/net/router.h"
#include "guardian/net/worker_pool.h"

namespace guardian::net {

namespace {

constexpr rlim_t kOtherDescriptors = 320;  // files, logs, outgoing connections, and clients being refused

// How many connections may be admitted with the descriptors this process may have; the soft limit is raised as far as
// it may be, since a full table would keep clients waiting without an answer.
std::size_t admitted_connections(std::size_t wanted) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kOtherDescriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const rlim_t kept = std::min(kOtherDescriptors, limit.rlim_cur / 2);
  return std::min<std::size_t>(wanted, limit.rlim_cur - kept);
}

class PooledServer final : public HttpServer {
 public:
  PooledServer(const ServerOptions& options, std::vector<Route> routes)
      : options_(options),
        router_(std::move(routes)),
        pool_(std::max<std::size_t>(options.threads, 1), options.rested) {
    options_.max_connections = admitted_connections(options.max_connections);
  }
  PooledServer(const PooledServer&) = delete;
  PooledServer& operator=(const PooledServer&) = delete;
  ~PooledServer() override { stop_all(std::chrono::milliseconds(0)); }

  [[nodiscard]] base::Status begin(Listener listener) {
    port_ = listener.port;
    GUARDIAN_ASSIGN(front_, Front::make(options_, std::move(listener), router_, pool_));
    thread_ = std::jthread([this] { front_->run(); });
    return {};
  }

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }
  void stop(std::chrono::milliseconds grace) override { stop_all(grace); }

 private:
  void stop_all(std::chrono::milliseconds grace) {
    const std::lock_guard lock(stop_mutex_);
    if (front_ == nullptr) return;
    front_->stop(grace);
    if (thread_.joinable()) thread_.join();
    pool_.stop();
    front_->wait_for_replies();
    front_.reset();
  }

  ServerOptions options_;
  Router router_;
  WorkerPool pool_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Front> front_;
  std::jthread thread_;
  std::mutex stop_mutex_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options, std::vector<Route> routes) {
  GUARDIAN_ASSIGN(Listener listener, listen_on(options.host, options.port));
  try {
    auto server = std::make_unique<PooledServer>(options, std::move(routes));
    GUARDIAN_TRY(server->begin(std::move(listener)));
    return base::Result<std::unique_ptr<HttpServer>>(std::move(server));
  } catch (const std::system_error& error) {
    return base::Error(base::ErrorCode::Io, "starting the server's threads: " + error.code().message());
  }
}

}  // namespace guardian::net
