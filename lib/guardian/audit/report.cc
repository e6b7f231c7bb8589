#include "guardian/audit/report.h"

#include <algorithm>
#include <string_view>

#include "guardian/base/text.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

// A bar each; with more the hours become days, the days weeks.
constexpr std::size_t kMaxBuckets = 240;
constexpr std::chrono::seconds kLengths[] = {std::chrono::hours(1), std::chrono::hours(24), std::chrono::hours(24 * 7),
                                             std::chrono::hours(24 * 365)};

base::TimePoint bucket_of(base::TimePoint time, std::chrono::seconds length) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto rest = ((seconds % length) + length) % length;
  return base::TimePoint(seconds - rest);
}

// Texts may hold any character, so their sizes part them.
std::string key_of(const RecordedDecision& recorded) {
  std::string key;
  for (const std::string_view text : {recorded.decided.policy.value_or(""), recorded.decided.rule.value_or(""),
                                      recorded.agent_id, recorded.request.action}) {
    key += std::to_string(text.size()) + ' ';
    key += text;
  }
  return key;
}

// The two texts of a raw member tell without reading the event whole.
bool is_of_mode(const EventLine& event, decision::Mode mode) {
  return event.mode.size() >= 2 && event.mode.substr(1, event.mode.size() - 2) == decision::to_string(mode);
}

}  // namespace

void DenialReport::add(const EventLine& event) {
  if (event.type != "decision" || !is_of_mode(event, mode_)) return;
  const auto instant = base::parse_rfc3339(event.time);
  if (!instant) {
    ++not_understood_;
    return;
  }
  const bool denied = event.decision == "\"deny\"" || event.would_deny == "true";
  if (denied) {
    const auto recorded = read_recorded_decision(event);
    if (!recorded.ok()) {
      ++not_understood_;
      return;
    }
    group(*recorded);
  }
  count(base::to_time_point(*instant), denied);
}

void DenialReport::count(base::TimePoint time, bool denied) {
  ++decisions_;
  denied_ += denied ? 1 : 0;
  first_ = std::min(first_.value_or(time), time);
  last_ = std::max(last_.value_or(time), time);
  Bucket& bucket = buckets_[bucket_of(time, bucket_length_)];
  ++(denied ? bucket.denied : bucket.allowed);
  while (buckets_.size() > kMaxBuckets) {
    const auto* const longer = std::ranges::upper_bound(kLengths, bucket_length_);
    if (longer == std::end(kLengths)) return;
    bucket_length_ = *longer;
    std::map<base::TimePoint, Bucket> merged;
    for (const auto& [start, part] : buckets_) {
      Bucket& whole = merged[bucket_of(start, bucket_length_)];
      whole.allowed += part.allowed;
      whole.denied += part.denied;
    }
    buckets_ = std::move(merged);
  }
}

void DenialReport::group(const RecordedDecision& recorded) {
  std::string key = key_of(recorded);
  auto found = groups_.find(key);
  if (found == groups_.end()) {
    if (groups_.size() >= kMaxGroups) {
      ++ungrouped_;
      return;
    }
    DenialGroup group;
    group.policy = recorded.decided.policy.value_or("");
    group.rule = recorded.decided.rule.value_or("");
    group.agent_id = recorded.agent_id;
    group.action = recorded.request.action;
    group.reason = recorded.decided.reason.value_or("");
    group.requires_approval = recorded.decided.requires_approval;
    group.resource = recorded.request.resource.value_or("");
    group.context = json::write(recorded.request.context);
    group.context_cut = group.context.size() > kMaxSampleBytes;
    if (group.context_cut) group.context = base::printable(group.context, kMaxSampleBytes);
    group.sample = recorded.id;
    group.first = recorded.time;
    group.last = recorded.time;
    found = groups_.emplace(std::move(key), std::move(group)).first;
  }
  ++found->second.count;
  found->second.first = std::min(found->second.first, recorded.time);
  found->second.last = std::max(found->second.last, recorded.time);
}

double DenialReport::percent() const noexcept {
  return decisions_ == 0 ? 0.0 : 100.0 * static_cast<double>(denied_) / static_cast<double>(decisions_);
}

std::vector<const DenialGroup*> DenialReport::groups() const {
  std::vector<const DenialGroup*> sorted;
  for (const auto& [key, group] : groups_) sorted.push_back(&group);
  std::ranges::stable_sort(sorted, [](const DenialGroup* a, const DenialGroup* b) { return a->count > b->count; });
  return sorted;
}

}  // namespace guardian::audit
