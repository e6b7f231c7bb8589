#include "guardian/sidecar/admin_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "guardian/crypto/digest.h"
#include "guardian/net/credentials.h"
#include "guardian/sidecar/sync_answer.h"

namespace guardian::sidecar {

namespace {

bool is_admin(const net::Request& request, const std::string& admin_token) {
  const auto tokens = net::admin_tokens(request.headers);
  return tokens && !admin_token.empty() && std::ranges::all_of(*tokens, [&](std::string_view token) {
           return crypto::equal_in_constant_time(token, admin_token);
         });
}

// The sync takes as long as it takes: no thread waits for it.
void sync_now(sync::Poller& poller, const sync::Syncer& syncer, net::Reply reply) {
  const auto owed = std::make_shared<net::Reply>(std::move(reply));
  poller.sync_now([owed, &syncer](const sync::SyncReport& report) {
    if (report.outcome == sync::Outcome::Cancelled) {
      std::move(*owed).send(net::error_response(503, "unavailable", "the sidecar is being stopped"));
      return;
    }
    net::Response response;
    response.status = http_status_of(report);
    response.body = sync_document(report, syncer.status().persist_problem);
    std::move(*owed).send(std::move(response));
  });
}

}  // namespace

std::vector<net::Route> admin_routes(const std::string& admin_token, sync::Poller* poller, const sync::Syncer& syncer) {
  const auto sync = [&admin_token, poller, &syncer](const net::Request& request, net::Reply reply) {
    if (!is_admin(request, admin_token)) {
      return std::move(reply).send(net::error_response(401, "unauthorized", "the admin token is missing or wrong"));
    }
    if (poller == nullptr) {
      return std::move(reply).send(net::error_response(503, "unavailable", "this sidecar runs without a gateway"));
    }
    sync_now(*poller, syncer, std::move(reply));
  };
  return {{"POST", "/admin/sync", net::LaterHandler(sync)}};
}

}  // namespace guardian::sidecar
