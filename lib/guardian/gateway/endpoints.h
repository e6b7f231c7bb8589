// Internal to the room: the answers of gateway.md, by what is published. Any thread; each outlives the routes made of
// it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "guardian/base/log.h"
#include "guardian/gateway/audit_store.h"
#include "guardian/gateway/board.h"
#include "guardian/gateway/sidecar_statuses.h"
#include "guardian/net/server.h"

namespace guardian::gateway {

class Endpoints {
 public:
  // All that is borrowed must outlive it. Without `audit` there is no audit endpoint.
  Endpoints(std::string admin_token, std::chrono::seconds max_wait, Board& board, AuditStore* audit,
            const base::Logger& logger);

  [[nodiscard]] std::vector<net::Route> routes();

 private:
  [[nodiscard]] bool is_admin(const net::Request& request) const;
  [[nodiscard]] net::Handler for_admin(net::Response (Endpoints::*answer)(const net::Request&));
  void bundle(const net::Request& request, net::Reply reply);
  [[nodiscard]] net::Response newest_root(const net::Request& request);
  [[nodiscard]] net::Response root_of_version(const net::Request& request);
  [[nodiscard]] net::Response take_status(const net::Request& request);
  [[nodiscard]] net::Response take_events(const net::Request& request);

  const std::string admin_token_;
  const std::chrono::seconds max_wait_;
  Board& board_;
  AuditStore* const audit_;
  const base::Logger& logger_;
  SidecarStatuses statuses_;
};

}  // namespace guardian::gateway
