// Counts over the events of a store: `guardian audit stats` and `GET /admin/audit/stats`. Memory is bounded whatever
// the store holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guardian/audit/event_line.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/scan.h"
#include "guardian/audit/store_path.h"
#include "guardian/base/result.h"

namespace guardian::audit {

// Of decisions. `would_deny` are those of `allow` that audit mode let pass.
struct DecisionCounts {
  std::uint64_t allow = 0;
  std::uint64_t deny = 0;
  std::uint64_t would_deny = 0;

  [[nodiscard]] std::uint64_t total() const noexcept { return allow + deny; }
  DecisionCounts& operator+=(const DecisionCounts& more) noexcept;
};

// Decisions by a member's value. The first kMaxKeys values are told apart, all others counted together.
class CountsByKey {
 public:
  static constexpr std::size_t kMaxKeys = 10'000;

  void add(std::string_view key, const DecisionCounts& counts);

  struct Row {
    std::string key;  // raw JSON, as it was added
    DecisionCounts counts;
  };
  struct Table {
    std::vector<Row> rows;  // by total, largest first
    DecisionCounts other;   // of what has no row
  };
  // The `most` keys with the most decisions.
  [[nodiscard]] Table table(std::size_t most) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>()(key); }
  };
  std::unordered_map<std::string, DecisionCounts, Hash, std::equal_to<>> counts_;
  DecisionCounts other_;
};

class Stats {
 public:
  // How many rows a table shows.
  static constexpr std::size_t kRows = 100;

  void add(const EventLine& event);

  std::uint64_t events = 0;
  std::uint64_t dropped = 0;  // events that gap events tell of
  std::string first_time;     // of the first event added
  std::string last_time;
  std::map<std::string, std::uint64_t, std::less<>> types;   // at most kMaxNames
  std::map<std::string, std::uint64_t, std::less<>> alerts;  // the same
  DecisionCounts decisions;
  CountsByKey agents;
  CountsByKey actions;
  CountsByKey policies;
  CountsByKey rules;  // by the policy's and the rule's raw name with a newline between
  Scanned scanned;
};

// All events of the store that pass. Errors: as scan.
[[nodiscard]] base::Result<Stats> count_events(const StorePath& store, const Filter& filter);

// {"events":n,"from":t,"to":t,"types":{...},"alerts":{...},"dropped":n,"unreadable":n,
//  "decisions":{"total":n,"allow":n,"deny":n,"wouldDeny":n},"agents":[{"agent":"a","total":n,...}],"actions":[...],
//  "policies":[...],"rules":[{"policy":"p","rule":"r",...}]}; what has no row of its own is a last row with
// `"other":true` and null for its names.
[[nodiscard]] std::string stats_json(const Stats& stats);

// The two in one, for a route: `directory` holds the segments. Errors: as scan.
[[nodiscard]] base::Result<std::string> stats_json(const std::string& directory, const Filter& filter);

}  // namespace guardian::audit
