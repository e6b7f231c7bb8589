#include "guardian/gateway/gateway.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "guardian/base/mutex.h"
#include "guardian/base/text.h"
#include "guardian/crypto/digest.h"
#include "guardian/crypto/dsse.h"
#include "guardian/gateway/published.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::hours kTrustRootLife{365 * 24};
constexpr std::string_view kBearer = "Bearer ";

// RFC 9110 section 13.1.2: a list of entity tags or `*`, compared weakly.
bool if_none_match(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view tag = base::trim(header.substr(0, comma));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return false;
}

net::Response envelope_response(const std::string& bytes) {
  net::Response response;
  response.content_type = "application/json";
  response.body = bytes;
  return response;
}

base::Result<std::string> make_first_root(const std::vector<crypto::PrivateKey>& keys, base::TimePoint now) {
  bundle::TrustRootDraft draft;
  draft.expires_at = base::to_instant(std::chrono::floor<std::chrono::seconds>(now + kTrustRootLife));
  for (const crypto::PrivateKey& key : keys) draft.keys.push_back(key.public_key());
  GUARDIAN_ASSIGN(crypto::Envelope envelope, bundle::make_trust_root(draft));
  for (const crypto::PrivateKey& key : keys) crypto::sign_envelope(envelope, key);
  return crypto::write_envelope(envelope);
}

// The roots in order of version, each one more than the one before.
base::Result<std::vector<bundle::TrustRoot>> parse_roots(const std::vector<std::string>& texts) {
  std::vector<bundle::TrustRoot> roots;
  for (const std::string& text : texts) {
    auto root = bundle::TrustRoot::parse_root_envelope(text);
    if (!root) return std::move(root).error().within("trust root");
    if (!roots.empty() && root->version() != roots.back().version() + 1) {
      return Error(ErrorCode::InvalidInput, "trust roots: version " + std::to_string(root->version()) +
                                                " does not follow version " + std::to_string(roots.back().version()));
    }
    roots.push_back(std::move(root).value());
  }
  return roots;
}

}  // namespace

struct Gateway::State {
  State(Options chosen, std::vector<crypto::PrivateKey> signing, std::vector<bundle::TrustRoot> trust, Published first,
        base::FileSystem& file_system, const base::Clock& time, const base::Logger& log)
      : options(std::move(chosen)),
        keys(std::move(signing)),
        roots(std::move(trust)),
        files(file_system),
        clock(time),
        logger(log),
        published(std::make_shared<const Published>(std::move(first))) {}

  [[nodiscard]] std::shared_ptr<const Published> current() const {
    const base::MutexLock lock(mutex);
    return published;
  }
  [[nodiscard]] bool is_admin(const net::Request& request) const;
  [[nodiscard]] net::Response bundle(const net::Request& request) const;
  [[nodiscard]] net::Handler for_admin(net::Handler handler) const;

  const Options options;
  const std::vector<crypto::PrivateKey> keys;
  const std::vector<bundle::TrustRoot> roots;
  base::FileSystem& files;
  const base::Clock& clock;
  const base::Logger& logger;
  std::mutex rebuilding;  // one at a time: two would give one version two contents
  mutable base::Mutex mutex;
  std::shared_ptr<const Published> published GUARDIAN_GUARDED_BY(mutex);
};

// Every credential that is sent must be right: a proxy that adds one must not make up for a wrong other.
bool Gateway::State::is_admin(const net::Request& request) const {
  if (request.headers.count("Authorization") > 1 || request.headers.count("X-Admin-Token") > 1) return false;
  const auto authorization = request.headers.find("Authorization");
  const auto token = request.headers.find("X-Admin-Token");
  if (!authorization && !token) return false;
  if (authorization) {
    const bool bearer = base::equal_ignoring_case(authorization->substr(0, kBearer.size()), kBearer);
    if (!bearer || !crypto::equal_in_constant_time(authorization->substr(kBearer.size()), options.admin_token)) {
      return false;
    }
  }
  return !token || crypto::equal_in_constant_time(*token, options.admin_token);
}

net::Handler Gateway::State::for_admin(net::Handler handler) const {
  return [this, handler = std::move(handler)](const net::Request& request) {
    if (is_admin(request)) return handler(request);
    return net::error_response(401, "unauthorized", "the admin token is missing or wrong");
  };
}

net::Response Gateway::State::bundle(const net::Request& request) const {
  const auto shown = current();
  net::Response response;
  if (if_none_match(request.headers.find("If-None-Match").value_or(""), shown->etag)) {
    response.status = 304;
  } else {
    response = envelope_response(shown->bytes);
  }
  response.headers.add("ETag", shown->etag);
  response.headers.add("Cache-Control", "private, no-cache");
  return response;
}

base::Result<std::unique_ptr<Gateway>> Gateway::open(Options options, std::vector<crypto::PrivateKey> keys,
                                                     base::FileSystem& files, const base::Clock& clock,
                                                     const base::Logger& logger) {
  if (options.admin_token.empty()) return Error(ErrorCode::InvalidInput, "an admin token is required");
  if (keys.empty()) return Error(ErrorCode::InvalidInput, "a signing key is required");
  if (options.trust_roots.empty()) {
    GUARDIAN_ASSIGN(std::string root, make_first_root(keys, clock.now()));
    options.trust_roots.push_back(std::move(root));
  }
  GUARDIAN_ASSIGN(auto roots, parse_roots(options.trust_roots));
  GUARDIAN_ASSIGN(auto first, publish(files, options.directory, keys, roots.back(), nullptr, clock.now()));
  return std::unique_ptr<Gateway>(new Gateway(std::make_unique<State>(
      std::move(options), std::move(keys), std::move(roots), std::move(*first), files, clock, logger)));
}

Gateway::Gateway(std::unique_ptr<State> state) : state_(std::move(state)) {}

Gateway::~Gateway() = default;

base::Result<bool> Gateway::rebuild() {
  const std::lock_guard one_at_a_time(state_->rebuilding);
  const auto before = state_->current();
  GUARDIAN_ASSIGN(auto next, publish(state_->files, state_->options.directory, state_->keys, state_->roots.back(),
                                     before.get(), state_->clock.now()));
  if (!next) return false;
  const base::MutexLock lock(state_->mutex);
  state_->published = std::make_shared<const Published>(std::move(*next));
  return true;
}

std::string Gateway::bundle_version() const { return state_->current()->version.text(); }

std::vector<net::Route> Gateway::routes() {
  const State& state = *state_;
  const auto serve_root = [&state](const bundle::TrustRoot& root) {
    return state.for_admin([&root](const net::Request&) { return envelope_response(root.source()); });
  };
  const auto live = [](const net::Request&) {
    net::Response response;
    response.body = R"({"status":"live"})";
    return response;
  };
  const auto take_status = [&state](const net::Request& request) {
    state.logger.log(base::LogLevel::Debug, "sidecar_status",
                     {{"sidecar", base::printable(request.headers.find("X-MeshGuard-Sidecar").value_or(""))}});
    net::Response response;
    response.status = 204;
    return response;
  };
  const std::string base = "/api/v1/guardian";
  std::vector<net::Route> routes = {
      {"GET", base + "/bundle", state.for_admin([&state](const net::Request& r) { return state.bundle(r); })},
      {"GET", base + "/trust-root", serve_root(state.roots.back())},
      {"POST", base + "/status", state.for_admin(take_status)},
      {"GET", "/livez", live},
  };
  for (const bundle::TrustRoot& root : state.roots) {
    routes.push_back({"GET", base + "/trust-root/" + std::to_string(root.version()), serve_root(root)});
  }
  return routes;
}

}  // namespace guardian::gateway
