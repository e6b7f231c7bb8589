#include "coverage_report.h"

#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

#include "guardian/base/text.h"
#include "output.h"

namespace guardian::cmd {

namespace {

constexpr std::size_t kMaxOperandBytes = 60;

double rounded_percent(const decision::Share& share) { return std::floor(share.percent() * 10.0) / 10.0; }

std::string share_line(std::string_view label, const decision::Share& share) {
  std::string line = "  " + std::string(label) + std::to_string(share.reached) + " of " + std::to_string(share.total) +
                     ", " + percent_text(share) + " %";
  return coloured(line, share.reached == share.total ? Colour::Green : Colour::Yellow) + "\n";
}

// `never undecided, never fails` or nothing.
std::string missing_of(const policy::TestCoverage& test) {
  std::string missing;
  for (const policy::TestOutcome outcome : policy::kTestOutcomes) {
    if (!test.can_have(outcome) || test.has_had(outcome)) continue;
    missing += (missing.empty() ? "never " : ", never ") + std::string(policy::to_string(outcome));
  }
  return missing;
}

// What no test exercised of one rule; empty when there is nothing.
std::string rule_text(std::string_view policy, const policy::RuleCoverage& rule) {
  std::string heading = "  " + std::string(policy) + " / " + rule.id;
  // Of a rule that was never asked each outcome of each test is missing: that goes without saying.
  if (!rule.asked) return coloured(heading + ": never asked", Colour::Red) + "\n";
  std::string tests;
  for (const policy::TestCoverage& test : rule.tests) {
    const std::string missing = missing_of(test);
    if (missing.empty()) continue;
    const std::string shown =
        "    " + test.path + " " + test.operation + " " + base::printable(test.operand, kMaxOperandBytes) + ": ";
    tests += coloured(shown + missing, Colour::Yellow) + "\n";
  }
  if (!rule.matched) return coloured(heading + ": never matched", Colour::Red) + "\n" + tests;
  return tests.empty() ? "" : printable_line(heading) + tests;
}

void write_share(const decision::Share& share, std::string_view reached, json::Writer& out) {
  out.begin_object().key(reached).unsigned_integer(share.reached);
  out.key("total").unsigned_integer(share.total);
  out.key("percent").number(rounded_percent(share)).end_object();
}

void write_test(const policy::TestCoverage& test, json::Writer& out) {
  out.begin_object().member("path", test.path).member("operator", test.operation);
  out.key("operand").raw(test.operand);
  for (const bool had : {true, false}) {
    out.key(had ? "exercised" : "missing").begin_list();
    for (const policy::TestOutcome outcome : policy::kTestOutcomes) {
      if (test.can_have(outcome) && test.has_had(outcome) == had) out.text(policy::to_string(outcome));
    }
    out.end_list();
  }
  out.end_object();
}

}  // namespace

std::string percent_text(const decision::Share& share) {
  char text[32];
  const double percent = rounded_percent(share);
  std::snprintf(text, sizeof text, percent == std::floor(percent) ? "%.0f" : "%.1f", percent);
  return text;
}

std::string coverage_text(const decision::Coverage& coverage, const std::string& description) {
  std::string text = printable_line("coverage of " + description);
  text += share_line("rules               ", coverage.rules());
  text += share_line("condition outcomes  ", coverage.outcomes());
  for (const policy::PolicyCoverage& policy : coverage.policies()) {
    for (const policy::RuleCoverage& rule : policy.rules) text += rule_text(policy.name, rule);
  }
  return text;
}

void write_coverage(const decision::Coverage& coverage, const std::string& description, json::Writer& out) {
  out.begin_object().member("source", json_text(description));
  out.key("rules");
  write_share(coverage.rules(), "matched", out);
  out.key("outcomes");
  write_share(coverage.outcomes(), "exercised", out);
  out.key("policies").begin_list();
  for (const policy::PolicyCoverage& policy : coverage.policies()) {
    out.begin_object().member("policy", policy.name).key("rules").begin_list();
    for (const policy::RuleCoverage& rule : policy.rules) {
      out.begin_object().member("rule", rule.id);
      out.key("asked").boolean(rule.asked).key("matched").boolean(rule.matched).key("tests").begin_list();
      for (const policy::TestCoverage& test : rule.tests) write_test(test, out);
      out.end_list().end_object();
    }
    out.end_list().end_object();
  }
  out.end_list().end_object();
}

}  // namespace guardian::cmd
