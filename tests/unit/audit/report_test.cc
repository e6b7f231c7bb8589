#include "guardian/audit/report.h"

#include <doctest/doctest.h>

#include <string>

#include "support/audit_lines.h"
#include "support/fake_clock.h"

namespace guardian {

namespace {

using test::DecisionFields;

void add(audit::DenialReport& report, const DecisionFields& fields) {
  const std::string line = test::make_line(test::decision_members(fields), 1, audit::kNoHash);
  const auto event = audit::read_event_line(line);
  REQUIRE(event.has_value());
  report.add(*event);
}

DecisionFields let_pass(std::string action) {
  DecisionFields fields;
  fields.mode = "audit";
  fields.would_deny = true;
  fields.action = std::move(action);
  fields.policy = "strict";
  fields.rule = "no-delete";
  fields.reason = "Never";
  return fields;
}

DecisionFields allowed_at(std::string time) {
  DecisionFields fields;
  fields.mode = "audit";
  fields.time = std::move(time);
  return fields;
}

audit::DenialReport of_audit() { return audit::DenialReport(decision::Mode::Audit); }

}  // namespace

TEST_CASE("report: what audit mode let pass is grouped by policy, rule, agent and action") {
  auto report = of_audit();
  DecisionFields first = let_pass("delete:x");
  first.context_json = R"({"amount":1})";
  first.resource = "doc-1";
  first.id = "first";
  add(report, first);
  DecisionFields second = let_pass("delete:x");
  second.time = "2026-04-18T11:30:00.000Z";
  second.context_json = R"({"amount":2})";
  add(report, second);
  add(report, let_pass("delete:y"));
  add(report, allowed_at("2026-04-18T10:30:00.000Z"));
  CHECK(report.decisions() == 4);
  CHECK(report.denied() == 3);
  CHECK(report.percent() == 75.0);
  const auto groups = report.groups();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0]->count == 2);
  CHECK(groups[0]->policy == "strict");
  CHECK(groups[0]->rule == "no-delete");
  CHECK(groups[0]->action == "delete:x");
  CHECK(groups[0]->reason == "Never");
  CHECK(groups[0]->context == R"({"amount":1})");
  CHECK(groups[0]->resource == "doc-1");
  CHECK(groups[0]->sample == "first");
  CHECK(groups[0]->first == test::time_of("2026-04-18T10:30:00Z"));
  CHECK(groups[0]->last == test::time_of("2026-04-18T11:30:00Z"));
  CHECK(groups[1]->context == "null");
}

TEST_CASE("report: each mode is reported alone") {
  auto audit_report = of_audit();
  audit::DenialReport enforce_report(decision::Mode::Enforce);
  DecisionFields denied = let_pass("delete:x");
  denied.mode = "enforce";
  denied.decision = "deny";
  denied.would_deny = false;
  for (auto* const report : {&audit_report, &enforce_report}) {
    add(*report, let_pass("delete:x"));
    add(*report, denied);
    add(*report, denied);
  }
  CHECK(audit_report.denied() == 1);
  CHECK(enforce_report.denied() == 2);
}

TEST_CASE("report: hours become days once they are many, and nothing is lost") {
  auto report = of_audit();
  const base::TimePoint start = test::time_of("2026-01-01T00:30:00Z");
  for (int hour = 0; hour < 24 * 20; ++hour) {
    add(report, allowed_at(base::format_rfc3339_millis(start + std::chrono::hours(hour))));
    if (hour == 23) {
      CHECK(report.bucket_length() == std::chrono::hours(1));
      CHECK(report.buckets().size() == 24);
      CHECK(report.buckets().begin()->first == test::time_of("2026-01-01T00:00:00Z"));
    }
  }
  CHECK(report.bucket_length() == std::chrono::hours(24));
  CHECK(report.buckets().size() == 20);
  std::uint64_t allowed = 0;
  for (const auto& [begin, bucket] : report.buckets()) allowed += bucket.allowed;
  CHECK(allowed == 24 * 20);
}

TEST_CASE("report: a long sample is cut, groups past the cap are counted") {
  auto report = of_audit();
  DecisionFields fields = let_pass("delete:x");
  fields.context_json = "{\"text\":\"" + std::string(5'000, 'x') + "\"}";
  add(report, fields);
  REQUIRE(report.groups().size() == 1);
  CHECK(report.groups()[0]->context_cut);
  CHECK(report.groups()[0]->context.size() <= audit::DenialReport::kMaxSampleBytes + 3);
  for (std::size_t i = 0; i < audit::DenialReport::kMaxGroups; ++i)
    add(report, let_pass("delete:" + std::to_string(i)));
  CHECK(report.groups().size() == audit::DenialReport::kMaxGroups);
  CHECK(report.ungrouped() == 1);
}

TEST_CASE("report: a denial that is not understood is told") {
  auto report = of_audit();
  const std::string line = test::make_line(
      R"("type":"decision","mode":"audit","agentId":"a","time":"2026-04-18T10:30:00.000Z","wouldDeny":true)", 1,
      audit::kNoHash);
  report.add(*audit::read_event_line(line));
  CHECK(report.not_understood() == 1);
  CHECK(report.decisions() == 0);
}

}  // namespace guardian
