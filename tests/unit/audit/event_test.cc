#include "guardian/audit/event.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/audit/chain.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

const json::ReadLimits kEventLimits = {.max_bytes = kMaxLineBytes, .max_depth = 160};

std::string line_of(const Draft& draft) {
  Chain chain({});
  std::string line;
  chain.append_line(line, draft, base::TimePoint{});
  line.pop_back();
  return line;
}

// A denial that audit mode let pass, with what is in the way of a request.
struct Recorded {
  explicit Recorded(std::string_view context_text) {
    auto parsed = json::parse(context_text);
    REQUIRE(parsed.ok());
    context = std::move(parsed).value();
    agent.trust_tier = "verified";
    agent.name = json::Value::text("support-bot");
    request.action = "write:email";
    request.resource = "customer-data";
    request.context = context.root();
    decision.policy = "p";
    decision.rule = "r";
    decision.reason = "no\nway";
    decision.alert = policy::Alert::Warning;
    decision.dry_run.push_back({"dry", "rule", true});
  }
  [[nodiscard]] std::string line(std::string_view explain = "[]") const {
    return line_of(draft_decision({.sidecar = "sidecar-1",
                                   .time = base::TimePoint{},
                                   .mode = decision::Mode::Audit,
                                   .bundle_version = "7",
                                   .agent_id = "agent_abc123",
                                   .agent = &agent,
                                   .request = request,
                                   .decision = decision,
                                   .latency_micros = 31,
                                   .trace_id = "t",
                                   .batch_id = std::nullopt,
                                   .explain = explain},
                                  Redactor("key")));
  }

  json::Document context;
  policy::Agent agent;
  policy::Request request;
  decision::Decision decision;
};

}  // namespace

TEST_CASE("event: a decision is one line with its question, its answer and no secret") {
  const std::string line = Recorded(R"({"amount":45,"password":"hunter2"})").line();
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("hunter2") == std::string::npos);
  const auto parsed = json::parse(line);
  REQUIRE(parsed.ok());
  const auto& root = parsed->root();
  CHECK(root.find("type")->as_text() == "decision");
  CHECK(root.find("time")->as_text() == "1970-01-01T00:00:00.000Z");
  CHECK(root.find("decision")->as_text() == "allow");
  CHECK(root.find("wouldDeny")->as_boolean());
  CHECK(root.find("alert")->as_text() == "warning");
  CHECK(root.find("agentName")->as_text() == "support-bot");
  CHECK(root.find("latencyMs")->as_number() == 0.031);
  CHECK(root.find("dryRun")->as_list()[0].find("decision")->as_text() == "allow");
  CHECK(root.find("explain")->is_list());
  CHECK(root.find("seq")->as_number() == 1);
  CHECK(root.find("prev")->as_text() == kNoHash);
  CHECK(root.find("batchId")->is_null());
}

TEST_CASE("event: a stored line is the canonical JSON of the event with its hash put last") {
  const std::string line =
      Recorded(R"({"b":1e2,"a":[{"z":"\u00e9\u001f","y":null}]})").line(R"([{"rules":[],"policy":"p"}])");
  const auto event = read_event_line(line);
  REQUIRE(event.has_value());
  CHECK(LineHasher().holds(*event));
  const std::string without_hash = line.substr(0, line.rfind(",\"hash\"")) + "}";
  const auto parsed = json::parse(without_hash);
  REQUIRE(parsed.ok());
  CHECK(json::canonical(parsed->root()) == without_hash);
}

TEST_CASE("event: a context that is too large is kept as its size and digest") {
  const std::string line = Recorded(R"({"a":")" + std::string(300'000, 'x') + "\"}").line();
  CHECK(line.size() < 2'000);
  const auto parsed = json::parse(line);
  REQUIRE(parsed.ok());
  const auto* const truncated = parsed->root().find("context")->find("truncated");
  REQUIRE(truncated != nullptr);
  CHECK(truncated->find("bytes")->as_number() == 300'008);
  CHECK(truncated->find("sha256")->as_text().size() == 64);
  CHECK(parsed->root().find("decision")->as_text() == "allow");
}

TEST_CASE("event: an explanation that is too large keeps what decided and what could not be decided, and says so") {
  std::string rules =
      R"({"rule":"deciding","matched":true,"undecided":[]},{"rule":"open","matched":false,"undecided":[{"path":"context.a"}]})";
  for (int i = 0; i < 2'000; ++i)
    rules += R"(,{"rule":"other","matched":false,"undecided":[],"test":{"path":"context.b"}})";
  const std::string line = Recorded("{}").line(R"([{"policy":"p","rules":[)" + rules + "]}]");
  const auto parsed = json::parse(line, kEventLimits);
  REQUIRE(parsed.ok());
  CHECK(parsed->root().find("explainCut")->as_boolean());
  const auto kept = parsed->root().find("explain")->as_list()[0].find("rules")->as_list();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].find("rule")->as_text() == "deciding");
  CHECK(kept[1].find("rule")->as_text() == "open");
}

TEST_CASE("event: dry runs that are too many are told in part, and that is said") {
  Recorded recorded("{}");
  for (int i = 0; i < 20'000; ++i) recorded.decision.dry_run.push_back({"a-policy-that-is-tried", "rule", false});
  const auto parsed = json::parse(recorded.line(), kEventLimits);
  REQUIRE(parsed.ok());
  CHECK(parsed->root().find("dryRun")->as_list().size() == 100);
  CHECK(parsed->root().find("dryRunCut")->as_boolean());
  CHECK(parsed->root().find("context")->is_object());
}

TEST_CASE("event: a context as deep as a request may be is recorded") {
  std::string context = "1";
  for (int i = 0; i < 60; ++i) context = R"({"a":)" + context + "}";
  const std::string line = Recorded(context).line();
  CHECK(json::parse(line, kEventLimits).ok());
}

}  // namespace guardian::audit
