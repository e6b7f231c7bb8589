#include "test_report.h"

#include <algorithm>
#include <string_view>

#include "coverage_report.h"
#include "eval_answer.h"
#include "guardian/base/junit.h"
#include "guardian/json/writer.h"
#include "guardian/sidecar/answer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using decision::Decision;
using decision::Difference;
using decision::TestResult;

constexpr std::string_view kIndent = "      ";

std::string text_or_none(const std::optional<std::string_view>& text) { return std::string(text.value_or("none")); }

// `expect` is what a test asks of the decision.
std::string_view label_of(const Difference& difference) {
  return difference.member == "expect" ? "decision" : difference.member;
}

// `default, expected deny-external-email`
std::string difference_text(const Difference& difference) {
  return text_or_none(difference.actual) + ", expected " + text_or_none(difference.expected);
}

std::string decided_by(const Decision& decision) {
  std::string text = text_or_none(decision.policy);
  if (decision.rule) text += " / " + std::string(*decision.rule);
  return decision.reason ? text + ": " + std::string(*decision.reason) : text;
}

std::string explanation_of_test(const TestRun& run, const TestedFile& file, const TestResult& result) {
  return explanation_of(*file.source->engine, result.test->question, result.test->at.value_or(run.started));
}

// What there is to say of a failed test below its name.
std::string failure_text(const TestRun& run, const TestedFile& file, const TestResult& result, Ink ink) {
  std::string text;
  for (const Difference& difference : result.differences) {
    text += std::string(kIndent) + row(label_of(difference), difference_text(difference));
  }
  text += std::string(kIndent) + row("decided by", decided_by(result.decision));
  if (result.decision.would_deny(result.test->mode)) {
    text += std::string(kIndent) + row("audit mode", "lets this denial pass");
  }
  return text + explanation_tree(explanation_of_test(run, file, result), kIndent, ink);
}

std::string test_line(const TestResult& result) {
  const std::string name(result.test->name);
  if (result.passed()) return "  " + coloured("\u2713 " + name, Colour::Green) + "\n";
  return "  " + coloured("\u2717 " + name + " (line " + std::to_string(result.test->line) + ")", Colour::Red) + "\n";
}

void write_optional(json::Writer& out, std::string_view name, const std::optional<std::string_view>& text) {
  out.key(name);
  if (text) {
    out.text(*text);
  } else {
    out.null();
  }
}

void write_result(const TestRun& run, const TestedFile& file, const TestResult& result, json::Writer& out) {
  out.begin_object().member("name", result.test->name);
  out.key("line").unsigned_integer(result.test->line);
  out.key("passed").boolean(result.passed()).key("differences").begin_list();
  for (const Difference& difference : result.differences) {
    out.begin_object().member("member", difference.member);
    write_optional(out, "expected", difference.expected);
    write_optional(out, "actual", difference.actual);
    out.end_object();
  }
  const std::string explain = result.passed() ? "" : explanation_of_test(run, file, result);
  out.end_list().key("answer").raw(
      sidecar::enforce_answer({.decision = result.decision,
                               .mode = result.test->mode,
                               .latency_micros = std::nullopt,
                               .bundle_version = file.source->engine->payload().version.text(),
                               .explain = explain,
                               .trace_id = std::nullopt}));
  out.end_object();
}

std::string failure_message(const TestResult& result) {
  std::string message;
  for (const Difference& difference : result.differences) {
    if (!message.empty()) message += "; ";
    message += std::string(label_of(difference)) + " " + difference_text(difference);
  }
  return message;
}

}  // namespace

std::size_t TestRun::count(bool passed) const noexcept {
  std::size_t count = 0;
  for (const TestedFile& file : files) {
    count += static_cast<std::size_t>(
        std::ranges::count_if(file.results, [&](const TestResult& result) { return result.passed() == passed; }));
  }
  return count;
}

std::string test_report_text(const TestRun& run) {
  std::string text;
  for (const TestedFile& file : run.files) {
    text += coloured(file.file.path + ": against " + file.source->description, Colour::Dim) + "\n";
    for (const TestResult& result : file.results) {
      text += test_line(result);
      if (!result.passed()) text += failure_text(run, file, result, Ink::Coloured);
    }
    text += "\n";
  }
  for (const auto& source : run.sources) {
    if (source->coverage) text += coverage_text(*source->coverage, source->description) + "\n";
  }
  const std::size_t failed = run.count(false);
  const std::string summary = std::to_string(run.count(true)) + " passed, " + std::to_string(failed) + " failed";
  return text + coloured(summary, failed == 0 ? Colour::Green : Colour::Red) + "\n";
}

std::string test_report_json(const TestRun& run) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("passed").unsigned_integer(run.count(true)).key("failed").unsigned_integer(run.count(false));
  out.key("files").begin_list();
  for (const TestedFile& file : run.files) {
    out.begin_object().member("file", json_text(file.file.path));
    out.member("source", json_text(file.source->description));
    out.key("tests").begin_list();
    for (const TestResult& result : file.results) write_result(run, file, result, out);
    out.end_list().end_object();
  }
  out.end_list();
  const bool covered = std::ranges::any_of(run.sources, [](const auto& source) { return source->coverage != nullptr; });
  if (covered) {
    out.key("coverage").begin_list();
    for (const auto& source : run.sources) write_coverage(*source->coverage, source->description, out);
    out.end_list();
  }
  out.end_object();
  return text + "\n";
}

std::string test_report_junit(const TestRun& run) {
  std::vector<base::JunitSuite> suites;
  for (const TestedFile& file : run.files) {
    base::JunitSuite& suite = suites.emplace_back();
    suite.name = file.file.path;
    suite.properties = {{"source", file.source->description},
                        {"bundleVersion", file.source->engine->payload().version.text()}};
    for (const TestResult& result : file.results) {
      base::JunitCase& one = suite.cases.emplace_back();
      one.name = result.test->name;
      one.duration = result.duration;
      if (!result.passed())
        one.failure = base::JunitFailure{failure_message(result), failure_text(run, file, result, Ink::Plain)};
    }
  }
  return base::junit_xml("guardian policy tests", suites, run.started);
}

}  // namespace guardian::cmd
