// guardian policy lint PATH...: mistakes in policies, with their place and what to do.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/analysis/lint.h"
#include "guardian/base/clock.h"
#include "guardian/base/text.h"
#include "guardian/json/writer.h"
#include "output.h"
#include "policy_commands.h"

namespace guardian::cmd {

namespace {

using analysis::Finding;
using analysis::Report;
using analysis::Severity;

struct LintArguments {
  std::vector<std::string> paths;
  bool json = false;
  bool strict = false;
};

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string place_of(const Finding& finding) {
  return finding.file + ":" + std::to_string(finding.place.line) + ":" + std::to_string(finding.place.column);
}

// The part of the line around the column, and a caret below it. Tabs become spaces, so that the caret stands right.
std::string excerpt(const Finding& finding) {
  constexpr std::size_t kMaxBefore = 60;
  constexpr std::size_t kMaxShown = 120;
  const auto is_inside_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::vector<std::string> characters;
  for (const char c : finding.line) {
    if (is_inside_code_point(c) && !characters.empty()) {
      characters.back() += c;
    } else {
      characters.emplace_back(1, c == '\t' ? ' ' : c);
    }
  }
  const std::size_t column = std::min(finding.place.column - 1, characters.size());
  const std::size_t first = characters.size() > kMaxShown && column > kMaxBefore ? column - kMaxBefore : 0;
  const std::size_t last = std::min(characters.size(), first + kMaxShown);
  std::string shown;
  for (std::size_t i = first; i < last; ++i) shown += characters[i];
  const std::string before = first > 0 ? "..." : "";
  shown = before + base::printable(shown, shown.size()) + (last < characters.size() ? "..." : "");
  const std::string caret = std::string(before.size() + column - first, ' ') + "^";
  return "    " + shown + "\n    " + coloured(caret, Colour::Green) + "\n";
}

std::string finding_text(const Finding& finding) {
  const Severity severity = severity_of(finding.code);
  const std::string label = std::string(to_string(severity)) + "[" + std::string(to_string(finding.code)) + "]";
  std::string about;
  if (!finding.policy.empty()) about += "policy `" + finding.policy + "`: ";
  if (!finding.rule.empty()) about += "rule `" + finding.rule + "`: ";
  std::string text = base::printable(place_of(finding), 4096) + ": " +
                     coloured(label, severity == Severity::Error ? Colour::Red : Colour::Yellow) + ": " +
                     base::printable(about + finding.message, 4096) + "\n";
  if (!finding.line.empty()) text += excerpt(finding);
  return text + "    " + coloured("help: ", Colour::Dim) + base::printable(finding.help, 4096) + "\n\n";
}

std::string report_text(const Report& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += finding_text(finding);
  const std::size_t errors = report.count(Severity::Error);
  const std::size_t warnings = report.count(Severity::Warning);
  const std::string counts = counted(errors, "error") + ", " + counted(warnings, "warning");
  const Colour colour = errors > 0 ? Colour::Red : warnings > 0 ? Colour::Yellow : Colour::Green;
  return text + counted(report.files, "file") + ": " + coloured(counts, colour) + "\n";
}

void write_finding(const Finding& finding, json::Writer& writer) {
  const auto text_or_null = [&](std::string_view name, const std::string& value) {
    writer.key(name);
    value.empty() ? writer.null() : writer.text(value);
  };
  writer.begin_object();
  writer.member("code", to_string(finding.code));
  writer.member("severity", to_string(severity_of(finding.code)));
  writer.member("file", base::printable(finding.file, finding.file.size()));
  writer.key("line").unsigned_integer(finding.place.line);
  writer.key("column").unsigned_integer(finding.place.column);
  text_or_null("policy", finding.policy);
  text_or_null("rule", finding.rule);
  writer.member("message", base::printable(finding.message, finding.message.size()));
  writer.member("help", finding.help);
  writer.end_object();
}

std::string report_json(const Report& report) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("findings").begin_list();
  for (const Finding& finding : report.findings) write_finding(finding, writer);
  writer.end_list();
  writer.key("errors").unsigned_integer(report.count(Severity::Error));
  writer.key("warnings").unsigned_integer(report.count(Severity::Warning));
  writer.end_object();
  return text + "\n";
}

ExitCode lint(const LintArguments& arguments) {
  base::SystemFileSystem files;
  const auto report = analysis::lint(files, arguments.paths, base::SystemClock().now());
  if (!report) return fail(report.error());
  const ExitCode printed = print(arguments.json ? report_json(*report) : report_text(*report));
  if (printed != kSuccess) return printed;
  const bool bad = report->count(Severity::Error) > 0 || (arguments.strict && !report->findings.empty());
  return bad ? kFailure : kSuccess;
}

}  // namespace

void add_policy_lint(CLI::App& policy, Chosen& chosen) {
  CLI::App* const command = policy.add_subcommand("lint", "Find mistakes in policies");
  const auto arguments = std::make_shared<LintArguments>();
  command->add_option("PATH", arguments->paths, "Policy files, or directories of policies or of a bundle")->required();
  command->add_flag("--json", arguments->json, "Print JSON");
  command->add_flag("--strict", arguments->strict, "Fail on warnings too");
  command->footer("Example: guardian policy lint --strict policies-repo\nThe codes are in guardian-policy(1).");
  command->callback([arguments, &chosen] { chosen = [arguments] { return lint(*arguments); }; });
}

}  // namespace guardian::cmd
