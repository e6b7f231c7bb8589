#include "guardian/sidecar/request_guard.h"

#include <doctest/doctest.h>

#include <utility>

#include "guardian/json/reader.h"
#include "guardian/limits/local_store.h"
#include "support/bundle_builder.h"
#include "support/fake_clock.h"

using guardian::decision::Mode;
using namespace guardian::test;

namespace {

// Keeps the events that it is given, and may refuse to, or hold them back.
class KeptEvents final : public guardian::audit::Sink {
 public:
  void append(std::vector<guardian::audit::Draft> events, Done done) override {
    for (const auto& event : events) {
      if (writable) text += "{";
      for (std::size_t i = 0; writable && i < guardian::audit::Draft::kPieces; ++i) text += event.piece(i);
      if (writable) text += "}\n";
    }
    held = std::move(done);
    if (!hold) std::exchange(held, nullptr)(writable);
  }
  [[nodiscard]] bool denies_unrecorded() const noexcept override { return denies; }

  std::string text;
  Done held;
  bool writable = true;
  bool denies = false;
  bool hold = false;
};

// A guard over a bundle whose policy allows read:* and denies delete:*.
class Rig {
 public:
  explicit Rig(Mode mode = Mode::Enforce, bool enforce_expiry = false, guardian::limits::Store* store = nullptr,
               std::optional<std::chrono::seconds> max_bundle_age = std::nullopt)
      : limits({}, files_, clock),
        guard({mode, enforce_expiry, max_bundle_age, "sidecar-1"}, active, {floor, age},
              store == nullptr ? limits : *store, clock, events, guardian::audit::Redactor("key")) {}

  void load(const BundleBuilder& builder) {
    active.activate(std::make_shared<const guardian::decision::Snapshot>(builder.verified(key_)));
  }

  [[nodiscard]] guardian::net::Response ask(std::string body, std::string token = {}) const {
    guardian::net::Response response;
    guard.enforce(request_of(std::move(body), std::move(token)), into(response));
    return response;
  }
  // The response comes when it comes.
  void ask_into(std::string body, guardian::net::Response& response) const {
    guard.enforce(request_of(std::move(body), {}), into(response));
  }
  void ask_batch_into(std::string body, guardian::net::Response& response) const {
    guard.enforce_batch(request_of(std::move(body), {}), into(response));
  }
  [[nodiscard]] guardian::net::Response ask_batch(std::string body) const {
    guardian::net::Response response;
    guard.enforce_batch(request_of(std::move(body), {}), into(response));
    return response;
  }
  // What was recorded since the last call.
  [[nodiscard]] std::string recorded() { return std::exchange(events.text, {}); }

  guardian::decision::ActiveSnapshot active;
  FakeClock clock;
  guardian::bundle::TimeFloor floor{clock};
  guardian::sync::BundleAge age{clock};

 private:
  static guardian::net::Reply into(guardian::net::Response& response) {
    return guardian::net::Reply([&response](guardian::net::Response answer) { response = std::move(answer); });
  }
  static guardian::net::Request request_of(std::string body, std::string token) {
    guardian::net::Request request;
    request.method = "POST";
    request.body = std::move(body);
    if (!token.empty()) request.headers.add("authorization", "bearer " + token);
    return request;
  }
  guardian::crypto::PrivateKey key_ = make_key();

  guardian::base::SystemFileSystem files_;

 public:
  KeptEvents events;
  guardian::limits::LocalStore limits;
  guardian::sidecar::RequestGuard guard;
};

std::string text_of(const guardian::net::Response& response, std::string_view member) {
  const auto parsed = guardian::json::parse(response.body);
  REQUIRE(parsed.ok());
  const auto* value = parsed->root().find(member);
  return value == nullptr || !value->is_text() ? "" : std::string(value->as_text());
}

constexpr const char* kRead = R"({"agentId":"agent_abc123","action":"read:x"})";
constexpr const char* kDelete = R"({"agentId":"agent_abc123","action":"delete:x"})";

}  // namespace

TEST_CASE("guard: without a bundle enforce mode denies and audit mode lets pass and says so") {
  const Rig enforce;
  CHECK(text_of(enforce.ask(kRead), "reason") == "No policy bundle is loaded");
  CHECK(text_of(enforce.ask(kRead), "decision") == "deny");
  const Rig audit(Mode::Audit);
  const auto answer = audit.ask(kRead);
  CHECK(text_of(answer, "decision") == "allow");
  CHECK(answer.body.find(R"("wouldDeny":true)") != std::string::npos);
  CHECK(answer.body.find(R"("bundleVersion":null)") != std::string::npos);
}

TEST_CASE("guard: a denial is a 200 and every decision is on record before it is answered") {
  Rig rig;
  rig.load(BundleBuilder());
  const auto answer = rig.ask(kDelete);
  CHECK(answer.status == 200);
  CHECK(text_of(answer, "rule") == "no-delete");
  const std::string line = rig.recorded();
  CHECK(line.find(R"("decision":"deny")") != std::string::npos);
  CHECK(line.find(R"("authenticated":false)") != std::string::npos);
}

TEST_CASE("guard: what audit mode lets pass is recorded with its evaluation, which the caller did not ask for") {
  Rig rig(Mode::Audit);
  rig.load(BundleBuilder());
  const auto answer = rig.ask(kDelete);
  CHECK(text_of(answer, "decision") == "allow");
  CHECK(answer.body.find("explain") == std::string::npos);
  CHECK(rig.recorded().find(R"("explain":[{"combining":)") != std::string::npos);
}

TEST_CASE("guard: no answer leaves before its decision is on record") {
  Rig rig;
  rig.load(BundleBuilder());
  rig.events.hold = true;
  guardian::net::Response response;
  response.status = 0;
  rig.ask_into(kRead, response);
  CHECK(response.status == 0);
  CHECK_FALSE(rig.events.text.empty());
  rig.events.held(true);
  CHECK(response.status == 200);
  CHECK(text_of(response, "decision") == "allow");
}

TEST_CASE("guard: what cannot be recorded is denied where that is asked for, in audit mode and else let pass") {
  for (const bool denies : {true, false}) {
    for (const Mode mode : {Mode::Enforce, Mode::Audit}) {
      Rig rig(mode);
      rig.load(BundleBuilder());
      rig.events.writable = false;
      rig.events.denies = denies;
      const bool denied = denies && mode == Mode::Enforce;
      const auto answer = rig.ask(kRead);
      CHECK(text_of(answer, "decision") == (denied ? "deny" : "allow"));
      CHECK((text_of(answer, "reason") == "Audit log is full") == denied);
      const auto batch = rig.ask_batch(R"({"agentId":"agent_abc123","actions":[{"action":"read:x"}]})");
      CHECK((batch.body.find("Audit log is full") != std::string::npos) == denied);
      CHECK((batch.body.find(R"("allAllowed":false)") != std::string::npos) == denied);
    }
  }
}

TEST_CASE("guard: an explanation is given when it is asked for") {
  Rig rig;
  rig.load(BundleBuilder());
  const auto answer = rig.ask(R"({"agentId":"agent_abc123","action":"read:x","explain":true})");
  CHECK(answer.body.find(R"("explain":[{"policy":"base")") != std::string::npos);
}

TEST_CASE("guard: a request that is not understood is a 400 and one that is too large a 413, neither is decided") {
  Rig rig;
  rig.load(BundleBuilder());
  const auto bad = rig.ask(R"({"agentId":"agent_abc123"})");
  CHECK(bad.status == 400);
  CHECK(text_of(bad, "error") == "bad_request");
  const auto deep =
      rig.ask(R"({"agentId":"a","action":"x","context":{"v":)" + std::string(70, '[') + std::string(70, ']') + "}}");
  CHECK(deep.status == 413);
  CHECK(text_of(deep, "error") == "too_large");
}

TEST_CASE("guard: an agent token that cannot be verified is refused, in audit mode let pass and said") {
  Rig enforce;
  enforce.load(BundleBuilder());
  CHECK(enforce.ask(kRead, "e30.e30.c2ln").status == 401);
  Rig audit(Mode::Audit);
  audit.load(BundleBuilder());
  const auto answer = audit.ask(kRead, "e30.e30.c2ln");
  CHECK(text_of(answer, "decision") == "allow");
  CHECK(text_of(answer, "reason") == "Invalid token");
}

TEST_CASE("guard: an expired bundle stays in force unless expiry is enforced") {
  const auto expiring = BundleBuilder().set("expiresAt", "\"2026-04-19T00:00:00Z\"");
  Rig lenient;
  lenient.load(expiring);
  lenient.clock.set("2026-04-20T00:00:00Z");
  CHECK(text_of(lenient.ask(kRead), "decision") == "allow");
  Rig strict(Mode::Enforce, true);
  strict.load(expiring);
  CHECK(text_of(strict.ask(kRead), "decision") == "allow");
  strict.clock.set("2026-04-20T00:00:00Z");
  CHECK(text_of(strict.ask(kRead), "reason") == "Policy bundle has expired");
}

TEST_CASE("guard: an enforced expiry holds with a clock behind the bundle's own timestamp") {
  Rig rig(Mode::Enforce, true);
  rig.load(BundleBuilder().set("expiresAt", "\"2026-04-19T00:00:00Z\"").set("timestamp", "\"2026-04-19T01:00:00Z\""));
  CHECK(text_of(rig.ask(kRead), "reason") == "Policy bundle has expired");
}

TEST_CASE("guard: a large context against many rules is explained in bounded size") {
  std::string rules;
  for (int i = 0; i < 100; ++i) {
    rules += std::string(i == 0 ? "" : ",") +
             R"({"effect":"deny","actions":["read:*"],"conditions":{"context.a":{"contains":"z"}}})";
  }
  Rig rig;
  rig.load(BundleBuilder().clear_policies().add_policy(R"({"name":"p","appliesTo":{"agentIds":["*"]},"rules":[)" +
                                                       rules + "]}"));
  const auto answer = rig.ask(R"({"agentId":"agent_abc123","action":"read:x","explain":true,"context":{"a":")" +
                              std::string(20'000, 'x') + "\"}}");
  CHECK(answer.status == 200);
  CHECK(answer.body.size() < 40'000);
}

TEST_CASE("guard: a batch is decided in order against one bundle and sums up") {
  Rig rig;
  rig.load(BundleBuilder());
  const auto answer = rig.ask_batch(
      R"({"agentId":"agent_abc123","actions":[{"action":"read:x"},{"action":"delete:x"}],"traceId":"t"})");
  const auto parsed = guardian::json::parse(answer.body);
  REQUIRE(parsed.ok());
  const auto results = parsed->root().find("results")->as_list();
  REQUIRE(results.size() == 2);
  CHECK(results[0].find("decision")->as_text() == "allow");
  CHECK(results[1].find("decision")->as_text() == "deny");
  CHECK_FALSE(parsed->root().find("allAllowed")->as_boolean());
  CHECK(text_of(answer, "bundleVersion") == kBundleVersion);
}

TEST_CASE("guard: no secret of a context reaches the record or an explanation") {
  Rig rig(Mode::Audit);
  rig.load(BundleBuilder().clear_policies().add_policy(
      R"({"name":"p","appliesTo":{"agentIds":["*"]},"rules":[{"id":"r","effect":"allow","actions":["*"],)"
      R"("conditions":{"context.apiKey":"x"}}]})"));
  const auto answer = rig.ask(
      R"({"agentId":"agent_abc123","action":"read:x","context":{"apiKey":"hunter2","list":[{"password":"hunter3"}]},"explain":true})");
  CHECK(answer.body.find("hunter") == std::string::npos);
  CHECK(rig.recorded().find("hunter") == std::string::npos);
}

namespace {

constexpr const char* kLimitedPolicy = R"({"name":"limited","appliesTo":{"agentIds":["*"]},"rules":[
    {"id":"mail","effect":"allow","actions":["mail"],"rateLimit":"1/minute"},
    {"id":"read","effect":"allow","actions":["read"]}]})";
constexpr const char* kMail = R"({"agentId":"agent_abc123","action":"mail"})";

BundleBuilder limited() { return BundleBuilder().clear_policies().add_policy(kLimitedPolicy); }

// A store that answers when it is told to, as one does that asks another machine.
class PostponedStore final : public guardian::limits::Store {
 public:
  bool charge(std::span<const guardian::limits::Charge> charges, std::span<guardian::limits::Verdict> verdicts,
              guardian::limits::Waiter& waiter) override {
    asked_ = charges;
    verdicts_ = verdicts;
    waiter_ = &waiter;
    return false;
  }
  [[nodiscard]] std::string problem() const override { return {}; }

  [[nodiscard]] std::size_t asked() const { return asked_.size(); }
  void answer(guardian::limits::Verdict::Kind kind, std::int64_t retry_after_ms = 0) {
    for (auto& verdict : verdicts_) verdict = {kind, retry_after_ms};
    waiter_->charged();
  }

 private:
  std::span<const guardian::limits::Charge> asked_;
  std::span<guardian::limits::Verdict> verdicts_;
  guardian::limits::Waiter* waiter_ = nullptr;
};

}  // namespace

TEST_CASE("guard: an allow counts, and past its limit it is a denial with the wait") {
  Rig rig;
  rig.load(limited());
  CHECK(text_of(rig.ask(kMail), "decision") == "allow");
  const auto refused = rig.ask(kMail);
  CHECK(text_of(refused, "decision") == "deny");
  CHECK(text_of(refused, "rule") == "mail");
  CHECK(text_of(refused, "reason") == "Rate limit exceeded");
  CHECK(refused.body.find(R"("retryAfterMs":)") != std::string::npos);
  CHECK(rig.recorded().find("Rate limit exceeded") != std::string::npos);
  rig.clock.advance(std::chrono::minutes(2));
  CHECK(text_of(rig.ask(kMail), "decision") == "allow");
}

TEST_CASE("guard: audit mode counts, and lets pass what it would refuse") {
  Rig rig(Mode::Audit);
  rig.load(limited());
  CHECK(rig.ask(kMail).body.find("wouldDeny") == std::string::npos);
  const auto passed = rig.ask(kMail);
  CHECK(text_of(passed, "decision") == "allow");
  CHECK(passed.body.find(R"("wouldDeny":true,"retryAfterMs":)") != std::string::npos);
}

TEST_CASE("guard: the actions of a batch count one after the other") {
  Rig rig;
  rig.load(limited());
  const auto answer =
      rig.ask_batch(R"({"agentId":"agent_abc123","actions":[{"action":"mail"},{"action":"read"},{"action":"mail"}]})");
  const auto parsed = guardian::json::parse(answer.body);
  REQUIRE(parsed.ok());
  std::string decisions;
  for (const auto& result : parsed->root().find("results")->as_list()) {
    decisions += std::string(result.find("decision")->as_text()) + " ";
  }
  CHECK(decisions == "allow allow deny ");
  CHECK_FALSE(parsed->root().find("allAllowed")->as_boolean());
}

TEST_CASE("guard: while a store is asked elsewhere the request waits, unanswered and unrecorded") {
  PostponedStore store;
  Rig rig(Mode::Enforce, false, &store);
  rig.load(limited());
  guardian::net::Response response;
  response.status = 0;
  rig.ask_into(kMail, response);
  CHECK(store.asked() == 1);
  CHECK(response.status == 0);
  // A new bundle meanwhile does not touch a request that began with the old one.
  rig.load(BundleBuilder().clear_policies().date("2026-04-18T11:00:00Z"));
  store.answer(guardian::limits::Verdict::Kind::Refused, 1'234);
  CHECK(response.status == 200);
  CHECK(text_of(response, "bundleVersion") == kBundleVersion);
  CHECK(response.body.find(R"("retryAfterMs":1234)") != std::string::npos);
  CHECK(rig.recorded().find("Rate limit exceeded") != std::string::npos);
}

TEST_CASE("guard: a store asked elsewhere is asked once for a whole batch, and not for what is not limited") {
  PostponedStore store;
  Rig rig(Mode::Enforce, false, &store);
  rig.load(limited());
  CHECK(text_of(rig.ask(R"({"agentId":"agent_abc123","action":"read"})"), "decision") == "allow");
  CHECK(store.asked() == 0);
  guardian::net::Response response;
  rig.ask_batch_into(R"({"agentId":"agent_abc123","actions":[{"action":"mail"},{"action":"read"},{"action":"mail"}]})",
                     response);
  CHECK(store.asked() == 2);
  store.answer(guardian::limits::Verdict::Kind::Full);
  CHECK(response.body.find("Rate limit store is full") != std::string::npos);
  CHECK(response.body.find("retryAfterMs") == std::string::npos);
}

TEST_CASE("guard: past MAX_BUNDLE_AGE everything is denied until the gateway confirms the bundle") {
  Rig rig(Mode::Enforce, false, nullptr, std::chrono::hours(24));
  rig.load(BundleBuilder());
  rig.age.confirm();
  rig.clock.advance(std::chrono::hours(24));
  CHECK(text_of(rig.ask(kRead), "decision") == "allow");
  rig.clock.advance(std::chrono::seconds(1));
  const auto old = rig.ask(kRead);
  CHECK(text_of(old, "decision") == "deny");
  CHECK(text_of(old, "reason") == "Policy bundle is too old");
  CHECK(old.body.find(R"("policy":null,"rule":null)") != std::string::npos);
  rig.age.confirm();
  CHECK(text_of(rig.ask(kRead), "decision") == "allow");
}

TEST_CASE("guard: in audit mode a bundle that is too old lets pass and says so") {
  Rig rig(Mode::Audit, false, nullptr, std::chrono::hours(24));
  rig.load(BundleBuilder());
  rig.clock.advance(std::chrono::hours(48));
  const auto answer = rig.ask(kRead);
  CHECK(text_of(answer, "decision") == "allow");
  CHECK(answer.body.find(R"("wouldDeny":true)") != std::string::npos);
}

TEST_CASE("guard: a clock set back revives no expired bundle") {
  Rig rig(Mode::Enforce, true);
  rig.load(BundleBuilder().set("expiresAt", "\"2026-04-18T13:00:00Z\""));
  rig.floor.raise(instant_of("2026-04-18T13:00:00Z"));
  rig.clock.set("2020-01-01T00:00:00Z");
  CHECK(text_of(rig.ask(kRead), "reason") == "Policy bundle has expired");
}
