// guardian audit report: what a trail denied, or would have denied, for people who decide whether to enforce.

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "audit_commands.h"
#include "audit_source.h"
#include "guardian/audit/report.h"
#include "guardian/audit/report_html.h"
#include "guardian/base/clock.h"
#include "guardian/base/output_file.h"
#include "guardian/json/writer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using audit::DenialGroup;
using audit::DenialReport;

struct Arguments : AuditSource {
  std::string mode = "audit";
  std::optional<std::string> html_file;
  bool json = false;
};

// What one run has to show.
struct Shown {
  const DenialReport& report;
  std::string trail;
  std::uint64_t unreadable = 0;  // lines
};

std::string percent_text(double percent) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), percent, std::chars_format::fixed, 1);
  return (error == std::errc() ? std::string(text, end) : "0.0") + " %";
}

std::string text_of(const DenialGroup& group) {
  std::string who = group.policy.empty() ? "no policy" : group.policy;
  if (!group.rule.empty()) who += " / " + group.rule;
  const std::string line = std::to_string(group.count) + " x " + who + ": " + group.agent_id + " " + group.action;
  std::string text = "  " + printable_line(line);
  if (!group.reason.empty()) text += "      " + printable_line(group.reason);
  if (group.requires_approval) text += "      an approval would allow it\n";
  std::string when = base::format_rfc3339_millis(group.first);
  if (group.count > 1) when += " to " + base::format_rfc3339_millis(group.last);
  text += "      " + printable_line(when + ", event " + group.sample);
  if (!group.resource.empty()) text += "      " + printable_line("resource " + group.resource);
  return text + "      " + printable_line("context " + group.context);
}

std::string text_of(const Shown& shown) {
  const DenialReport& report = shown.report;
  const bool audit_mode = report.mode() == decision::Mode::Audit;
  std::string text = row("events of", shown.trail);
  std::string decisions =
      std::to_string(report.decisions()) + " in " + std::string(decision::to_string(report.mode())) + " mode";
  if (report.first()) {
    decisions += ", " + base::format_rfc3339(*report.first()) + " to " + base::format_rfc3339(*report.last());
  }
  text += row("decisions", decisions);
  text += row(audit_mode ? "would deny" : "denied",
              std::to_string(report.denied()) + " (" + percent_text(report.percent()) + ")");
  if (const std::uint64_t unread = report.not_understood() + shown.unreadable; unread != 0) {
    text += row("not understood", std::to_string(unread) + " lines: see audit verify");
  }
  const auto groups = report.groups();
  if (!groups.empty()) text += "\n";
  for (const DenialGroup* const group : groups) text += text_of(*group);
  if (report.ungrouped() != 0) text += "  and " + std::to_string(report.ungrouped()) + " in further groups\n";
  return text;
}

void write_text_or_null(json::Writer& out, std::string_view name, const std::string& text) {
  out.key(name);
  text.empty() ? out.null() : out.text(text);
}

void write_group(json::Writer& out, const DenialGroup& group) {
  out.begin_object().key("count").unsigned_integer(group.count);
  write_text_or_null(out, "policy", group.policy);
  write_text_or_null(out, "rule", group.rule);
  out.member("agentId", group.agent_id).member("action", group.action);
  write_text_or_null(out, "reason", group.reason);
  out.key("requiresApproval").boolean(group.requires_approval);
  out.member("first", base::format_rfc3339_millis(group.first)).member("last", base::format_rfc3339_millis(group.last));
  out.key("sample").begin_object().member("id", group.sample);
  write_text_or_null(out, "resource", group.resource);
  // Cut it is no JSON any more.
  out.key("context");
  group.context_cut ? out.text(group.context) : out.raw(group.context);
  out.end_object().end_object();
}

std::string json_of(const Shown& shown) {
  const DenialReport& report = shown.report;
  std::string text;
  json::Writer out(text);
  out.begin_object().member("audit", json_text(shown.trail)).member("mode", decision::to_string(report.mode()));
  write_text_or_null(out, "from", report.first() ? base::format_rfc3339_millis(*report.first()) : "");
  write_text_or_null(out, "to", report.last() ? base::format_rfc3339_millis(*report.last()) : "");
  out.key("decisions").unsigned_integer(report.decisions()).key("denied").unsigned_integer(report.denied());
  out.key("percent").number(report.percent());
  out.key("notUnderstood").unsigned_integer(report.not_understood() + shown.unreadable);
  out.key("groups").begin_list();
  for (const DenialGroup* const group : report.groups()) write_group(out, *group);
  out.end_list().key("ungrouped").unsigned_integer(report.ungrouped());
  out.key("bucketSeconds").integer(report.bucket_length().count()).key("buckets").begin_list();
  for (const auto& [start, bucket] : report.buckets()) {
    out.begin_object().member("start", base::format_rfc3339(start));
    out.key("allowed").unsigned_integer(bucket.allowed).key("denied").unsigned_integer(bucket.denied).end_object();
  }
  out.end_list().end_object();
  return text + "\n";
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  const auto mode = decision::parse_mode(arguments.mode);
  if (!mode) return fail(kUsage, "--mode: must be `audit` or `enforce`");
  if (arguments.html_file && arguments.html_file->empty()) return fail(kUsage, "--html: must name a file");
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  DenialReport report(*mode);
  const auto scanned =
      audit::scan(opened->store, opened->filter, audit::Order::OldestFirst, [&report](const audit::EventLine& event) {
        report.add(event);
        return audit::Next::GoOn;
      });
  if (!scanned) return fail(scanned.error());
  const std::string trail = opened->store.file.empty() ? opened->store.directory : opened->store.file;
  if (arguments.html_file) {
    const base::SystemClock clock;
    const auto written =
        base::write_output(*arguments.html_file, audit::report_html(report, json_text(trail), clock.now()));
    if (!written.ok()) return fail(written.error());
  }
  const Shown shown{report, trail, scanned->unreadable};
  return print(arguments.json ? json_of(shown) : text_of(shown));
}

}  // namespace

void add_audit_report(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command =
      audit.add_subcommand("report", "Say what enforce mode would deny of what audit mode let pass");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  add_audit_filters(*command, arguments);
  command->add_option("--mode", arguments->mode, "`audit` (default): would-be denials; `enforce`: those that were")
      ->type_name("MODE");
  command->add_option("--html", arguments->html_file, "Also a page that stands alone, with a chart")->type_name("FILE");
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, audit_settings());
  command->footer(
      "Example: guardian audit report --mode audit --html report.html\n"
      "Exit codes: 0 printed, 2 bad input.");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
