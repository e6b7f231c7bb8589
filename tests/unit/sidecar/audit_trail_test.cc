#include "guardian/sidecar/audit_trail.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <functional>
#include <thread>

#include "guardian/base/unique_fd.h"
#include "support/scripted_gateway.h"
#include "support/temp_dir.h"

namespace guardian::sidecar {

namespace {

constexpr std::string_view kToken = "mg-secret-0123456789";

struct Rig {
  Rig() {
    audit::StoreOptions options;
    options.directory = directory.file("audit");
    options.sidecar = "sidecar-1";
    options.forwards = true;
    sync_options.gateway_url = "https://gateway.example";
    sync_options.admin_token = kToken;
    auto opened = AuditTrail::open(options, true, {}, clock, logger);
    REQUIRE(opened.ok());
    trail = std::move(opened).value();
  }
  // Starts forwarding and waits until health or log say what is wanted.
  void forward_until(const std::function<bool()>& holds) {
    trail->start_forwarding(gateway, sync_options);
    for (int tries = 0; !holds(); ++tries) {
      REQUIRE(tries < 30'000);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  [[nodiscard]] std::string log() const { return directory.read("log"); }
  [[nodiscard]] std::size_t logged(std::string_view text) const {
    const std::string all = log();
    std::size_t count = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
    return count;
  }
  [[nodiscard]] bool has_problem() const { return !trail->state().problems.empty(); }

  test::TempDir directory;
  base::SystemClock clock;
  base::UniqueFd fd{::open(directory.file("log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  base::Logger logger{base::LogLevel::Info, base::LogFormat::Text, fd.get(), clock};
  sync::Options sync_options;
  test::ScriptedGateway gateway;  // outlives the trail that asks it
  std::unique_ptr<AuditTrail> trail;
};

}  // namespace

TEST_CASE("audit trail: a token that the gateway refuses for events is in health and in the log") {
  for (const int status : {401, 403, 409}) {
    CAPTURE(status);
    Rig rig;
    rig.gateway.answers(status);
    rig.forward_until([&] { return rig.has_problem() && rig.logged("audit_not_forwarded") != 0; });
    const auto problems = rig.trail->state().problems;
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("audit events are not forwarded: "));
    CHECK(problems[0].find(std::to_string(status)) != std::string::npos);
    CHECK(rig.logged("action=trying_at_the_sync_interval") == 1);
    CHECK(rig.log().find(kToken) == std::string::npos);
  }
}

TEST_CASE("audit trail: a gateway that takes no events is in health and in the log") {
  Rig rig;
  rig.gateway.answers(404);
  rig.forward_until([&] { return rig.has_problem() && rig.logged("audit_not_forwarded") != 0; });
  CHECK(rig.logged("action=asking_hourly") == 1);
}

TEST_CASE("audit trail: a gateway that is away is no problem") {
  Rig rig;
  rig.sync_options.interval = std::chrono::seconds(0);
  rig.gateway.is_away().answers(503).answers(200, R"({"accepted":1,"duplicates":0,"rejected":[]})").answers(404);
  rig.forward_until([&] { return rig.trail->state().pending == 0; });
  CHECK_FALSE(rig.has_problem());
  CHECK(rig.logged("audit_not_forwarded") == 0);
}

TEST_CASE("audit trail: events that the gateway refused for good are told, and not the token that it says back") {
  Rig rig;
  rig.sync_options.interval = std::chrono::seconds(0);
  const std::string error = "odd for " + std::string(kToken);
  rig.gateway.answers(403)
      .answers(200, R"({"accepted":0,"duplicates":0,"rejected":[{"id":null,"error":")" + error + R"("}]})")
      .answers(404);
  rig.forward_until([&] { return rig.logged("audit_events_rejected") != 0; });
  CHECK(rig.logged("audit_not_forwarded") == 1);
  CHECK(rig.logged("audit_forwarding") == 1);
  CHECK(rig.logged("audit_events_rejected") == 1);
  CHECK(rig.logged("count=1") == 1);
  const auto problems = rig.trail->state().problems;
  REQUIRE(problems.size() == 1);
  CHECK(problems[0] ==
        "audit events refused by the gateway for good since the start: 1; the last: the gateway rejected 1 of 1 event: "
        "odd for [token]");
  CHECK(rig.log().find("odd for [token]") != std::string::npos);
  CHECK(rig.log().find(kToken) == std::string::npos);
}

}  // namespace guardian::sidecar
