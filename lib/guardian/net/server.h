// The server front: listens, frames requests strictly, hands each to a route and sends what it returns. What stands
// behind it (one thread that owns all connections, a bounded pool that runs the routes) is this room's own business and
// can be replaced without touching a route.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/net/http.h"
#include "guardian/net/reply.h"

namespace guardian::net {

// Runs on a pool thread; many at once. Must not throw; if it does the client gets a 500 without the text.
using Handler = std::function<Response(const Request&)>;
// The same for a route that may have to wait for something: it returns at once, which frees the thread, and the reply
// is sent when there is one. The request stays as it is until then.
using LaterHandler = std::function<void(const Request&, Reply)>;

struct Route {
  std::string method;  // `GET` also serves HEAD
  std::string path;    // exact; one that ends in `/*` serves every path below it, where no longer one fits
  std::variant<Handler, LaterHandler> handler;
  bool takes_coded = false;  // bodies with a Content-Encoding, which the route decodes; else 415
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                // 0: the system chooses; see HttpServer::port
  std::size_t threads = 64;              // requests handled at once
  std::function<void()> rested;          // called by each of these threads when nothing more is to do at once
  std::size_t max_connections = 10'000;  // past it: 503 `unavailable` with Retry-After
  std::size_t max_body_bytes = std::size_t{1} << 20;     // past it: 413 `too_large`
  std::size_t max_header_bytes = std::size_t{16} << 10;  // past it: 431
  std::chrono::seconds request_timeout{10};              // a request not complete by then: 408
  std::chrono::seconds keep_alive_timeout{5};            // an idle connection is closed after it
};

class HttpServer {
 public:
  // Binds and listens; the routes are served from the moment it returns. Errors: Io naming host and port.
  [[nodiscard]] static base::Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options,
                                                                       std::vector<Route> routes);
  virtual ~HttpServer() = default;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
  // Stops accepting, closes idle connections, lets requests in flight finish for at most `grace`, then closes the rest.
  // Waits for handlers that run and replies that are owed, however long they take. Idempotent; any thread but a
  // handler's; the destructor calls it.
  virtual void stop(std::chrono::milliseconds grace) = 0;

 protected:
  HttpServer() = default;
};

}  // namespace guardian::net
