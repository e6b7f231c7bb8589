// The administration routes of api.md that the sidecar answers itself. Each needs the admin token, compared in constant
// time; without an ADMIN_TOKEN (`serve --offline`) each is a 401.
#pragma once

#include <string>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/net/server.h"
#include "guardian/sync/poller.h"

namespace guardian::sidecar {

// What they answer from; all must outlive the server.
struct AdminSources {
  const std::string& admin_token;
  sync::Poller* poller;  // nullptr: a sidecar without a gateway
  const sync::Syncer& syncer;
  const std::string& audit_directory;
  const base::Clock& clock;
};

[[nodiscard]] std::vector<net::Route> admin_routes(const AdminSources& sources);

}  // namespace guardian::sidecar
