#include "guardian/audit/report_html.h"

#include <doctest/doctest.h>

#include <string>

#include "support/audit_lines.h"
#include "support/fake_clock.h"

namespace guardian {

namespace {

std::string page_of(const test::DecisionFields& fields, decision::Mode mode = decision::Mode::Audit) {
  audit::DenialReport report(mode);
  const std::string line = test::make_line(test::decision_members(fields), 1, audit::kNoHash);
  report.add(*audit::read_event_line(line));
  return audit::report_html(report, "/cache/audit", test::time_of("2026-04-19T10:00:00Z"));
}

test::DecisionFields let_pass() {
  test::DecisionFields fields;
  fields.mode = "audit";
  fields.would_deny = true;
  fields.policy = "strict";
  return fields;
}

bool holds(const std::string& page, std::string_view text) { return page.find(text) != std::string::npos; }

}  // namespace

TEST_CASE("report html: the page loads nothing, runs nothing, and says so to the browser") {
  const std::string page = page_of(let_pass());
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(holds(page, "default-src 'none'; style-src 'unsafe-inline'"));
  for (const char* const loading : {"<script", "src=", "href=", "url(", "@import", "http://", "https://"}) {
    CAPTURE(loading);
    CHECK_FALSE(holds(page, loading));
  }
}

TEST_CASE("report html: figures, groups and a bar for each hour are there") {
  const std::string page = page_of(let_pass());
  CHECK(holds(page, "<dt>Would be denied</dt><dd>1</dd>"));
  CHECK(holds(page, "<dd>100.0 %</dd>"));
  CHECK(holds(page, "<td>strict</td>"));
  CHECK(holds(page, "2026-04-18T10:00:00Z: 1 denied, 0 allowed"));
  CHECK(holds(page, "<rect class=\"deny\""));
}

TEST_CASE("report html: enforce mode tells what was denied") {
  test::DecisionFields fields;
  fields.decision = "deny";
  CHECK(holds(page_of(fields, decision::Mode::Enforce), "<h1>What was denied</h1>"));
}

TEST_CASE("report html: a trail without decisions makes a page too") {
  const audit::DenialReport report(decision::Mode::Audit);
  const std::string page = audit::report_html(report, "a & b", test::time_of("2026-04-19T10:00:00Z"));
  CHECK(holds(page, "a &amp; b, no decisions"));
  CHECK_FALSE(holds(page, "<svg"));
}

TEST_CASE("report html: whatever an event says is text on the page") {
  for (const auto member :
       {&test::DecisionFields::policy, &test::DecisionFields::rule, &test::DecisionFields::agent_id,
        &test::DecisionFields::reason, &test::DecisionFields::resource, &test::DecisionFields::action}) {
    test::DecisionFields fields = let_pass();
    fields.*member = "</td><b onclick='x'>&";
    const std::string page = page_of(fields);
    CHECK_FALSE(holds(page, "<b onclick"));
    CHECK(holds(page, "&lt;/td&gt;&lt;b onclick=&#39;x&#39;&gt;&amp;"));
  }
  test::DecisionFields fields = let_pass();
  fields.context_json = R"({"<img src=x>":"</pre>"})";
  const std::string page = page_of(fields);
  CHECK_FALSE(holds(page, "<img"));
  CHECK(holds(page, "{&quot;&lt;img src=x&gt;&quot;:&quot;&lt;/pre&gt;&quot;}"));
}

TEST_CASE("report html: what turns the direction of writing is shown as a question mark") {
  CHECK(audit::html_text("a\xE2\x80\xAE"
                         "b\x1B") == "a?b?");
  CHECK(audit::html_text("\"'<>&") == "&quot;&#39;&lt;&gt;&amp;");
}

}  // namespace guardian
