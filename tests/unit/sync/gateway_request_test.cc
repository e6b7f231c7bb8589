#include "guardian/sync/gateway_request.h"

#include <doctest/doctest.h>

using guardian::base::ErrorCode;
using namespace guardian::sync;

namespace {

constexpr std::chrono::seconds kNoHold{0};

Options options_for(std::string gateway) {
  Options options;
  options.gateway_url = std::move(gateway);
  options.admin_token = "admin-token";
  return options;
}

}  // namespace

TEST_CASE("gateway: https and loopback http are taken, other http only when allowed") {
  CHECK(check_gateway(options_for("https://dashboard.example")).ok());
  CHECK(check_gateway(options_for("http://127.0.0.1:4100")).ok());
  CHECK(check_gateway(options_for("http://localhost:4100")).ok());
  Options options = options_for("http://dashboard.example");
  CHECK(check_gateway(options).error().code() == ErrorCode::InvalidInput);
  options.allow_insecure_gateway = true;
  CHECK(check_gateway(options).ok());
  CHECK_FALSE(check_gateway(options_for("ftp://dashboard.example")).ok());
  Options with_bundle_url = options_for("https://dashboard.example");
  with_bundle_url.bundle_url = "http://cdn.example/bundle";
  CHECK_FALSE(check_gateway(with_bundle_url).ok());
}

TEST_CASE("gateway: a bundle request names the sidecar, the version and both tokens") {
  const auto call = bundle_call(options_for("https://gw.example"), "host-1", "\"e\"", kNoHold);
  CHECK(call.url == "https://gw.example/api/v1/guardian/bundle");
  CHECK(call.headers.find("Authorization") == "Bearer admin-token");
  CHECK(call.headers.find("X-Admin-Token") == "admin-token");
  CHECK(call.headers.find("X-MeshGuard-Sidecar") == "host-1");
  CHECK(call.headers.find("If-None-Match") == "\"e\"");
  CHECK(call.headers.find("User-Agent")->starts_with("guardian/"));
}

TEST_CASE("gateway: no conditional request is made without an ETag") {
  CHECK_FALSE(
      bundle_call(options_for("https://gw.example"), "s", "", kNoHold).headers.find("If-None-Match").has_value());
}

TEST_CASE("gateway: a bundle address of another origin never gets the admin token") {
  Options options = options_for("https://gw.example");
  options.bundle_url = "https://cdn.example/b";
  CHECK_FALSE(bundle_call(options, "s", "", kNoHold).headers.find("Authorization").has_value());
  CHECK_FALSE(bundle_call(options, "s", "", kNoHold).headers.find("X-Admin-Token").has_value());
  options.bundle_token = "bundle-token";
  CHECK(bundle_call(options, "s", "", kNoHold).headers.find("Authorization") == "Bearer bundle-token");
  options.bundle_url = "https://gw.example/elsewhere";
  CHECK(bundle_call(options, "s", "", kNoHold).headers.find("Authorization") == "Bearer admin-token");
}

TEST_CASE("gateway: a request that may be held says so, and waits for its answer as long and ten seconds") {
  const auto call = bundle_call(options_for("https://gw.example"), "s", "\"e\"", std::chrono::seconds(60));
  CHECK(call.headers.find("Prefer") == "wait=60");
  CHECK(call.head_timeout == std::chrono::seconds(70));
  CHECK(call.body_timeout == std::chrono::minutes(10));
  const auto plain = bundle_call(options_for("https://gw.example"), "s", "\"e\"", kNoHold);
  CHECK_FALSE(plain.headers.find("Prefer").has_value());
  CHECK(plain.head_timeout == std::chrono::seconds(30));
  CHECK(plain.body_timeout == std::chrono::minutes(10));
}

TEST_CASE("gateway: an answer was held when it says that the preference was applied") {
  guardian::net::Answer answer;
  CHECK_FALSE(was_held(answer));
  answer.headers.add("preference-applied", "respond-async, Wait=60");
  CHECK(was_held(answer));
}

TEST_CASE("gateway: a trust root is asked for by its version, or the current one") {
  const Options options = options_for("https://gw.example");
  CHECK(trust_root_call(options, "s", std::nullopt).url == "https://gw.example/api/v1/guardian/trust-root");
  CHECK(trust_root_call(options, "s", 3).url == "https://gw.example/api/v1/guardian/trust-root/3");
}

TEST_CASE("gateway: the status is posted as JSON with the token") {
  const auto call = status_call(options_for("https://gw.example"), "host-1", "{}");
  CHECK(call.method == "POST");
  CHECK(call.url == "https://gw.example/api/v1/guardian/status");
  CHECK(call.content_type == "application/json");
  CHECK(call.headers.find("X-Admin-Token") == "admin-token");
}

TEST_CASE("gateway: events are posted as JSON in gzip with the token and the sidecar's id") {
  const auto call = audit_call(options_for("https://gw.example"), "host-1", "body");
  CHECK(call.method == "POST");
  CHECK(call.url == "https://gw.example/api/v1/guardian/audit");
  CHECK(call.content_type == "application/json");
  CHECK(call.headers.find("Content-Encoding") == "gzip");
  CHECK(call.headers.find("Authorization") == "Bearer admin-token");
  CHECK(call.headers.find("X-MeshGuard-Sidecar") == "host-1");
  CHECK(call.body == "body");
}

TEST_CASE("gateway: two sidecars on one host have different ids") { CHECK(make_sidecar_id() != make_sidecar_id()); }
