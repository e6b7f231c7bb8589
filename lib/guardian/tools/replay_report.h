// What `guardian replay` found. Memory is bounded: groups past the cap are counted and not told apart. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/audit/recorded.h"
#include "guardian/base/time.h"

namespace guardian::tools {

enum class Change : std::uint8_t {
  NewlyDenied,   // allow to deny
  NewlyAllowed,  // deny to allow
  Otherwise      // the same decision by another policy or rule, or with another reason
};
[[nodiscard]] std::string_view to_string(Change change) noexcept;  // `allow-to-deny`, `deny-to-allow`, `otherwise`

// Who decided, and why. Empty texts where the decision has none.
struct Ground {
  std::string policy;
  std::string rule;
  std::string reason;
};

// Decisions that changed alike: same agent, action, policies and rules. Reasons are those of the first.
struct ChangeGroup {
  Change change = Change::NewlyDenied;
  bool allow = false;  // what was decided
  std::string agent_id;
  std::string action;
  Ground was;
  Ground now;
  std::uint64_t count = 0;
  base::TimePoint first;
  base::TimePoint last;
  std::string sample;  // id of the first event
};

class ReplayReport {
 public:
  static constexpr std::size_t kMaxGroups = 10'000;

  // One more decision that was asked for; it is then one of the following.
  void count_decision(base::TimePoint time);
  void count_same() noexcept { ++same_; }
  void count_not_comparable(std::string_view why);
  // `grouped`: to be listed, else only counted.
  void count_change(Change change, const audit::RecordedDecision& recorded, const audit::Decided& now, bool grouped);

  [[nodiscard]] std::uint64_t decisions() const noexcept { return decisions_; }
  [[nodiscard]] std::uint64_t same() const noexcept { return same_; }
  [[nodiscard]] std::uint64_t changed(Change change) const noexcept {
    return changed_[static_cast<std::size_t>(change)];
  }
  [[nodiscard]] std::uint64_t not_comparable() const noexcept { return not_comparable_; }
  // By why.
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& reasons() const noexcept { return reasons_; }
  // Newly denied first, then by how many.
  [[nodiscard]] std::vector<const ChangeGroup*> groups() const;
  [[nodiscard]] std::uint64_t ungrouped() const noexcept { return ungrouped_; }
  // Of the decisions; nullopt where there are none.
  [[nodiscard]] std::optional<base::TimePoint> first() const noexcept { return first_; }
  [[nodiscard]] std::optional<base::TimePoint> last() const noexcept { return last_; }

 private:
  std::uint64_t decisions_ = 0;
  std::uint64_t same_ = 0;
  std::uint64_t changed_[3] = {};
  std::uint64_t not_comparable_ = 0;
  std::uint64_t ungrouped_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> reasons_;
  std::map<std::string, ChangeGroup> groups_;
  std::optional<base::TimePoint> first_;
  std::optional<base::TimePoint> last_;
};

}  // namespace guardian::tools
