// Decides recorded requests again, each at its recorded time and with its recorded context, and compares what enforce
// mode reaches with what it reached then (cli.md, `guardian replay`). Rate limits are rebuilt from the trail: what
// counts is what was allowed. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>

#include "guardian/audit/event_line.h"
#include "guardian/audit/filter.h"
#include "guardian/audit/recorded.h"
#include "guardian/tools/replay_bundles.h"
#include "guardian/tools/replay_counts.h"
#include "guardian/tools/replay_report.h"

namespace guardian::tools {

enum class ReplayKind : std::uint8_t {
  Another,  // under a bundle of the operator's: what would change is listed
  Recorded  // under the bundle of the time: nothing may differ, by another rule or with another reason included
};

struct ReplayOptions {
  ReplayKind kind = ReplayKind::Another;
  audit::Filter filter;        // what is reported; all that was allowed is counted
  bool shared_counts = false;  // rate limits are counted by a fleet, of which this trail is one part
};

class Replay {
 public:
  // `bundles` must outlive this.
  Replay(ReplayOptions options, ReplayBundles& bundles) : options_(std::move(options)), bundles_(bundles) {}

  // The next event of the trail, of any type.
  void feed(const audit::EventLine& event);
  // After the last event.
  [[nodiscard]] ReplayReport finish() &&;

  // Refusals by a rate limit wait for the allows that were recorded after them and counted before: as many, and as long
  // lines together.
  static constexpr std::size_t kMaxHeld = 4'096;
  static constexpr std::size_t kMaxHeldBytes = std::size_t{32} << 20;

 private:
  struct Held {
    audit::RecordedDecision recorded;
    bool reported = false;
    base::TimePoint until;
    std::size_t bytes = 0;
  };
  static constexpr base::TimePoint kNever = base::TimePoint(std::chrono::microseconds(-(std::int64_t{1} << 60)));

  void follow(const audit::EventLine& event);
  void note_time(base::TimePoint time);
  void release(base::TimePoint now, bool all);
  void judge(const audit::RecordedDecision& recorded, bool reported);
  void decide(const audit::RecordedDecision& recorded, const ReplayBundle& bundle, bool reported);
  // Sets what rate limits make of an allow; false where it cannot be known, with why.
  [[nodiscard]] bool limit(const audit::RecordedDecision& recorded, decision::Decision& decision,
                           std::string_view& why);
  // Why counts that contradict the record prove nothing; empty where they do.
  [[nodiscard]] std::string_view unknown(bool incomplete, bool lost) const noexcept;
  void compare(const audit::RecordedDecision& recorded, const decision::Decision& decision);
  void count(const limits::Charge& charge, base::TimePoint at);
  void count_recorded(const audit::RecordedDecision& recorded, const ReplayBundle& bundle);

  ReplayOptions options_;
  ReplayBundles& bundles_;
  ReplayCounts counts_;
  ReplayReport report_;
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  std::uint64_t last_seq_ = 0;
  base::TimePoint newest_ = kNever;
  bool running_ = false;                       // a sidecar that has not said yet that it stopped
  base::TimePoint incomplete_until_ = kNever;  // allows before it may be missing in counts_
  base::TimePoint lost_until_ = kNever;        // allows before it may have been missing in the store's own counts
};

}  // namespace guardian::tools
