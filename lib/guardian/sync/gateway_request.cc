#include "guardian/sync/gateway_request.h"

#include <unistd.h>

#include <array>

#include "guardian/base/random.h"
#include "guardian/base/text.h"
#include "guardian/net/retry.h"
#include "guardian_version.h"

namespace guardian::sync {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kBundlePath = "/api/v1/guardian/bundle";
constexpr std::string_view kTrustRootPath = "/api/v1/guardian/trust-root";
constexpr std::string_view kStatusPath = "/api/v1/guardian/status";
constexpr std::string_view kAuditPath = "/api/v1/guardian/audit";
constexpr std::size_t kMaxTrustRootAnswerBytes = std::size_t{1} << 20;
constexpr std::chrono::minutes kBundleTimeout{10};
constexpr std::chrono::seconds kHoldGrace{10};

base::Status check_url(std::string_view setting, const std::string& text, bool allow_insecure) {
  auto url = net::Url::parse(text);
  if (!url) return std::move(url).error().within(setting);
  if (url->scheme == "https" || url->is_loopback() || allow_insecure) return {};
  return Error(ErrorCode::InvalidInput,
               std::string(setting) +
                   ": plain http to a host that is not loopback is refused unless ALLOW_INSECURE_GATEWAY=true");
}

bool same_origin(const std::string& a, const std::string& b) {
  const auto first = net::Url::parse(a);
  const auto second = net::Url::parse(b);
  return first.ok() && second.ok() && first->origin() == second->origin();
}

void add_token(net::Call& call, const std::string& token) {
  call.headers.add("Authorization", "Bearer " + token);
  call.headers.add("X-Admin-Token", token);
}

net::Call base_call(std::string url, std::string_view sidecar_id) {
  net::Call call;
  call.url = std::move(url);
  call.headers.add("User-Agent", "guardian/" GUARDIAN_VERSION);
  call.headers.add("X-MeshGuard-Sidecar", std::string(sidecar_id));
  return call;
}

net::Call post_call(const Options& options, std::string_view sidecar_id, std::string_view path, std::string body) {
  net::Call call = base_call(options.gateway_url + std::string(path), sidecar_id);
  add_token(call, options.admin_token);
  call.method = "POST";
  call.content_type = "application/json";
  call.body = std::move(body);
  return call;
}

}  // namespace

base::Status check_gateway(const Options& options) {
  GUARDIAN_TRY(check_url("GATEWAY_URL", options.gateway_url, options.allow_insecure_gateway));
  if (!options.bundle_url.empty()) {
    GUARDIAN_TRY(check_url("BUNDLE_URL", options.bundle_url, options.allow_insecure_gateway));
  }
  return {};
}

net::Call bundle_call(const Options& options, std::string_view sidecar_id, std::string_view etag,
                      std::chrono::seconds hold) {
  const std::string own = options.gateway_url + std::string(kBundlePath);
  net::Call call = base_call(options.bundle_url.empty() ? own : options.bundle_url, sidecar_id);
  if (same_origin(call.url, options.gateway_url)) {
    add_token(call, options.admin_token);
  } else if (!options.bundle_token.empty()) {
    add_token(call, options.bundle_token);
  }
  if (!etag.empty()) call.headers.add("If-None-Match", std::string(etag));
  call.body_timeout = kBundleTimeout;
  call.max_body_bytes = options.max_bundle_bytes;
  if (hold > std::chrono::seconds(0)) {
    call.headers.add("Prefer", "wait=" + std::to_string(hold.count()));
    call.head_timeout = hold + kHoldGrace;
  }
  return call;
}

net::Call trust_root_call(const Options& options, std::string_view sidecar_id, std::optional<std::uint64_t> version) {
  std::string url = options.gateway_url + std::string(kTrustRootPath);
  if (version) url += "/" + std::to_string(*version);
  net::Call call = base_call(std::move(url), sidecar_id);
  add_token(call, options.admin_token);
  call.max_body_bytes = kMaxTrustRootAnswerBytes;
  return call;
}

net::Call status_call(const Options& options, std::string_view sidecar_id, std::string health) {
  return post_call(options, sidecar_id, kStatusPath, std::move(health));
}

net::Call audit_call(const Options& options, std::string_view sidecar_id, std::string body) {
  net::Call call = post_call(options, sidecar_id, kAuditPath, std::move(body));
  call.headers.add("Content-Encoding", "gzip");
  return call;
}

Error error_of_status(int status) {
  if (status == 404) return Error(ErrorCode::Network, "the gateway has no bundle yet (404)");
  return net::error_of_status(status);
}

bool was_held(const net::Answer& answer) {
  const std::string applied = base::to_lower(answer.headers.find("Preference-Applied").value_or(""));
  return applied.find("wait") != std::string::npos;
}

std::string make_sidecar_id() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {'h', 'o', 's', 't'};
  return std::string(host.data()) + "-" + base::random_hex(4);
}

}  // namespace guardian::sync
