#include "guardian/tools/replay.h"

#include <algorithm>
#include <array>
#include <utility>

namespace guardian::tools {

namespace {

constexpr std::chrono::microseconds kHold = std::chrono::milliseconds(20);
constexpr std::chrono::microseconds kMaxLatency = std::chrono::seconds(1);
// A clock that was set back by more than threads overtake each other.
constexpr std::chrono::microseconds kSetBack = std::chrono::seconds(2);

constexpr std::string_view kNoBundle = "its bundle is not kept";
constexpr std::string_view kCountsIncomplete = "rate limit counted before what the trail tells";
constexpr std::string_view kCountsLost = "rate limit counts lost by a kill";
constexpr std::string_view kCountsShared = "rate limit shared with other sidecars";
constexpr std::string_view kDamaged = "event not understood";

// Denials that no policy decided.
constexpr std::array<std::string_view, 7> kOutside = {
    decision::kReasonNoBundle, decision::kReasonExpired, decision::kReasonTooOld, "Audit log is full",
    "Invalid token",           "Token required",         "Agent mismatch"};

bool decided_outside(const audit::Decided& decided) noexcept {
  if (decided.allow || !decided.reason) return false;
  if (*decided.reason == decision::kReasonLimitStoreFull) return true;
  return !decided.policy && !decided.rule && std::ranges::find(kOutside, *decided.reason) != kOutside.end();
}

// A rule's own reason may be the same text; only a limit says when to come again.
bool was_limited(const audit::Decided& decided) noexcept {
  return !decided.allow && decided.retry_after_ms && decided.reason == decision::kReasonRateLimit;
}

audit::Decided as_decided(const decision::Decision& decision) {
  return {decision.allow,         decision.policy,      decision.rule,
          decision.reason,        decision.approval_id, decision.requires_approval,
          decision.retry_after_ms};
}

bool same_ground(const audit::Decided& a, const audit::Decided& b) noexcept {
  return a.policy == b.policy && a.rule == b.rule && a.reason == b.reason;
}

}  // namespace

void Replay::feed(const audit::EventLine& event) {
  follow(event);
  if (event.type != "decision") return;
  const bool reported = options_.filter.passes(event);
  auto recorded = audit::read_recorded_decision(event);
  if (!recorded.ok()) {
    // It may have been an allow.
    const auto time = base::parse_rfc3339(event.time);
    if (time) incomplete_until_ = std::max(incomplete_until_, base::to_time_point(*time));
    if (!reported) return;
    report_.count_decision(time ? base::to_time_point(*time) : newest_);
    return report_.count_not_comparable(kDamaged);
  }
  running_ = true;
  note_time(recorded->time);
  release(recorded->time, false);
  if (!was_limited(recorded->decided)) return judge(*recorded, reported);
  const auto latency = std::chrono::microseconds(recorded->latency_micros);
  held_bytes_ += event.text.size();
  const base::TimePoint until = recorded->time + kHold + std::min(latency, kMaxLatency);
  held_.push_back({std::move(recorded).value(), reported, until, event.text.size()});
}

// What the trail says of itself: where events are missing, where a sidecar was killed.
void Replay::follow(const audit::EventLine& event) {
  const auto instant = base::parse_rfc3339(event.time);
  const base::TimePoint time = instant ? base::to_time_point(*instant) : newest_;
  const bool begins = last_seq_ == 0;
  const bool whole_from_here = begins && event.seq == 1 && event.type != "cache.cleared";
  if (!whole_from_here && event.seq != last_seq_ + 1) incomplete_until_ = std::max(incomplete_until_, time);
  // A store that was cleared begins anew, while counts go on.
  if (event.type == "audit.gap" || event.type == "cache.cleared") {
    incomplete_until_ = std::max(incomplete_until_, time);
  }
  if (event.type == "sidecar.started") {
    if (running_) lost_until_ = std::max(lost_until_, time);
    running_ = true;
  }
  if (event.type == "sidecar.stopped") running_ = false;
  last_seq_ = event.seq;
}

void Replay::note_time(base::TimePoint time) {
  if (newest_ != kNever && time + kSetBack < newest_) {
    // Counts are kept by a clock that is never set: how they lie to the new times is not told.
    incomplete_until_ = std::max(incomplete_until_, newest_);
    lost_until_ = std::max(lost_until_, newest_);
  }
  newest_ = std::max(newest_, time);
}

void Replay::release(base::TimePoint now, bool all) {
  while (!held_.empty() &&
         (all || held_.front().until < now || held_.size() > kMaxHeld || held_bytes_ > kMaxHeldBytes)) {
    const Held held = std::move(held_.front());
    held_.pop_front();
    held_bytes_ -= held.bytes;
    judge(held.recorded, held.reported);
  }
}

void Replay::judge(const audit::RecordedDecision& recorded, bool reported) {
  if (reported) report_.count_decision(recorded.time);
  const auto give_up = [&](std::string_view why) {
    if (reported) report_.count_not_comparable(why);
  };
  if (decided_outside(recorded.decided)) return give_up(*recorded.decided.reason);
  const auto bundle = bundles_.of(recorded.bundle_version.value_or(""));
  if (bundle == nullptr) {
    if (recorded.decided.allow) incomplete_until_ = std::max(incomplete_until_, recorded.time);
    return give_up(kNoBundle);
  }
  if (recorded.inputs != audit::Inputs::Whole) {
    count_recorded(recorded, *bundle);
    return give_up(to_string(recorded.inputs));
  }
  decide(recorded, *bundle, reported);
}

void Replay::decide(const audit::RecordedDecision& recorded, const ReplayBundle& bundle, bool reported) {
  decision::Decision decision = bundle.engine().decide(recorded.question(), recorded.time);
  const limits::Charge charge = decision.charge;
  std::string_view why;
  if (charge.size != 0 && !limit(recorded, decision, why)) {
    count_recorded(recorded, bundle);
    if (reported) report_.count_not_comparable(why);
    return;
  }
  if (options_.kind == ReplayKind::Recorded) {
    count_recorded(recorded, bundle);
  } else if (decision.allow) {
    count(charge, recorded.time);
  }
  if (reported) compare(recorded, decision);
}

bool Replay::limit(const audit::RecordedDecision& recorded, decision::Decision& decision, std::string_view& why) {
  const audit::Decided& then = recorded.decided;
  const bool same_rule = then.policy == decision.policy && then.rule == decision.rule;
  const bool limited_then = same_rule && was_limited(then);
  const bool admitted_then = same_rule && then.allow;
  const auto judged = counts_.judge(decision.charge, recorded.time, std::chrono::microseconds(recorded.latency_micros));
  const bool refuse =
      judged == ReplayCounts::Judged::Refuses || (judged == ReplayCounts::Judged::Either && limited_then);
  const base::TimePoint since = recorded.time - ReplayCounts::longest_interval(decision.charge);
  const bool checks = options_.kind == ReplayKind::Recorded;
  if (limited_then && !refuse) {
    why = unknown(since < incomplete_until_, checks && since < lost_until_);
  } else if (checks && admitted_then && refuse) {
    // Missing allows would only make it fuller.
    why = unknown(false, since < lost_until_);
  }
  if (!why.empty()) return false;
  const auto kind = refuse ? limits::Verdict::Kind::Refused : limits::Verdict::Kind::Admitted;
  decision::apply({kind, then.retry_after_ms.value_or(1)}, decision);
  return true;
}

std::string_view Replay::unknown(bool incomplete, bool lost) const noexcept {
  if (options_.shared_counts) return kCountsShared;
  if (incomplete) return kCountsIncomplete;
  return lost ? kCountsLost : std::string_view();
}

void Replay::compare(const audit::RecordedDecision& recorded, const decision::Decision& decision) {
  const audit::Decided now = as_decided(decision);
  const bool every_difference = options_.kind == ReplayKind::Recorded;
  if (recorded.decided.allow != now.allow) {
    report_.count_change(now.allow ? Change::NewlyAllowed : Change::NewlyDenied, recorded, now, true);
  } else if (!same_ground(recorded.decided, now)) {
    report_.count_change(Change::Otherwise, recorded, now, every_difference);
  } else {
    report_.count_same();
  }
}

void Replay::count(const limits::Charge& charge, base::TimePoint at) {
  if (charge.size != 0 && !counts_.count(charge, at)) incomplete_until_ = std::max(incomplete_until_, at);
}

void Replay::count_recorded(const audit::RecordedDecision& recorded, const ReplayBundle& bundle) {
  if (!recorded.decided.allow || !recorded.decided.policy || !recorded.decided.rule) return;
  count(bundle.charge_of(*recorded.decided.policy, *recorded.decided.rule, recorded.agent_id), recorded.time);
}

ReplayReport Replay::finish() && {
  release(newest_, true);
  return std::move(report_);
}

}  // namespace guardian::tools
