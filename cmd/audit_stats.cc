// guardian audit stats: decisions by agent, action, policy and rule.
#include <algorithm>
#include <cstdio>

#include "audit_commands.h"
#include "audit_source.h"
#include "guardian/audit/stats.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using audit::CountsByKey;
using audit::DecisionCounts;

struct Arguments : AuditSource {
  bool json = false;
};

std::string right(std::uint64_t number) {
  constexpr std::size_t kWidth = 11;
  const std::string text = std::to_string(number);
  return std::string(kWidth - std::min(text.size(), kWidth - 1), ' ') + text;
}

std::string counts_line(const DecisionCounts& counts, std::string_view name) {
  return right(counts.total()) + right(counts.allow) + right(counts.deny) + right(counts.would_deny) + "  " +
         printable_line(name);
}

// `policy / rule`
std::string name_of(std::string_view key) {
  std::string name;
  while (true) {
    const std::size_t end = std::min(key.find('\n'), key.size());
    name += audit::text_of_member(key.substr(0, end)).value_or("none");
    if (end == key.size()) return name;
    name += " / ";
    key.remove_prefix(end + 1);
  }
}

std::string table_text(std::string_view title, const CountsByKey& by_key) {
  const CountsByKey::Table table = by_key.table(audit::Stats::kRows);
  if (table.rows.empty()) return {};
  std::string text = "\n      total      allow       deny would-deny  by " + std::string(title) + "\n";
  for (const CountsByKey::Row& row : table.rows) text += counts_line(row.counts, name_of(row.key));
  if (table.other.total() != 0) text += counts_line(table.other, "(other)");
  return text;
}

std::string text_of(const audit::Stats& stats) {
  std::string text = row("events", std::to_string(stats.events));
  for (const auto& [type, count] : stats.types) text += "  " + row(type, std::to_string(count));
  if (stats.events != 0) text += row("from", stats.first_time) + row("to", stats.last_time);
  if (stats.dropped != 0) text += row("dropped", std::to_string(stats.dropped));
  for (const auto& [alert, count] : stats.alerts) text += row("alert " + alert, std::to_string(count));
  text += row("allow", std::to_string(stats.decisions.allow)) + row("deny", std::to_string(stats.decisions.deny));
  text += row("would deny", std::to_string(stats.decisions.would_deny));
  return text + table_text("agent", stats.agents) + table_text("action", stats.actions) +
         table_text("policy", stats.policies) + table_text("policy / rule", stats.rules);
}

ExitCode run(const Arguments& arguments, const SettingsFlags& flags) {
  const auto opened = open_audit(arguments, flags);
  if (!opened) return fail(opened.error());
  const auto stats = audit::count_events(opened->store, opened->filter);
  if (!stats) return fail(stats.error());
  warn_of_unreadable(stats->scanned);
  return print(arguments.json ? audit::stats_json(*stats) + "\n" : text_of(*stats));
}

}  // namespace

void add_audit_stats(CLI::App& audit, Chosen& chosen) {
  CLI::App* const command = audit.add_subcommand("stats", "Count decisions by agent, action, policy and rule");
  const auto arguments = std::make_shared<Arguments>();
  add_audit_path(*command, arguments);
  add_audit_filters(*command, arguments);
  command->add_flag("--json", arguments->json, "Print JSON");
  const SettingsFlags flags(*command, audit_settings());
  command->footer("Example: guardian audit stats --from 7d");
  command->callback([arguments, flags, &chosen] { chosen = [arguments, flags] { return run(*arguments, flags); }; });
}

}  // namespace guardian::cmd
