#include "guardian/audit/filter.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "guardian/base/text.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

using std::chrono::ceil;
using std::chrono::floor;
using std::chrono::milliseconds;

// A span of more is a typing error, and would leave the years that can be written.
constexpr std::uint64_t kMaxSpanSeconds = std::uint64_t{100} * 366 * 24 * 3600;

constexpr std::uint64_t seconds_of(char unit) noexcept {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return std::uint64_t{24} * 3600;
    case 'w':
      return std::uint64_t{7} * 24 * 3600;
    default:
      return 0;
  }
}

std::optional<std::chrono::seconds> parse_span(std::string_view text) noexcept {
  std::uint64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = base::parse_unsigned(text.substr(0, digits), kMaxSpanSeconds);
    if (!count || digits == text.size()) return std::nullopt;
    const std::uint64_t unit = seconds_of(text[digits]);
    total += *count * unit;
    if (unit == 0 || *count * unit > kMaxSpanSeconds || total > kMaxSpanSeconds) return std::nullopt;
    text.remove_prefix(digits + 1);
  }
  return std::chrono::seconds(total);
}

base::Error bad_filter(const char* flag, const char* needed) {
  return {base::ErrorCode::InvalidInput, std::string(flag) + ": " + needed};
}

base::Result<std::string> json_text_of(const char* flag, const std::string& text) {
  if (!base::is_utf8(text)) return bad_filter(flag, "must be valid UTF-8");
  std::string quoted;
  json::append_quoted(quoted, text);
  return quoted;
}

// The text that a raw member stands for matches; without copying where it holds no escape.
bool member_matches(const std::string& pattern, std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return false;
  if (raw.find('\\') == std::string_view::npos) return matches_stars(pattern, raw.substr(1, raw.size() - 2));
  const auto text = text_of_member(raw);
  return text && matches_stars(pattern, *text);
}

// `2026-04-18T10:30:00.123Z`, the form that sorts as time does.
bool is_written_by_store(std::string_view time) noexcept {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (time.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool fits = kForm[i] == '0' ? time[i] >= '0' && time[i] <= '9' : time[i] == kForm[i];
    if (!fits) return false;
  }
  return true;
}

}  // namespace

bool matches_stars(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // of the last one passed
  std::size_t resume = 0;                     // where its run ends at the next try
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<base::TimePoint> parse_filter_time(std::string_view text, base::TimePoint now) noexcept {
  if (const auto instant = base::parse_rfc3339(text)) return base::to_time_point(*instant);
  if (const auto span = parse_span(text)) return now - *span;
  return std::nullopt;
}

base::Result<Filter> Filter::make(const FilterTexts& texts, base::TimePoint now) {
  constexpr const char* kTime = "must be an RFC 3339 date-time, or how long ago such as `90s`, `30m`, `1h` or `7d`";
  Filter filter;
  if (texts.agent) {
    GUARDIAN_ASSIGN(filter.agent_, json_text_of("--agent", *texts.agent));
  }
  if (texts.trace) {
    GUARDIAN_ASSIGN(filter.trace_, json_text_of("--trace", *texts.trace));
  }
  if (texts.decision) {
    filter.would_deny_ = *texts.decision == "would-deny";
    if (!filter.would_deny_ && *texts.decision != "allow" && *texts.decision != "deny") {
      return bad_filter("--decision", "must be `allow`, `deny` or `would-deny`");
    }
    if (!filter.would_deny_) filter.told_ = "\"" + *texts.decision + "\"";
  }
  filter.action_ = texts.action;
  filter.policy_ = texts.policy;
  if (texts.from) {
    filter.from_ = parse_filter_time(*texts.from, now);
    if (!filter.from_) return bad_filter("--from", kTime);
    filter.from_text_ = base::format_rfc3339_millis(ceil<milliseconds>(*filter.from_));
  }
  if (texts.to) {
    filter.to_ = parse_filter_time(*texts.to, now);
    if (!filter.to_) return bad_filter("--to", kTime);
    filter.to_text_ = base::format_rfc3339_millis(floor<milliseconds>(*filter.to_));
  }
  if (filter.from_ && filter.to_ && *filter.from_ > *filter.to_) return bad_filter("--to", "is before --from");
  // What is rarest is looked for first.
  if (texts.trace) {
    filter.needle_ = "\"traceId\":" + filter.trace_;
  } else if (texts.agent) {
    filter.needle_ = "\"agentId\":" + filter.agent_;
  } else if (filter.would_deny_) {
    filter.needle_ = "\"wouldDeny\":true";
  } else if (texts.decision) {
    filter.needle_ = "\"decision\":" + filter.told_;
  }
  return filter;
}

bool Filter::may_pass(std::string_view line) const noexcept {
  return needle_.empty() || ::memmem(line.data(), line.size(), needle_.data(), needle_.size()) != nullptr;
}

bool Filter::passes_time(std::string_view time) const noexcept {
  if (is_written_by_store(time)) {
    return (from_text_.empty() || time >= from_text_) && (to_text_.empty() || time <= to_text_);
  }
  const auto instant = base::parse_rfc3339(time);
  if (!instant) return false;
  const base::TimePoint at = base::to_time_point(*instant);
  return (!from_ || at >= *from_) && (!to_ || at <= *to_);
}

bool Filter::passes_decision(const EventLine& event) const noexcept {
  if (would_deny_) return event.would_deny == "true";
  return told_.empty() || event.decision == told_;
}

bool Filter::passes(const EventLine& event) const {
  if (!agent_.empty() && event.agent_id != agent_) return false;
  if (!trace_.empty() && event.trace_id != trace_) return false;
  if (!passes_decision(event)) return false;
  if ((from_ || to_) && !passes_time(event.time)) return false;
  if (action_ && !member_matches(*action_, event.action)) return false;
  return !policy_ || member_matches(*policy_, event.policy);
}

}  // namespace guardian::audit
