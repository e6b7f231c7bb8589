#include "guardian/audit/recorded.h"

#include <doctest/doctest.h>

#include <string>

#include "support/audit_lines.h"
#include "support/fake_clock.h"

namespace guardian {

namespace {

using audit::Inputs;

base::Result<audit::RecordedDecision> read(const std::string& members) {
  const std::string line = test::make_line(members, 7, audit::kNoHash);
  const auto event = audit::read_event_line(line);
  REQUIRE(event.has_value());
  return audit::read_recorded_decision(*event);
}

base::Result<audit::RecordedDecision> read(const test::DecisionFields& fields) {
  return read(test::decision_members(fields));
}

Inputs inputs_with_context(const std::string& context) {
  test::DecisionFields fields;
  fields.context_json = context;
  const auto recorded = read(fields);
  REQUIRE(recorded.ok());
  return recorded->inputs;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("recorded: what was asked is read back") {
  test::DecisionFields fields;
  fields.resource = "doc-1";
  fields.context_json = R"({"amount":45})";
  fields.token_json = R"({"iss":"meshguard","sub":"agent_abc123"})";
  const auto recorded = read(fields);
  REQUIRE(recorded.ok());
  CHECK(recorded->seq == 7);
  CHECK(recorded->id == "event-7");
  CHECK(recorded->time == test::time_of("2026-04-18T10:30:00Z"));
  CHECK(recorded->mode == decision::Mode::Enforce);
  CHECK(recorded->bundle_version == "1");
  CHECK(recorded->agent_id == "agent_abc123");
  CHECK(recorded->request.action == "read:docs");
  CHECK(recorded->request.resource == "doc-1");
  CHECK(recorded->request.context.find("amount")->as_number() == 45.0);
  CHECK(recorded->request.token.find("iss")->as_text() == "meshguard");
  CHECK(recorded->latency_micros == 31);
  CHECK(recorded->inputs == Inputs::Whole);
}

TEST_CASE("recorded: a question is asked with all delegators") {
  const auto recorded = read(replaced(test::decision_members({}), R"("delegation":{"chain":[],"depth":0})",
                                      R"("delegation":{"chain":["root","middle"],"depth":2})"));
  REQUIRE(recorded.ok());
  const decision::Question question = recorded->question();
  REQUIRE(question.chain.size() == 2);
  CHECK(question.chain[0] == "root");
  CHECK(question.chain[1] == "middle");
  CHECK(question.agent_id == "agent_abc123");
}

TEST_CASE("recorded: a denial that audit mode let pass is what enforce mode decides") {
  test::DecisionFields fields;
  fields.mode = "audit";
  fields.would_deny = true;
  fields.reason = "Not today";
  fields.extra = R"("requiresApproval":true)";
  const auto recorded = read(fields);
  REQUIRE(recorded.ok());
  CHECK_FALSE(recorded->decided.allow);
  CHECK(recorded->decided.policy == "docs");
  CHECK(recorded->decided.rule == "allow-read");
  CHECK(recorded->decided.reason == "Not today");
  CHECK(recorded->decided.requires_approval);
  CHECK_FALSE(recorded->decided.retry_after_ms.has_value());
}

TEST_CASE("recorded: approval and retry are read where they apply") {
  test::DecisionFields fields;
  fields.extra = R"("approvalId":"apr_1","retryAfterMs":250)";
  const auto recorded = read(fields);
  REQUIRE(recorded.ok());
  CHECK(recorded->decided.allow);
  CHECK(recorded->decided.approval_id == "apr_1");
  CHECK(recorded->decided.retry_after_ms == 250);
}

TEST_CASE("recorded: a context that was asked with and is not told whole is not taken for whole") {
  CHECK(inputs_with_context("null") == Inputs::Whole);
  CHECK(inputs_with_context("{}") == Inputs::Whole);
  CHECK(inputs_with_context(R"({"omitted":true})") == Inputs::ContextLeftOut);
  CHECK(inputs_with_context(R"({"omitted":false})") == Inputs::Whole);
  CHECK(inputs_with_context(R"({"omitted":true,"amount":1})") == Inputs::Whole);
  CHECK(inputs_with_context(R"({"truncated":{"bytes":300000,"sha256":"00"}})") == Inputs::ContextCut);
  CHECK(inputs_with_context(R"({"truncated":true})") == Inputs::Whole);
}

TEST_CASE("recorded: a redacted value is found at any depth, and only as a whole text") {
  CHECK(inputs_with_context(R"({"password":"[redacted:0a1b2c3d]"})") == Inputs::ContextRedacted);
  CHECK(inputs_with_context(R"({"a":[{"b":["[redacted:0a1b2c3d]"]}]})") == Inputs::ContextRedacted);
  CHECK(inputs_with_context(R"({"a":"see [redacted:0a1b2c3d]"})") == Inputs::Whole);
  CHECK(inputs_with_context(R"({"a":"[redacted:0A1B2C3D]"})") == Inputs::Whole);
  CHECK(inputs_with_context(R"({"a":"[redacted:0a1b2c3]"})") == Inputs::Whole);
}

TEST_CASE("recorded: claims that were there and are not told are missed") {
  test::DecisionFields fields;
  fields.token_json = R"({"sub":"agent_abc123","apiToken":"[redacted:0a1b2c3d]"})";
  CHECK(read(fields)->inputs == Inputs::TokenRedacted);
  fields.token_json = "null";
  const std::string members =
      replaced(test::decision_members(fields), R"("authenticated":false)", R"("authenticated":true)");
  CHECK(read(members)->inputs == Inputs::TokenMissing);
  fields.token_json = R"({"sub":"agent_abc123"})";
  CHECK(read(fields)->inputs == Inputs::Whole);
}

TEST_CASE("recorded: a chain that is told in part is not whole") {
  const auto recorded = read(replaced(test::decision_members({}), R"("delegation":{"chain":[],"depth":0})",
                                      R"("delegation":{"chain":["a","b","c","d","e","f"],"depth":9})"));
  REQUIRE(recorded.ok());
  CHECK(recorded->inputs == Inputs::ChainCut);
}

TEST_CASE("recorded: doubles that canonical JSON writes as long integers come back") {
  test::DecisionFields fields;
  // What make_line writes of it is 100000000000000000000, which nobody may send.
  fields.context_json = R"({"large":1e20,"text":"12345678901234567890","small":-9.5e-7,"list":[-1.5e18,3]})";
  const auto recorded = read(fields);
  REQUIRE(recorded.ok());
  const json::Value& context = recorded->request.context;
  CHECK(context.find("large")->as_number() == 1e20);
  CHECK(context.find("text")->as_text() == "12345678901234567890");
  CHECK(context.find("small")->as_number() == -9.5e-7);
  CHECK(context.find("list")->as_list()[0].as_number() == -1.5e18);
  CHECK(context.find("list")->as_list()[1].as_number() == 3.0);
}

TEST_CASE("recorded: an event without a member of a decision, or with another kind of value, is refused") {
  const std::string good = test::decision_members({});
  REQUIRE(read(good).ok());
  const std::pair<const char*, const char*> changes[] = {
      {R"("agentId":"agent_abc123")", R"("agentId":7)"},
      {R"("action":"read:docs")", R"("action":"")"},
      {R"("decision":"allow")", R"("decision":"maybe")"},
      {R"("wouldDeny":false)", R"("wouldDeny":null)"},
      {R"("authenticated":false)", R"("authenticated":"no")"},
      {R"("mode":"enforce")", R"("mode":"other")"},
      {R"("context":null)", R"("context":[])"},
      {R"("token":null)", R"("token":"text")"},
      {R"("policy":"docs")", R"("policy":1)"},
      {R"("delegation":{"chain":[],"depth":0})", R"("delegation":{"chain":[1],"depth":1})"},
      {R"("delegation":{"chain":[],"depth":0})", R"("delegation":null)"},
      {R"("time":"2026-04-18T10:30:00.000Z")", R"("time":"yesterday")"},
  };
  for (const auto& change : changes) {
    CAPTURE(change.second);
    const auto recorded = read(replaced(good, change.first, change.second));
    REQUIRE_FALSE(recorded.ok());
    CHECK(recorded.error().code() == base::ErrorCode::Malformed);
  }
}

}  // namespace guardian
