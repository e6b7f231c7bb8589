#include "guardian/tools/replay_report.h"

#include <algorithm>
#include <tuple>

#include "guardian/base/check.h"

namespace guardian::tools {

namespace {

Ground ground_of(const audit::Decided& decided) {
  return {std::string(decided.policy.value_or("")), std::string(decided.rule.value_or("")),
          std::string(decided.reason.value_or(""))};
}

// Texts may hold any character, so their sizes part them.
void append(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ' ';
  key += text;
}

}  // namespace

std::string_view to_string(Change change) noexcept {
  switch (change) {
    case Change::NewlyDenied:
      return "allow-to-deny";
    case Change::NewlyAllowed:
      return "deny-to-allow";
    case Change::Otherwise:
      return "otherwise";
  }
  GUARDIAN_ASSERT(false);
}

void ReplayReport::count_decision(base::TimePoint time) {
  ++decisions_;
  first_ = std::min(first_.value_or(time), time);
  last_ = std::max(last_.value_or(time), time);
}

void ReplayReport::count_not_comparable(std::string_view why) {
  ++not_comparable_;
  const auto found = reasons_.find(why);
  if (found != reasons_.end()) {
    ++found->second;
  } else {
    reasons_.emplace(why, 1);
  }
}

void ReplayReport::count_change(Change change, const audit::RecordedDecision& recorded, const audit::Decided& now,
                                bool grouped) {
  ++changed_[static_cast<std::size_t>(change)];
  if (!grouped) return;
  std::string key(to_string(change));
  key += recorded.decided.allow ? '+' : '-';
  for (const std::string_view text :
       {recorded.agent_id, recorded.request.action, recorded.decided.policy.value_or(""),
        recorded.decided.rule.value_or(""), now.policy.value_or(""), now.rule.value_or("")}) {
    append(key, text);
  }
  auto found = groups_.find(key);
  if (found == groups_.end()) {
    if (groups_.size() >= kMaxGroups) {
      ++ungrouped_;
      return;
    }
    found = groups_
                .emplace(std::move(key),
                         ChangeGroup{change, recorded.decided.allow, std::string(recorded.agent_id),
                                     std::string(recorded.request.action), ground_of(recorded.decided), ground_of(now),
                                     0, recorded.time, recorded.time, std::string(recorded.id)})
                .first;
  }
  ChangeGroup& group = found->second;
  ++group.count;
  group.first = std::min(group.first, recorded.time);
  group.last = std::max(group.last, recorded.time);
}

std::vector<const ChangeGroup*> ReplayReport::groups() const {
  std::vector<const ChangeGroup*> sorted;
  for (const auto& [key, group] : groups_) sorted.push_back(&group);
  std::ranges::stable_sort(sorted, [](const ChangeGroup* a, const ChangeGroup* b) {
    return std::tuple(a->change, b->count) < std::tuple(b->change, a->count);
  });
  return sorted;
}

}  // namespace guardian::tools
