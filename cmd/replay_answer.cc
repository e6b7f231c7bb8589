#include "replay_answer.h"

#include "guardian/base/time.h"
#include "guardian/json/writer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using tools::Change;
using tools::ChangeGroup;
using tools::Ground;

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

std::string by(const Ground& ground) {
  if (ground.policy.empty() && ground.rule.empty()) return ground.reason.empty() ? "no policy" : ground.reason;
  std::string text = ground.policy.empty() ? "no policy" : ground.policy;
  if (!ground.rule.empty()) text += " / " + ground.rule;
  return ground.reason.empty() ? text : text + ": " + ground.reason;
}

std::string_view heading(Change change) {
  switch (change) {
    case Change::NewlyDenied:
      return "allow to deny";
    case Change::NewlyAllowed:
      return "deny to allow";
    case Change::Otherwise:
      return "decided otherwise";
  }
  return "";
}

Colour colour_of(Change change) {
  if (change == Change::NewlyDenied) return Colour::Red;
  return change == Change::NewlyAllowed ? Colour::Green : Colour::Yellow;
}

std::string text_of(const ChangeGroup& group) {
  const std::string line = std::to_string(group.count) + " x " + group.agent_id + " " + group.action;
  std::string text = "  " + coloured(heading(group.change), colour_of(group.change)) + " " + printable_line(line);
  text += "    was  " + printable_line(by(group.was));
  text += "    now  " + printable_line(by(group.now));
  const std::string when =
      group.count == 1 ? base::format_rfc3339_millis(group.first)
                       : base::format_rfc3339_millis(group.first) + " to " + base::format_rfc3339_millis(group.last);
  return text + "    " + printable_line(when + ", event " + group.sample);
}

void write_ground(json::Writer& out, std::string_view name, bool allow, const Ground& ground) {
  const auto text_or_null = [&out](std::string_view member, const std::string& text) {
    out.key(member);
    text.empty() ? out.null() : out.text(text);
  };
  out.key(name).begin_object().member("decision", allow ? "allow" : "deny");
  text_or_null("policy", ground.policy);
  text_or_null("rule", ground.rule);
  text_or_null("reason", ground.reason);
  out.end_object();
}

void write_group(json::Writer& out, const ChangeGroup& group) {
  out.begin_object().member("change", tools::to_string(group.change));
  out.key("count").unsigned_integer(group.count).member("agentId", group.agent_id).member("action", group.action);
  write_ground(out, "was", group.allow, group.was);
  write_ground(out, "now", (group.change == Change::Otherwise) == group.allow, group.now);
  out.member("first", base::format_rfc3339_millis(group.first));
  out.member("last", base::format_rfc3339_millis(group.last)).member("sample", group.sample).end_object();
}

void write_time(json::Writer& out, std::string_view name, std::optional<base::TimePoint> time) {
  out.key(name);
  time ? out.text(base::format_rfc3339_millis(*time)) : out.null();
}

}  // namespace

std::string replay_text(const Replayed& replayed) {
  const tools::ReplayReport& report = replayed.report;
  std::string text = row("events of", replayed.trail);
  text += row("decided under", replayed.bundle);
  std::string decisions = counted(report.decisions(), "decisions");
  if (report.first()) {
    decisions += ", " + base::format_rfc3339(*report.first()) + " to " + base::format_rfc3339(*report.last());
  }
  text += row("replayed", decisions);
  text += row("same", std::to_string(report.same()));
  text += row("allow to deny", std::to_string(report.changed(Change::NewlyDenied)));
  text += row("deny to allow", std::to_string(report.changed(Change::NewlyAllowed)));
  text += row("other rule", std::to_string(report.changed(Change::Otherwise)));
  text += row("incomparable", std::to_string(report.not_comparable()));
  for (const auto& [why, count] : report.reasons()) text += row("", counted(count, why));
  if (replayed.damaged_lines != 0) text += row("damaged", counted(replayed.damaged_lines, "lines: see audit verify"));
  const auto groups = report.groups();
  if (!groups.empty()) text += "\n";
  for (const ChangeGroup* const group : groups) text += text_of(*group);
  if (report.ungrouped() != 0) text += "  and " + counted(report.ungrouped(), "changes in further groups\n");
  return text;
}

std::string replay_json(const Replayed& replayed) {
  const tools::ReplayReport& report = replayed.report;
  std::string text;
  json::Writer out(text);
  out.begin_object().member("audit", json_text(replayed.trail)).member("bundle", json_text(replayed.bundle));
  out.key("recorded").boolean(replayed.recorded);
  write_time(out, "from", report.first());
  write_time(out, "to", report.last());
  out.key("decisions").unsigned_integer(report.decisions()).key("same").unsigned_integer(report.same());
  out.key("allowToDeny").unsigned_integer(report.changed(Change::NewlyDenied));
  out.key("denyToAllow").unsigned_integer(report.changed(Change::NewlyAllowed));
  out.key("otherRule").unsigned_integer(report.changed(Change::Otherwise));
  out.key("notComparable").unsigned_integer(report.not_comparable()).key("why").begin_object();
  for (const auto& [why, count] : report.reasons()) out.key(why).unsigned_integer(count);
  out.end_object().key("damagedLines").unsigned_integer(replayed.damaged_lines).key("changes").begin_list();
  for (const ChangeGroup* const group : report.groups()) write_group(out, *group);
  out.end_list().key("ungrouped").unsigned_integer(report.ungrouped()).end_object();
  return text + "\n";
}

}  // namespace guardian::cmd
