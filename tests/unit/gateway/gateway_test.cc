#include "guardian/gateway/gateway.h"

#include <doctest/doctest.h>

#include "guardian/bundle/verify.h"
#include "unit/gateway/rig.h"

using guardian::base::ErrorCode;
using guardian::net::Response;
using namespace guardian::test;

namespace {

std::string etag_of(const Response& response) { return std::string(response.headers.find("ETag").value_or("")); }

Response get_if_none_match(const GatewayRig& rig, const std::string& etag, const std::string& coding = {}) {
  auto request = rig.request(kBundlePath);
  request.headers.add("If-None-Match", etag);
  if (!coding.empty()) request.headers.add("Accept-Encoding", coding);
  return rig.send(request);
}

}  // namespace

TEST_CASE("gateway: what it serves verifies under the trust root it serves") {
  GatewayRig rig;
  rig.open();
  const auto root = guardian::bundle::TrustRoot::parse_root_envelope(rig.get(kRootPath).content());
  REQUIRE(root.ok());
  CHECK(root->version() == 1);
  auto sealed = guardian::bundle::SealedBundle::open(rig.get(kBundlePath).content());
  REQUIRE(sealed.ok());
  const auto verified = guardian::bundle::verify(
      std::move(sealed).value(), *root,
      {guardian::bundle::Origin::Fetched, guardian::base::to_instant(rig.clock.now()), std::nullopt});
  REQUIRE(verified.ok());
  CHECK((*verified)->payload().policies.front().name() == "p");
}

TEST_CASE("gateway: trust roots are served by version, and what is no version it has is not found") {
  GatewayRig rig;
  rig.open();
  CHECK(rig.get(std::string(kRootPath) + "/1").content() == rig.get(kRootPath).content());
  for (const char* version : {"0", "2", "01", "+1", "1/", "one", "", "99999999999999999999"}) {
    CAPTURE(version);
    CHECK(rig.get(std::string(kRootPath) + "/" + version).status == 404);
  }
}

TEST_CASE("gateway: a matching ETag is answered 304, alone, in a list, weak or as a star") {
  GatewayRig rig;
  rig.open();
  const std::string etag = etag_of(rig.get(kBundlePath));
  for (const std::string& sent : {etag, "\"other\", " + etag, "W/" + etag, std::string("*")}) {
    const auto again = get_if_none_match(rig, sent);
    CAPTURE(sent);
    CHECK(again.status == 304);
    CHECK(again.content().empty());
    CHECK(etag_of(again) == etag);
  }
  CHECK(get_if_none_match(rig, "\"other\"").status == 200);
}

TEST_CASE("gateway: gzip has a tag of its own, and either tag matches whatever is asked for") {
  GatewayRig rig;
  rig.open();
  const auto plain = rig.get(kBundlePath);
  auto request = rig.request(kBundlePath);
  request.headers.add("Accept-Encoding", "gzip");
  const auto compressed = rig.send(request);
  CHECK(compressed.status == 200);
  CHECK(compressed.headers.find("Content-Encoding") == "gzip");
  CHECK_FALSE(plain.headers.find("Content-Encoding").has_value());
  CHECK(etag_of(compressed) != etag_of(plain));
  for (const Response& response : {plain, compressed}) {
    CHECK(response.headers.find("Vary") == "Accept-Encoding");
    CHECK(response.headers.find("Cache-Control") == "private, no-cache");
    CHECK(get_if_none_match(rig, etag_of(response)).status == 304);
    CHECK(get_if_none_match(rig, etag_of(response), "gzip").status == 304);
  }
  CHECK(compressed.shared_body == rig.send(request).shared_body);
}

TEST_CASE("gateway: nothing but the right admin token opens it, and every one sent must be right") {
  GatewayRig rig;
  rig.open();
  const auto status_with = [&](const std::string& path,
                               std::initializer_list<std::pair<const char*, const char*>> sent) {
    guardian::net::Request request;
    request.method = path.ends_with("/status") ? "POST" : "GET";
    request.path = path;
    request.body = "{}";
    for (const auto& [name, value] : sent) request.headers.add(name, value);
    return rig.send(request).status;
  };
  for (const std::string& path : {std::string(kBundlePath), std::string(kRootPath), std::string(kRootPath) + "/1",
                                  std::string("/api/v1/guardian/status")}) {
    CAPTURE(path);
    const int opened = path.ends_with("/status") ? 204 : 200;
    CHECK(status_with(path, {}) == 401);
    CHECK(status_with(path, {{"Authorization", "Bearer wrong"}}) == 401);
    CHECK(status_with(path, {{"Authorization", "Bearer admin "}}) == 401);
    CHECK(status_with(path, {{"X-Admin-Token", "admin"}}) == opened);
    CHECK(status_with(path, {{"X-Admin-Token", "admin"}, {"X-Admin-Token", "wrong"}}) == 401);
    CHECK(status_with(path, {{"X-Admin-Token", "admin"}, {"Authorization", "Bearer wrong"}}) == 401);
    CHECK(status_with(path, {{"X-Admin-Token", "admin"}, {"Authorization", "bearer admin"}}) == opened);
  }
}

TEST_CASE("gateway: events are not taken without a directory for them, and a path knows its methods") {
  GatewayRig rig;
  rig.open();
  auto request = rig.request("/api/v1/guardian/audit");
  request.method = "POST";
  CHECK(rig.send(request).status == 404);
  request = rig.request(kBundlePath);
  request.method = "DELETE";
  const auto refused = rig.send(request);
  CHECK(refused.status == 405);
  CHECK(refused.headers.find("Allow") == "GET, HEAD");
  request.method = "HEAD";
  CHECK(rig.send(request).status == 200);
}

TEST_CASE("gateway: a status is taken when it is a JSON object of a size") {
  GatewayRig rig;
  rig.open();
  const auto post = [&](std::string body) {
    auto request = rig.request("/api/v1/guardian/status");
    request.method = "POST";
    request.body = std::move(body);
    return rig.send(request).status;
  };
  CHECK(post(R"({"status":"healthy","bundleVersion":null,"problems":["x"]})") == 204);
  CHECK(post("") == 400);
  CHECK(post("{") == 400);
  CHECK(post("[]") == 400);
  CHECK(post(R"({"status":7})") == 400);
  CHECK(post(R"({"status":"a","status":"b"})") == 400);
  CHECK(post(R"({"x":")" + std::string(300'000, 'a') + "\"}") == 413);
}

TEST_CASE("gateway: a rebuild publishes a newer version only when the content changed") {
  GatewayRig rig;
  rig.open();
  const std::string first = rig.gateway->bundle_version();
  const std::string bytes = rig.get(kBundlePath).content();
  rig.clock.advance(std::chrono::hours(1));
  CHECK_FALSE(rig.gateway->rebuild()->published);
  CHECK(rig.get(kBundlePath).content() == bytes);
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  const auto rebuilt = rig.gateway->rebuild();
  CHECK(rebuilt->published);
  CHECK(rebuilt->policies_before == 1);
  CHECK(rebuilt->policies == 2);
  CHECK(rig.gateway->bundle_version() == rebuilt->version);
  CHECK(rig.gateway->bundle_version() > first);
}

TEST_CASE("gateway: two changes within a second still have rising versions") {
  GatewayRig rig;
  rig.open();
  const std::string first = rig.gateway->bundle_version();
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  REQUIRE(rig.gateway->rebuild()->published);
  CHECK(rig.gateway->bundle_version() > first);
}

TEST_CASE("gateway: a directory that does not lint leaves the last good bundle in service, and says where") {
  GatewayRig rig;
  rig.open();
  const std::string bytes = rig.get(kBundlePath).content();
  rig.dir.write("repo/policies/q.yaml", "name: q\nrules: [{effect: allow, actions: [x], colour: red}]\n");
  rig.dir.write("repo/policies/r.yaml", "name: r\nrules: 7\n");
  const auto rebuilt = rig.gateway->rebuild();
  REQUIRE_FALSE(rebuilt.ok());
  CHECK(rebuilt.error().code() == ErrorCode::PolicyInvalid);
  CHECK(rebuilt.error().message().find("q.yaml:2:39") != std::string::npos);
  CHECK(rebuilt.error().message().find("r.yaml:2:8") != std::string::npos);
  CHECK(rig.get(kBundlePath).content() == bytes);
}

TEST_CASE("gateway: a directory whose policies are gone leaves the last good bundle in service") {
  GatewayRig rig;
  rig.open();
  REQUIRE(rig.files.remove_all(rig.dir.file("repo/policies/p.yaml")).ok());
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
  REQUIRE(rig.files.remove_all(rig.dir.file("repo")).ok());
  CHECK_FALSE(rig.gateway->rebuild().ok());
  CHECK(rig.get(kBundlePath).status == 200);
}

TEST_CASE("gateway: what every sidecar would refuse as expired is not published") {
  GatewayRig rig;
  rig.dir.write("repo/bundle.yaml", "expiresAt: \"2026-04-18T11:00:00Z\"\n");
  CHECK(rig.try_open().error().code() == ErrorCode::Expired);
}

TEST_CASE("gateway: a fixed version is refused once the content changes") {
  GatewayRig rig;
  rig.dir.write("repo/bundle.yaml", "version: \"2026-04-18T10:30:00Z\"\n");
  rig.open();
  CHECK_FALSE(rig.gateway->rebuild()->published);
  rig.dir.write("repo/policies/q.yaml", kDenyPolicy);
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("gateway: it does not start without a directory that lints") {
  GatewayRig rig;
  rig.dir.write("repo/policies/p.yaml", "rules: 7\n");
  CHECK(rig.try_open().error().code() == ErrorCode::PolicyInvalid);
}
