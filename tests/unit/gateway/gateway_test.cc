#include "guardian/gateway/gateway.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>

#include "guardian/bundle/verify.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

using guardian::base::ErrorCode;
using guardian::gateway::Gateway;
using namespace guardian::test;

namespace {

constexpr const char* kPolicy =
    "name: p\nappliesTo: {agentIds: [\"*\"]}\nrules:\n  - {effect: allow, actions: [\"read:*\"]}\n";
constexpr const char* kOtherPolicy =
    "name: q\nappliesTo: {agentIds: [\"*\"]}\nrules:\n  - {effect: deny, actions: [\"*\"]}\n";

class Rig {
 public:
  Rig() { dir.write("policies/p.yaml", kPolicy); }

  [[nodiscard]] guardian::base::Result<std::unique_ptr<Gateway>> try_open(std::vector<std::string> roots = {}) {
    guardian::gateway::Options options;
    options.directory = dir.path();
    options.admin_token = "admin";
    options.trust_roots = std::move(roots);
    std::vector<guardian::crypto::PrivateKey> keys;
    keys.push_back(*guardian::crypto::PrivateKey::from_pem(key.pem()));
    return Gateway::open(std::move(options), std::move(keys), files, clock, logger);
  }
  void open() {
    auto opened = try_open();
    REQUIRE(opened.ok());
    gateway = std::move(opened).value();
  }

  [[nodiscard]] guardian::net::Response get(const std::string& path, const std::string& token = "admin",
                                            const std::string& etag = {}) const {
    guardian::net::Request request;
    request.method = "GET";
    request.path = path;
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    if (!etag.empty()) request.headers.add("If-None-Match", etag);
    return send(request);
  }
  [[nodiscard]] guardian::net::Response send(const guardian::net::Request& request) const {
    const auto routes = gateway->routes();
    const auto route = std::ranges::find(routes, request.path, &guardian::net::Route::path);
    REQUIRE(route != routes.end());
    return std::get<guardian::net::Handler>(route->handler)(request);
  }

  TempDir dir;
  guardian::base::SystemFileSystem files;
  FakeClock clock;
  guardian::base::Logger logger{guardian::base::LogLevel::Error, guardian::base::LogFormat::Text, STDERR_FILENO, clock};
  guardian::crypto::PrivateKey key = make_key();
  std::unique_ptr<Gateway> gateway;
};

constexpr const char* kBundle = "/api/v1/guardian/bundle";

}  // namespace

TEST_CASE("gateway: what it serves verifies under the trust root it serves") {
  Rig rig;
  rig.open();
  const auto root = guardian::bundle::TrustRoot::parse_root_envelope(rig.get("/api/v1/guardian/trust-root").body);
  REQUIRE(root.ok());
  CHECK(root->version() == 1);
  CHECK(rig.get("/api/v1/guardian/trust-root/1").body == root->source());
  auto sealed = guardian::bundle::SealedBundle::open(rig.get(kBundle).body);
  REQUIRE(sealed.ok());
  const auto verified = guardian::bundle::verify(
      std::move(sealed).value(), *root,
      {guardian::bundle::Origin::Fetched, guardian::base::to_instant(rig.clock.now()), std::nullopt});
  REQUIRE(verified.ok());
  CHECK((*verified)->payload().policies.front().name() == "p");
}

TEST_CASE("gateway: a matching ETag is answered 304, alone, in a list, weak or as a star") {
  Rig rig;
  rig.open();
  const auto first = rig.get(kBundle);
  const std::string etag(*first.headers.find("ETag"));
  for (const std::string& sent : {etag, "\"other\", " + etag, "W/" + etag, std::string("*")}) {
    const auto again = rig.get(kBundle, "admin", sent);
    CAPTURE(sent);
    CHECK(again.status == 304);
    CHECK(again.body.empty());
  }
  CHECK(rig.get(kBundle, "admin", "\"other\"").status == 200);
}

TEST_CASE("gateway: nothing but the right admin token opens it, and every one sent must be right") {
  Rig rig;
  rig.open();
  CHECK(rig.get(kBundle, "").status == 401);
  CHECK(rig.get(kBundle, "wrong").status == 401);
  CHECK(rig.get(kBundle, "admin ").status == 401);
  CHECK(rig.get("/api/v1/guardian/trust-root", "").status == 401);
  guardian::net::Request request;
  request.path = kBundle;
  request.headers.add("X-Admin-Token", "admin");
  CHECK(rig.send(request).status == 200);
  guardian::net::Request twice = request;
  twice.headers.add("X-Admin-Token", "wrong");
  CHECK(rig.send(twice).status == 401);
  request.headers.add("Authorization", "Bearer wrong");
  CHECK(rig.send(request).status == 401);
}

TEST_CASE("gateway: a rebuild publishes a newer version only when the content changed") {
  Rig rig;
  rig.open();
  const std::string first = rig.gateway->bundle_version();
  const std::string bytes = rig.get(kBundle).body;
  rig.clock.advance(std::chrono::hours(1));
  CHECK_FALSE(*rig.gateway->rebuild());
  CHECK(rig.get(kBundle).body == bytes);
  rig.dir.write("policies/q.yaml", kOtherPolicy);
  CHECK(*rig.gateway->rebuild());
  CHECK(rig.gateway->bundle_version() > first);
}

TEST_CASE("gateway: two changes within a second still have rising versions") {
  Rig rig;
  rig.open();
  const std::string first = rig.gateway->bundle_version();
  rig.dir.write("policies/q.yaml", kOtherPolicy);
  REQUIRE(*rig.gateway->rebuild());
  CHECK(rig.gateway->bundle_version() > first);
}

TEST_CASE("gateway: a directory that does not build leaves the last good bundle in service") {
  Rig rig;
  rig.open();
  const std::string bytes = rig.get(kBundle).body;
  rig.dir.write("policies/q.yaml", "name: q\nrules: [{effect: allow, actions: [x], colour: red}]\n");
  const auto rebuilt = rig.gateway->rebuild();
  REQUIRE_FALSE(rebuilt.ok());
  CHECK(rebuilt.error().message().find("colour") != std::string::npos);
  CHECK(rig.get(kBundle).body == bytes);
}

TEST_CASE("gateway: what every sidecar would refuse as expired is not published") {
  Rig rig;
  rig.dir.write("bundle.yaml", "expiresAt: \"2026-04-18T11:00:00Z\"\n");
  CHECK(rig.try_open().error().code() == ErrorCode::Expired);
}

TEST_CASE("gateway: a fixed version is refused once the content changes") {
  Rig rig;
  rig.dir.write("bundle.yaml", "version: \"2026-04-18T10:30:00Z\"\n");
  rig.open();
  CHECK_FALSE(*rig.gateway->rebuild());
  rig.dir.write("policies/q.yaml", kOtherPolicy);
  CHECK(rig.gateway->rebuild().error().code() == ErrorCode::InvalidInput);
}

TEST_CASE("gateway: it does not start without a token, a directory that builds, or keys that its trust root knows") {
  Rig rig;
  const auto stranger = make_key();
  CHECK_FALSE(rig.try_open({root_bytes({&stranger})}).ok());
  CHECK(rig.try_open({root_bytes({&rig.key})}).ok());
  CHECK_FALSE(rig.try_open({root_bytes({&rig.key}), root_bytes({&rig.key})}).ok());
  rig.dir.write("policies/p.yaml", "rules: 7\n");
  CHECK_FALSE(rig.try_open().ok());
}
