#include "guardian/audit/stats.h"

#include <algorithm>
#include <utility>

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kMaxNames = 64;

void count_name(std::map<std::string, std::uint64_t, std::less<>>& names, std::string_view name) {
  const auto found = names.find(name);
  if (found != names.end()) {
    ++found->second;
  } else if (names.size() < kMaxNames) {
    names.emplace(name, 1);
  }
}

std::string_view or_null(std::string_view raw) { return raw.empty() ? "null" : raw; }

std::uint64_t count_of_gap(std::string_view gap) {
  const auto parsed = json::parse(gap);
  if (!parsed) return 0;
  const json::Value* const count = parsed->root().find("count");
  return count == nullptr ? 0 : count->as_unsigned().value_or(0);
}

void write_counts(json::Writer& out, const DecisionCounts& counts) {
  out.key("total").unsigned_integer(counts.total()).key("allow").unsigned_integer(counts.allow);
  out.key("deny").unsigned_integer(counts.deny).key("wouldDeny").unsigned_integer(counts.would_deny);
}

void write_names(json::Writer& out, std::string_view member,
                 const std::map<std::string, std::uint64_t, std::less<>>& names) {
  out.key(member).begin_object();
  for (const auto& [name, count] : names) out.key(name).unsigned_integer(count);
  out.end_object();
}

void write_table(json::Writer& out, std::string_view member, std::initializer_list<std::string_view> names,
                 const CountsByKey& by_key) {
  const CountsByKey::Table table = by_key.table(Stats::kRows);
  out.key(member).begin_list();
  for (const CountsByKey::Row& row : table.rows) {
    out.begin_object();
    std::string_view rest = row.key;
    for (const std::string_view name : names) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out.key(name).raw(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    write_counts(out, row.counts);
    out.end_object();
  }
  if (table.other.total() != 0) {
    out.begin_object();
    for (const std::string_view name : names) out.key(name).null();
    out.key("other").boolean(true);
    write_counts(out, table.other);
    out.end_object();
  }
  out.end_list();
}

void write_time(json::Writer& out, std::string_view member, const std::string& raw) {
  out.key(member);
  raw.empty() ? out.null() : out.raw("\"" + raw + "\"");
}

}  // namespace

DecisionCounts& DecisionCounts::operator+=(const DecisionCounts& more) noexcept {
  allow += more.allow;
  deny += more.deny;
  would_deny += more.would_deny;
  return *this;
}

void CountsByKey::add(std::string_view key, const DecisionCounts& counts) {
  const auto found = counts_.find(key);
  if (found != counts_.end()) {
    found->second += counts;
  } else if (counts_.size() < kMaxKeys) {
    counts_.emplace(key, counts);
  } else {
    other_ += counts;
  }
}

CountsByKey::Table CountsByKey::table(std::size_t most) const {
  Table table;
  table.other = other_;
  for (const auto& [key, counts] : counts_) table.rows.push_back({key, counts});
  std::ranges::sort(table.rows, [](const Row& a, const Row& b) {
    return std::pair(b.counts.total(), std::string_view(a.key)) < std::pair(a.counts.total(), std::string_view(b.key));
  });
  for (std::size_t i = most; i < table.rows.size(); ++i) table.other += table.rows[i].counts;
  if (table.rows.size() > most) table.rows.resize(most);
  return table;
}

void Stats::add(const EventLine& event) {
  if (events++ == 0) first_time = event.time;
  last_time = event.time;
  count_name(types, event.type);
  if (event.type == "audit.gap") dropped += count_of_gap(event.gap);
  if (event.type != "decision") return;
  const auto alert = event.alert.size() >= 2 && event.alert.front() == '"'
                         ? event.alert.substr(1, event.alert.size() - 2)
                         : std::string_view();
  if (!alert.empty()) count_name(alerts, alert);
  DecisionCounts one;
  (event.decision == "\"allow\"" ? one.allow : one.deny) = 1;
  one.would_deny = event.would_deny == "true" && one.allow != 0 ? 1 : 0;
  decisions += one;
  agents.add(or_null(event.agent_id), one);
  actions.add(or_null(event.action), one);
  policies.add(or_null(event.policy), one);
  rules.add(std::string(or_null(event.policy)).append("\n").append(or_null(event.rule)), one);
}

base::Result<Stats> count_events(const StorePath& store, const Filter& filter) {
  Stats stats;
  GUARDIAN_ASSIGN(stats.scanned, scan(store, filter, Order::OldestFirst, [&stats](const EventLine& event) {
                    stats.add(event);
                    return Next::GoOn;
                  }));
  return stats;
}

std::string stats_json(const Stats& stats) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("events").unsigned_integer(stats.events);
  write_time(out, "from", stats.first_time);
  write_time(out, "to", stats.last_time);
  write_names(out, "types", stats.types);
  write_names(out, "alerts", stats.alerts);
  out.key("dropped").unsigned_integer(stats.dropped).key("unreadable").unsigned_integer(stats.scanned.unreadable);
  out.key("decisions").begin_object();
  write_counts(out, stats.decisions);
  out.end_object();
  write_table(out, "agents", {"agent"}, stats.agents);
  write_table(out, "actions", {"action"}, stats.actions);
  write_table(out, "policies", {"policy"}, stats.policies);
  write_table(out, "rules", {"policy", "rule"}, stats.rules);
  out.end_object();
  return text;
}

base::Result<std::string> stats_json(const std::string& directory, const Filter& filter) {
  GUARDIAN_ASSIGN(const Stats stats, count_events(StorePath{directory, {}}, filter));
  return stats_json(stats);
}

}  // namespace guardian::audit
