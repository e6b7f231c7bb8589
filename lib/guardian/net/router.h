// Request to answer: the routes, and the answers where there is none. Immutable after construction; any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/net/http.h"
#include "guardian/net/server.h"

namespace guardian::net {

class Router {
 public:
  // A method and path given twice is a bug (asserted).
  explicit Router(std::vector<Route> routes);

  // Replies with what the route says; 404 `not_found`; 405 `method_not_allowed` with Allow; 415
  // `unsupported_media_type` for a Content-Encoding where the route takes none; 500 `internal` for a route that throws.
  // HEAD is served by the GET route, whose body the caller leaves out. The request must stay until the
  // reply was sent, which may be after this returns.
  void serve(const Request& request, Reply reply) const;

 private:
  struct Served {
    std::variant<Handler, LaterHandler> handler;
    bool takes_coded;
  };
  using Methods = std::map<std::string, Served, std::less<>>;
  using Paths = std::map<std::string, Methods, std::less<>>;
  [[nodiscard]] const Methods* find(std::string_view path) const;

  Paths exact_;
  Paths below_;  // keyed by what stands before the `*`
};

}  // namespace guardian::net
