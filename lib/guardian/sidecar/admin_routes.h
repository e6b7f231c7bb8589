// The administration routes of api.md that the sidecar answers itself. Each needs the admin token, compared in constant
// time; without an ADMIN_TOKEN (`serve --offline`) each is a 401.
#pragma once

#include <string>
#include <vector>

#include "guardian/net/server.h"
#include "guardian/sync/poller.h"

namespace guardian::sidecar {

// `poller` may be nullptr: a sidecar without a gateway. All must outlive the server.
[[nodiscard]] std::vector<net::Route> admin_routes(const std::string& admin_token, sync::Poller* poller,
                                                   const sync::Syncer& syncer);

}  // namespace guardian::sidecar
