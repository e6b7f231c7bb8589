#include "guardian/sidecar/admin_routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "guardian/audit/entries.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/stats.h"
#include "guardian/base/text.h"
#include "guardian/crypto/digest.h"
#include "guardian/net/credentials.h"
#include "guardian/net/query.h"
#include "guardian/sidecar/sync_answer.h"

namespace guardian::sidecar {

namespace {

constexpr const char* kDefaultLimit = "100";
constexpr std::uint64_t kMaxLimit = 1'000;

bool is_admin(const net::Request& request, const std::string& admin_token) {
  const auto tokens = net::admin_tokens(request.headers);
  return tokens && !admin_token.empty() && std::ranges::all_of(*tokens, [&](std::string_view token) {
           return crypto::equal_in_constant_time(token, admin_token);
         });
}

net::Response unauthorized() { return net::error_response(401, "unauthorized", "the admin token is missing or wrong"); }

// What a route makes of a query and a filter; a store that is not there holds nothing.
template <typename Make>
net::Response answer_from_audit(const AdminSources& sources, const net::Request& request, std::string_view none,
                                Make make) {
  const auto answer = [&]() -> base::Result<std::string> {
    GUARDIAN_ASSIGN(const auto query, net::Query::parse(request.query));
    audit::FilterTexts texts;
    texts.agent = query.find("agent");
    if (!texts.agent) texts.agent = query.find("agentId");
    texts.action = query.find("action");
    texts.decision = query.find("decision");
    texts.policy = query.find("policy");
    texts.from = query.find("from");
    texts.to = query.find("to");
    texts.trace = query.find("trace");
    GUARDIAN_ASSIGN(const auto filter, audit::Filter::make(texts, sources.clock.now(), ""));
    return make(query, filter);
  };
  auto made = answer();
  if (!made && made.error().code() == base::ErrorCode::InvalidInput) {
    return net::error_response(400, "bad_request", made.error().message());
  }
  if (!made && made.error().code() != base::ErrorCode::NotFound) {
    return net::error_response(500, "internal", "the audit store cannot be read");
  }
  net::Response response;
  response.body = made ? std::move(made).value() : std::string(none);
  return response;
}

net::Response list_events(const AdminSources& sources, const net::Request& request) {
  return answer_from_audit(sources, request, R"({"entries":[]})",
                           [&](const net::Query& query, const audit::Filter& filter) -> base::Result<std::string> {
                             const auto wanted = query.find("limit");
                             const auto limit = base::parse_unsigned(wanted.value_or(kDefaultLimit), kMaxLimit);
                             if (!limit || *limit == 0) {
                               return base::Error(
                                   base::ErrorCode::InvalidInput,
                                   "limit: must be a whole number from 1 to " + std::to_string(kMaxLimit));
                             }
                             return audit::entries_json(sources.audit_directory, filter, *limit);
                           });
}

net::Response count_events(const AdminSources& sources, const net::Request& request) {
  return answer_from_audit(sources, request, audit::stats_json(audit::Stats()),
                           [&](const net::Query&, const audit::Filter& filter) {
                             return audit::stats_json(sources.audit_directory, filter);
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

std::vector<net::Route> admin_routes(const AdminSources& sources) {
  const auto for_admin = [sources](auto answer) {
    return [sources, answer](const net::Request& request) {
      return is_admin(request, sources.admin_token) ? answer(sources, request) : unauthorized();
    };
  };
  const auto sync = [sources](const net::Request& request, net::Reply reply) {
    if (!is_admin(request, sources.admin_token)) return std::move(reply).send(unauthorized());
    if (sources.poller == nullptr) {
      return std::move(reply).send(net::error_response(503, "unavailable", "this sidecar runs without a gateway"));
    }
    sync_now(*sources.poller, sources.syncer, std::move(reply));
  };
  return {{"POST", "/admin/sync", net::LaterHandler(sync)},
          {"GET", "/admin/audit", for_admin(list_events)},
          {"GET", "/admin/audit/stats", for_admin(count_events)}};
}

}  // namespace guardian::sidecar
