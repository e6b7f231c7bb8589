#include "guardian/gateway/endpoints.h"

#include <algorithm>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/crypto/digest.h"
#include "guardian/gateway/negotiation.h"
#include "guardian/gateway/posted_batch.h"
#include "guardian/json/writer.h"
#include "guardian/net/credentials.h"
#include "guardian/net/gunzip.h"

namespace guardian::gateway {

namespace {

constexpr std::string_view kBundlePath = "/api/v1/guardian/bundle";
constexpr std::string_view kRootPath = "/api/v1/guardian/trust-root";
constexpr std::string_view kStatusPath = "/api/v1/guardian/status";
constexpr std::string_view kAuditPath = "/api/v1/guardian/audit";

net::Response unauthorized() {
  net::Response response = net::error_response(401, "unauthorized", "the admin token is missing or wrong");
  response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

// An answer that a shared cache must not keep, and a private one must ask about each time.
net::Response envelope() {
  net::Response response;
  response.content_type = "application/json";
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

// 200 with the bundle in the coding that is asked for, or 304.
net::Response bundle_response(const Published& shown, const net::Headers& headers) {
  const Representation& chosen = accepts_gzip(headers) ? shown.gzip : shown.plain;
  net::Response response = envelope();
  response.headers.add("ETag", chosen.etag);
  response.headers.add("Vary", "Accept-Encoding");
  // Either tag: what a client holds does not change with what it asks for next.
  if (if_none_match(headers, {shown.plain.etag, shown.gzip.etag})) {
    response.status = 304;
    return response;
  }
  if (&chosen == &shown.gzip) response.headers.add("Content-Encoding", "gzip");
  response.shared_body = chosen.bytes;
  return response;
}

net::Response root_response(const std::shared_ptr<const Published>& shown, const bundle::TrustRoot& root) {
  net::Response response = envelope();
  response.shared_body = std::shared_ptr<const std::string>(shown, &root.source());
  return response;
}

// A body that cannot be taken.
net::Response refusal(const base::Error& error) {
  const bool large = error.code() == base::ErrorCode::TooLarge;
  return net::error_response(large ? 413 : 400, large ? "too_large" : "bad_request", error.message());
}

// The body without its gzip.
base::Result<std::string> decode(const net::Request& request) {
  std::string decoded;
  net::Gunzip gunzip;
  if (auto fed = gunzip.feed(request.body, decoded, kMaxPostBytes); !fed) return std::move(fed).error().within("body");
  if (!gunzip.complete()) return base::Error(base::ErrorCode::Malformed, "body: gzip data that is cut short");
  return decoded;
}

std::string delivery_document(std::size_t accepted, const PostedBatch& batch) {
  std::string document;
  json::Writer writer(document);
  writer.begin_object().key("accepted").unsigned_integer(accepted);
  writer.key("duplicates").unsigned_integer(batch.events.size() - accepted).key("rejected").begin_list();
  for (const RejectedEvent& event : batch.rejected) {
    writer.begin_object().key("id");
    event.id ? writer.text(*event.id) : writer.null();
    writer.member("error", event.error).end_object();
  }
  writer.end_list().end_object();
  return document;
}

net::Response live(const net::Request& /*request*/) {
  net::Response response;
  response.body = R"({"status":"live"})";
  return response;
}

}  // namespace

Endpoints::Endpoints(std::string admin_token, std::chrono::seconds max_wait, Board& board, AuditStore* audit,
                     const base::Logger& logger)
    : admin_token_(std::move(admin_token)), max_wait_(max_wait), board_(board), audit_(audit), logger_(logger) {}

bool Endpoints::is_admin(const net::Request& request) const {
  const auto tokens = net::admin_tokens(request.headers);
  return tokens && std::ranges::all_of(*tokens, [this](std::string_view token) {
           return crypto::equal_in_constant_time(token, admin_token_);
         });
}

net::Handler Endpoints::for_admin(net::Response (Endpoints::*answer)(const net::Request&)) {
  return [this, answer](const net::Request& request) {
    return is_admin(request) ? (this->*answer)(request) : unauthorized();
  };
}

void Endpoints::bundle(const net::Request& request, net::Reply reply) {
  if (!is_admin(request)) return std::move(reply).send(unauthorized());
  const auto shown = board_.current();
  const auto wait = preferred_wait(request.headers, max_wait_);
  net::Response now = bundle_response(*shown, request.headers);
  if (!wait) return std::move(reply).send(std::move(now));
  // The request stays as it is until the reply is sent. News that is there already is the preference applied, too: the
  // client learns that it may ask again at once.
  const auto respond = [&request, wait = *wait](const Published& news) {
    net::Response response = bundle_response(news, request.headers);
    response.headers.add("Preference-Applied", "wait=" + std::to_string(wait.count()));
    return response;
  };
  if (now.status != 304) return std::move(reply).send(respond(*shown));
  if (auto returned = board_.hold(shown, Held{std::move(reply), respond}, *wait)) {
    const auto current = board_.current();
    std::move(returned->reply).send(current == shown ? std::move(now) : respond(*current));
  }
}

net::Response Endpoints::newest_root(const net::Request& /*request*/) {
  const auto shown = board_.current();
  return root_response(shown, shown->authority->roots.newest());
}

net::Response Endpoints::root_of_version(const net::Request& request) {
  const auto shown = board_.current();
  const std::string_view text = std::string_view(request.path).substr(kRootPath.size() + 1);
  const auto version = base::parse_unsigned(text);
  const bundle::TrustRoot* const root = version ? shown->authority->roots.find(*version) : nullptr;
  if (root == nullptr || std::to_string(*version) != text) {
    return net::error_response(404, "not_found", "there is no trust root of this version");
  }
  return root_response(shown, *root);
}

net::Response Endpoints::take_status(const net::Request& request) {
  auto status = parse_status(request.body);
  if (!status) return refusal(status.error());
  const auto named = request.headers.find("X-MeshGuard-Sidecar");
  const std::string sidecar = base::printable(named.value_or(request.remote_address), kMaxStatusText);
  const SidecarStatus now = *status;
  const auto before = statuses_.record(sidecar, std::move(*status));
  // A change of state is for the operator; that all is as it was, for whoever looks for it.
  const bool changed = before && before->status != now.status;
  logger_.log(changed ? base::LogLevel::Info : base::LogLevel::Debug, changed ? "sidecar_changed" : "sidecar_status",
              {{"sidecar", sidecar},
               {"status", now.status},
               {"before", before ? before->status : std::string()},
               {"bundle", now.bundle_version}});
  net::Response response;
  response.status = 204;
  return response;
}

net::Response Endpoints::take_events(const net::Request& request) {
  const auto coding = request.headers.find("Content-Encoding");
  const bool is_plain = !coding || base::equal_ignoring_case(*coding, "identity");
  if (request.headers.count("Content-Encoding") > 1 || (!is_plain && !base::equal_ignoring_case(*coding, "gzip"))) {
    return net::error_response(415, "unsupported_media_type", "events are taken plain or in gzip");
  }
  const auto decoded = is_plain ? base::Result<std::string>(request.body) : decode(request);
  if (!decoded) return refusal(decoded.error());
  const auto batch = parse_posted(*decoded);
  if (!batch) return refusal(batch.error());
  const std::string sidecar = base::printable(batch->sidecar, kMaxStatusText);
  const auto accepted = audit_->store(*batch);
  if (!accepted) {
    logger_.log(base::LogLevel::Error, "events_not_stored",
                {{"sidecar", sidecar}, {"reason", accepted.error().message()}, {"action", "asked_to_send_again"}});
    return net::error_response(503, "unavailable", "the events could not be stored");
  }
  logger_.log(batch->rejected.empty() ? base::LogLevel::Debug : base::LogLevel::Warn, "events_taken",
              {{"sidecar", sidecar},
               {"accepted", std::to_string(*accepted)},
               {"duplicates", std::to_string(batch->events.size() - *accepted)},
               {"rejected", std::to_string(batch->rejected.size())}});
  net::Response response;
  response.body = delivery_document(*accepted, *batch);
  return response;
}

std::vector<net::Route> Endpoints::routes() {
  const net::LaterHandler serve_bundle = [this](const net::Request& request, net::Reply reply) {
    bundle(request, std::move(reply));
  };
  std::vector<net::Route> routes = {
      {"GET", std::string(kBundlePath), serve_bundle},
      {"GET", std::string(kRootPath), for_admin(&Endpoints::newest_root)},
      {"GET", std::string(kRootPath) + "/*", for_admin(&Endpoints::root_of_version)},
      {"POST", std::string(kStatusPath), for_admin(&Endpoints::take_status)},
      {"GET", "/livez", net::Handler(live)},
  };
  if (audit_ != nullptr) {
    routes.push_back({"POST", std::string(kAuditPath), for_admin(&Endpoints::take_events), true});
  }
  return routes;
}

}  // namespace guardian::gateway
