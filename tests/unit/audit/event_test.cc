#include "guardian/audit/event.h"

#include <doctest/doctest.h>

#include "guardian/json/reader.h"

using guardian::audit::Redactor;
using guardian::audit::write_event;

TEST_CASE("event: a decision is one line with its question, its answer and no secret") {
  const auto context = guardian::json::parse(R"({"amount":45,"password":"hunter2"})");
  REQUIRE(context.ok());
  guardian::policy::Agent agent;
  agent.trust_tier = "verified";
  agent.name = guardian::json::Value::text("support-bot");
  guardian::policy::Request request;
  request.action = "write:email";
  request.resource = "customer-data";
  request.context = context->root();
  guardian::decision::Decision decision;
  decision.policy = "p";
  decision.rule = "r";
  decision.reason = "no\nway";
  decision.alert = guardian::policy::Alert::Warning;
  decision.dry_run.push_back({"dry", "rule", true});
  const std::string line = write_event({.time = guardian::base::TimePoint{},
                                        .mode = guardian::decision::Mode::Audit,
                                        .bundle_version = "7",
                                        .agent_id = "agent_abc123",
                                        .agent = &agent,
                                        .request = request,
                                        .decision = decision,
                                        .latency_micros = 31,
                                        .trace_id = "t",
                                        .explain = "[]"},
                                       Redactor("key"));
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("hunter2") == std::string::npos);
  const auto parsed = guardian::json::parse(line);
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
}
