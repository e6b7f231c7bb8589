// What a trail denied, grouped so that people can act on it (cli.md, `guardian audit report`): for audit mode the
// denials that were let pass, which switching to enforce would make real; for enforce mode those that were. Memory is
// bounded: groups past the cap are counted and not told apart. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guardian/audit/event_line.h"
#include "guardian/audit/recorded.h"
#include "guardian/base/time.h"
#include "guardian/decision/decision.h"

namespace guardian::audit {

// Denials of one policy, rule, agent and action.
struct DenialGroup {
  std::string policy;  // empty: no policy decided
  std::string rule;
  std::string agent_id;
  std::string action;
  std::string reason;  // of the first, as all below
  bool requires_approval = false;
  std::string resource;
  std::string context;  // as recorded, redacted, JSON; at most kMaxSampleBytes, `null` where there was none
  bool context_cut = false;
  std::string sample;  // id of the event
  std::uint64_t count = 0;
  base::TimePoint first;
  base::TimePoint last;
};

// Decisions of an hour, or of a day where the trail is long.
struct Bucket {
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
};

class DenialReport {
 public:
  static constexpr std::size_t kMaxGroups = 10'000;
  static constexpr std::size_t kMaxSampleBytes = 2'048;

  // Decisions of that mode alone are looked at.
  explicit DenialReport(decision::Mode mode) : mode_(mode) {}

  // The next event, of any type.
  void add(const EventLine& event);

  [[nodiscard]] decision::Mode mode() const noexcept { return mode_; }
  [[nodiscard]] std::uint64_t decisions() const noexcept { return decisions_; }
  [[nodiscard]] std::uint64_t denied() const noexcept { return denied_; }
  // Events that say they are decisions and are not understood.
  [[nodiscard]] std::uint64_t not_understood() const noexcept { return not_understood_; }
  [[nodiscard]] std::uint64_t ungrouped() const noexcept { return ungrouped_; }
  // Of `denied`, of all decisions, 0 to 100; 0 where there were none.
  [[nodiscard]] double percent() const noexcept;
  [[nodiscard]] std::optional<base::TimePoint> first() const noexcept { return first_; }
  [[nodiscard]] std::optional<base::TimePoint> last() const noexcept { return last_; }
  // Most first.
  [[nodiscard]] std::vector<const DenialGroup*> groups() const;

  // By the start of each, in order; those in which nothing was decided are left out.
  [[nodiscard]] const std::map<base::TimePoint, Bucket>& buckets() const noexcept { return buckets_; }
  [[nodiscard]] std::chrono::seconds bucket_length() const noexcept { return bucket_length_; }

 private:
  void count(base::TimePoint time, bool denied);
  void group(const RecordedDecision& recorded);

  decision::Mode mode_;
  std::uint64_t decisions_ = 0;
  std::uint64_t denied_ = 0;
  std::uint64_t not_understood_ = 0;
  std::uint64_t ungrouped_ = 0;
  std::optional<base::TimePoint> first_;
  std::optional<base::TimePoint> last_;
  std::map<std::string, DenialGroup> groups_;
  std::map<base::TimePoint, Bucket> buckets_;
  std::chrono::seconds bucket_length_ = std::chrono::hours(1);
};

}  // namespace guardian::audit
