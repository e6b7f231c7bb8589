#include "guardian/policy/facts.h"

#include <doctest/doctest.h>

#include <string>

#include "guardian/json/writer.h"
#include "policy_text.h"

namespace guardian::policy {

namespace {

// The value of an attribute as JSON, `null` when absent.
std::string look_up(std::string_view path, const Asked& asked = {}, std::string_view zone_name = "UTC") {
  const auto segments = parse_path(path);
  REQUIRE(segments.ok());
  const auto attribute = make_attribute(*segments);
  REQUIRE(attribute.ok());
  const auto zone = TimeZone::find(zone_name);
  REQUIRE(zone.ok());
  const Question question(asked);
  const Input input = question.input();
  Facts facts(input, *zone);
  return json::write(facts.look_up(*attribute));
}

}  // namespace

TEST_CASE("facts: what is known of the agent") {
  CHECK(look_up("agent.id") == "\"agent_a\"");
  CHECK(look_up("agent.name") == "\"Agent A\"");
  CHECK(look_up("agent.trustTier") == "\"verified\"");
  CHECK(look_up("agent.trustRank") == "1");
  CHECK(look_up("agent.tags") == R"(["support","night"])");
  CHECK(look_up("agent.orgId") == "\"org_a\"");
  CHECK(look_up("agent.metadata.team") == "\"cx\"");
  CHECK(look_up("agent.metadata.team.x") == "null");
}

TEST_CASE("facts: an agent without tags has the empty list") {
  const Agent agent;
  const Request request;
  const TimeZone zone;
  const Input input{agent, request, {}};
  Facts facts(input, zone);
  CHECK(facts.look_up({Root::AgentTags, {}, {}}).is_list());
  CHECK(facts.look_up({Root::AgentName, {}, {}}).is_null());
}

TEST_CASE("facts: what the request holds") {
  CHECK(look_up("action", {.action = "read:x"}) == "\"read:x\"");
  CHECK(look_up("resource") == "null");
  CHECK(look_up("resource", {.resource = ""}) == "\"\"");
  CHECK(look_up("context", {.context = R"({"a":1})"}) == R"({"a":1})");
  CHECK(look_up("token.sub") == "null");
  CHECK(look_up("token.sub", {.token = R"({"sub":"x"})"}) == "\"x\"");
}

TEST_CASE("facts: digits index a list and are a key of an object") {
  const Asked asked{.context = R"({"l": [10, 20], "o": {"1": "one"}})"};
  CHECK(look_up("context.l.1", asked) == "20");
  CHECK(look_up("context.l.2", asked) == "null");
  CHECK(look_up("context.o.1", asked) == "\"one\"");
  CHECK(look_up("context.l.first", asked) == "null");
}

TEST_CASE("facts: delegation") {
  CHECK(look_up("delegation") == R"({"depth":0})");
  CHECK(look_up("delegation.depth") == "0");
  CHECK(look_up("delegation.root") == "null");
  const Asked asked{.delegation_depth = 2, .delegation_root = "boss"};
  CHECK(look_up("delegation", asked) == R"({"depth":2,"root":"boss"})");
  CHECK(look_up("delegation.root", asked) == "\"boss\"");
}

TEST_CASE("facts: time in the zone of the policy") {
  const Asked asked{.at = "2026-04-18T23:05:09.75Z"};
  CHECK(look_up("time.year", asked) == "2026");
  CHECK(look_up("time.month", asked) == "4");
  CHECK(look_up("time.day", asked) == "18");
  CHECK(look_up("time.hour", asked) == "23");
  CHECK(look_up("time.minute", asked) == "5");
  CHECK(look_up("time.second", asked) == "9");
  CHECK(look_up("time.minuteOfDay", asked) == "1385");
  CHECK(look_up("time.weekday", asked) == "6");
  CHECK(look_up("time.epoch", asked) == "1776553509");
  CHECK(look_up("time.iso", asked) == "\"2026-04-18T23:05:09Z\"");
  CHECK(look_up("time.weekday", asked, "Europe/Berlin") == "7");
  CHECK(look_up("time.iso", asked, "Europe/Berlin") == "\"2026-04-19T01:05:09+02:00\"");
  CHECK(look_up("time.iso", asked, "America/St_Johns") == "\"2026-04-18T20:35:09-02:30\"");
  CHECK(look_up("time.iso", {.at = "2026-01-18T10:00:00Z"}, "Europe/London") == "\"2026-01-18T10:00:00Z\"");
}

}  // namespace guardian::policy
