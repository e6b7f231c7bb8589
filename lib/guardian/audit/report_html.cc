#include "guardian/audit/report_html.h"

#include <algorithm>
#include <charconv>

#include "guardian/base/text.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
)";

constexpr std::string_view kStyle = R"(<style>
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5d6b80; --line: #d9dfe8; --page: #fff; --deny: #c0392b; --allow: #b9c6d8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f1; --soft: #94a1b5; --line: #333d4c; --page: #161b23; --deny: #e8705f; --allow: #465268 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem } p { margin: .3rem 0 } .soft { color: var(--soft) }
dl { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1.5rem 0 } dt { color: var(--soft) } dd { margin: 0; font-size: 1.6rem; font-weight: 600 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
th { color: var(--soft); font-weight: 500 } td.n, th.n { text-align: right; white-space: nowrap } time { white-space: nowrap }
pre { margin: .3rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/1.4 ui-monospace, monospace; color: var(--soft) }
svg { width: 100%; height: auto } .deny { fill: var(--deny) } .allow { fill: var(--allow) } .axis { stroke: var(--line) } svg text { fill: var(--soft); font: 11px system-ui, sans-serif }
</style>
)";

constexpr std::int64_t kWidth = 960;
constexpr std::int64_t kHeight = 180;
constexpr std::int64_t kBottom = 20;  // for the times below the axis

std::string tenths(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed, 1);
  return error == std::errc() ? std::string(text, end) : "0.0";
}

std::string time_of(base::TimePoint time) {
  const std::string text = base::format_rfc3339(time);
  return "<time datetime=\"" + text + "\">" + text + "</time>";
}

std::string rect(std::string_view kind, double x, double y, double width, double height) {
  return "<rect class=\"" + std::string(kind) + "\" x=\"" + tenths(x) + "\" y=\"" + tenths(y) + "\" width=\"" +
         tenths(width) + "\" height=\"" + tenths(height) + "\"/>";
}

std::string_view length_name(std::chrono::seconds length) {
  if (length <= std::chrono::hours(1)) return "hour";
  if (length <= std::chrono::hours(24)) return "day";
  return length <= std::chrono::hours(24 * 7) ? "week" : "year";
}

// A bar for each stretch of time from the first to the last, denials at the bottom.
std::string chart(const DenialReport& report) {
  const auto& buckets = report.buckets();
  if (buckets.empty()) return "";
  const std::string title = std::string("Decisions by ") + std::string(length_name(report.bucket_length()));
  std::uint64_t most = 1;
  for (const auto& [start, bucket] : buckets) most = std::max(most, bucket.allowed + bucket.denied);
  const base::TimePoint begin = buckets.begin()->first;
  const auto total = (buckets.rbegin()->first - begin) / report.bucket_length() + 1;
  const double step = static_cast<double>(kWidth) / static_cast<double>(total);
  const double scale = static_cast<double>(kHeight - kBottom) / static_cast<double>(most);
  const double floor = static_cast<double>(kHeight - kBottom);
  std::string svg = "<svg viewBox=\"0 0 " + std::to_string(kWidth) + " " + std::to_string(kHeight) +
                    "\" role=\"img\" aria-label=\"" + title + "\">\n";
  for (const auto& [start, bucket] : buckets) {
    const double x = static_cast<double>((start - begin) / report.bucket_length()) * step;
    const double denied = static_cast<double>(bucket.denied) * scale;
    const double allowed = static_cast<double>(bucket.allowed) * scale;
    const double width = std::max(step * 0.85, 0.5);
    svg += "<g><title>" + base::format_rfc3339(start) + ": " + std::to_string(bucket.denied) + " denied, " +
           std::to_string(bucket.allowed) + " allowed</title>" +
           rect("allow", x, floor - denied - allowed, width, allowed) + rect("deny", x, floor - denied, width, denied) +
           "</g>\n";
  }
  const std::string y = std::to_string(kHeight - kBottom);
  svg += "<line class=\"axis\" x1=\"0\" y1=\"" + y + "\" x2=\"" + std::to_string(kWidth) + "\" y2=\"" + y + "\"/>\n";
  const std::string below = std::to_string(kHeight - 4);
  svg += "<text x=\"0\" y=\"" + below + "\">" + base::format_rfc3339(begin) + "</text>";
  svg += "<text x=\"" + std::to_string(kWidth) + "\" y=\"" + below + "\" text-anchor=\"end\">" +
         base::format_rfc3339(buckets.rbegin()->first) + "</text>\n</svg>\n";
  return "<h2>" + title + "</h2>\n<p class=\"soft\">Highest: " + std::to_string(most) +
         ". The lower part of each bar was denied.</p>\n" + svg;
}

std::string group_row(const DenialGroup& group) {
  std::string text = "<tr><td class=\"n\">" + std::to_string(group.count) + "</td><td>" +
                     (group.policy.empty() ? "<span class=\"soft\">none</span>" : html_text(group.policy)) +
                     "</td><td>" + (group.rule.empty() ? "<span class=\"soft\">none</span>" : html_text(group.rule)) +
                     "</td><td>" + html_text(group.agent_id) + "</td><td>" + html_text(group.action) + "</td><td>" +
                     html_text(group.reason);
  if (group.requires_approval) text += " <span class=\"soft\">(an approval would allow it)</span>";
  text += "<pre>";
  if (!group.resource.empty()) text += "resource " + html_text(group.resource) + "\n";
  text += "context  " + html_text(group.context) + (group.context_cut ? " (cut)" : "") + "\nevent    " +
          html_text(group.sample) + "</pre></td><td>" + time_of(group.first) + "</td><td>" + time_of(group.last) +
          "</td></tr>\n";
  return text;
}

std::string figures(const DenialReport& report, std::string_view denied) {
  const auto figure = [](std::string_view name, const std::string& value) {
    return "<div><dt>" + std::string(name) + "</dt><dd>" + value + "</dd></div>";
  };
  return "<dl>" + figure("Decisions", std::to_string(report.decisions())) +
         figure(denied, std::to_string(report.denied())) + figure("Share", tenths(report.percent()) + " %") + "</dl>\n";
}

std::string table(const DenialReport& report) {
  const auto groups = report.groups();
  if (groups.empty()) return "<p>None.</p>\n";
  std::string text =
      "<table><thead><tr><th class=\"n\">Count</th><th>Policy</th><th>Rule</th><th>Agent</th><th>Action</th>"
      "<th>Reason, and the first of them</th><th>First</th><th>Last</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(groups.size(), kMaxGroupsShown); ++i) text += group_row(*groups[i]);
  text += "</tbody></table>\n";
  if (groups.size() > kMaxGroupsShown) {
    text +=
        "<p class=\"soft\">" + std::to_string(groups.size() - kMaxGroupsShown) + " further groups are not shown.</p>\n";
  }
  if (report.ungrouped() != 0) {
    text += "<p class=\"soft\">" + std::to_string(report.ungrouped()) + " denials are in none of the groups.</p>\n";
  }
  return text;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : base::printable(text, text.size())) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string report_html(const DenialReport& report, std::string_view trail, base::TimePoint made) {
  const bool audit = report.mode() == decision::Mode::Audit;
  const std::string_view title = audit ? "What enforce mode would deny" : "What was denied";
  std::string page(kHead);
  page += "<title>" + std::string(title) + "</title>\n";
  page += kStyle;
  page += "</head>\n<body>\n<h1>" + std::string(title) + "</h1>\n<p class=\"soft\">" + html_text(trail) + ", ";
  page += report.first() ? time_of(*report.first()) + " to " + time_of(*report.last()) : "no decisions";
  page += ". Made " + time_of(made) + ".</p>\n";
  page += figures(report, audit ? "Would be denied" : "Denied") + chart(report);
  page += "<h2>By policy, rule, agent and action</h2>\n" + table(report) + "</body>\n</html>\n";
  return page;
}

}  // namespace guardian::audit
