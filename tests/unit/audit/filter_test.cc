#include "guardian/audit/filter.h"

#include <doctest/doctest.h>

#include "support/audit_lines.h"

namespace guardian::audit {

namespace {

const base::TimePoint kNow = base::to_time_point(*base::parse_rfc3339("2026-04-18T12:00:00Z"));

bool passes(const FilterTexts& texts, const std::string& line) {
  const auto filter = Filter::make(texts, kNow);
  REQUIRE(filter.ok());
  const auto event = read_event_line(line);
  REQUIRE(event.has_value());
  const bool passed = filter->passes(*event);
  if (passed) CHECK(filter->may_pass(line));
  return passed;
}

std::string line_of(const test::DecisionFields& fields) {
  return test::make_line(test::decision_members(fields), 7, kNoHash);
}

std::string line_at(const char* time) {
  return test::make_line(R"("type":"x","time":")" + std::string(time) + '"', 1, kNoHash);
}

base::ErrorCode error_of(const FilterTexts& texts) { return Filter::make(texts, kNow).error().code(); }

}  // namespace

TEST_CASE("filter: without one everything passes") {
  CHECK(passes({}, line_of({})));
  CHECK(passes({}, line_at("long ago")));
}

TEST_CASE("filter: an agent and a trace are compared whole, with what JSON escapes") {
  const std::string line = line_of({.agent_id = R"(a\"b\u0001)", .trace_id = "t-1"});
  CHECK(passes({.agent = "a\"b\x01"}, line));
  CHECK_FALSE(passes({.agent = "a\"b"}, line));
  CHECK(passes({.trace = "t-1"}, line));
  CHECK_FALSE(passes({.trace = "t-"}, line));
  CHECK_FALSE(passes({.trace = "t-1"}, line_of({})));
}

TEST_CASE("filter: what stands inside a context is no agent, decision or trace") {
  const std::string line = line_of({.context_json = R"({"agentId":"b","decision":"deny","traceId":"t"})"});
  CHECK_FALSE(passes({.agent = "b"}, line));
  CHECK_FALSE(passes({.decision = "deny"}, line));
  CHECK_FALSE(passes({.trace = "t"}, line));
}

TEST_CASE("filter: actions and policies may have stars") {
  const std::string line = line_of({.action = R"(write:\"e\")", .policy = "customer-service"});
  CHECK(passes({.action = "write:\"e\""}, line));
  CHECK(passes({.action = "write:*"}, line));
  CHECK_FALSE(passes({.action = "write"}, line));
  CHECK(passes({.policy = "*-service"}, line));
  CHECK_FALSE(passes({.policy = "*-service"}, line_of({.policy = ""})));
}

TEST_CASE("filter: stars match as runs of any length, and only whole texts") {
  CHECK(matches_stars("", ""));
  CHECK(matches_stars("*", ""));
  CHECK(matches_stars("a*b*c", "a-b-b-c"));
  CHECK(matches_stars("*ab", "aab"));
  CHECK(matches_stars("a**", "a"));
  CHECK_FALSE(matches_stars("a*b*c", "a-c-b"));
  CHECK_FALSE(matches_stars("", "a"));
  CHECK_FALSE(matches_stars("a*b", "a-b-"));
}

TEST_CASE("filter: a decision is what the caller was told, would-deny what audit mode let pass") {
  const std::string passed = line_of({.decision = "allow", .would_deny = true});
  CHECK(passes({.decision = "allow"}, passed));
  CHECK(passes({.decision = "would-deny"}, passed));
  CHECK_FALSE(passes({.decision = "deny"}, passed));
  CHECK_FALSE(passes({.decision = "would-deny"}, line_of({.decision = "deny"})));
  CHECK_FALSE(passes({.decision = "allow"}, line_at("2026-04-18T10:00:00.000Z")));
}

TEST_CASE("filter: both ends of a span of time belong to it, in whatever form a time is written") {
  const FilterTexts hour = {.from = "2026-04-18T10:00:00Z", .to = "2026-04-18T11:00:00Z"};
  CHECK(passes(hour, line_at("2026-04-18T10:00:00.000Z")));
  CHECK(passes(hour, line_at("2026-04-18T11:00:00.000Z")));
  CHECK_FALSE(passes(hour, line_at("2026-04-18T11:00:00.001Z")));
  CHECK_FALSE(passes(hour, line_at("2026-04-18T09:59:59.999Z")));
  CHECK(passes(hour, line_at("2026-04-18T12:30:00+02:00")));
  CHECK_FALSE(passes(hour, line_at("2026-04-18T10:30:00+02:00")));
  CHECK_FALSE(passes(hour, line_at("yesterday")));
  CHECK_FALSE(passes({.from = "2026-04-18T10:00:00.0001Z"}, line_at("2026-04-18T10:00:00.000Z")));
  CHECK(passes({.to = "2026-04-18T10:00:00.0001Z"}, line_at("2026-04-18T10:00:00.000Z")));
}

TEST_CASE("filter: a time may be told as how long ago") {
  CHECK(passes({.from = "1h"}, line_at("2026-04-18T11:00:00.000Z")));
  CHECK_FALSE(passes({.from = "1h"}, line_at("2026-04-18T10:59:59.999Z")));
  CHECK(passes({.from = "1w2d3h4m5s", .to = "1w2d3h4m5s"}, line_at("2026-04-09T08:55:55.000Z")));
}

TEST_CASE("filter: what is no filter is refused") {
  for (const char* const time :
       {"", "1", "h", "1x", "1h30", "-1h", "1 h", "2026-04-18", "99999999999999999999s", "200000w"}) {
    CHECK(error_of({.from = time}) == base::ErrorCode::InvalidInput);
    CHECK(error_of({.to = time}) == base::ErrorCode::InvalidInput);
  }
  CHECK(error_of({.decision = "Allow"}) == base::ErrorCode::InvalidInput);
  CHECK(error_of({.agent = "\xff"}) == base::ErrorCode::InvalidInput);
  CHECK(error_of({.trace = "\xff"}) == base::ErrorCode::InvalidInput);
  CHECK(Filter::make({.decision = "x"}, kNow).error().message().starts_with("--decision: "));
  CHECK(Filter::make({.from = "x"}, kNow, "").error().message().starts_with("from: "));
  CHECK(error_of({.from = "1h", .to = "2h"}) == base::ErrorCode::InvalidInput);
}

}  // namespace guardian::audit
