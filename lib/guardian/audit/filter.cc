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

base::Error bad_filter(std::string_view name, const char* needed) {
  return {base::ErrorCode::InvalidInput, std::string(name) + ": " + needed};
}

base::Result<std::string> json_text_of(std::string_view name, const std::string& text) {
  if (!base::is_utf8(text)) return bad_filter(name, "must be valid UTF-8");
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

base::Result<Filter> Filter::make(const FilterTexts& texts, base::TimePoint now, std::string_view prefix) {
  const auto named = [prefix](const char* name) { return std::string(prefix) + name; };
  Filter filter;
  if (texts.agent) {
    GUARDIAN_ASSIGN(filter.agent_, json_text_of(named("agent"), *texts.agent));
  }
  if (texts.trace) {
    GUARDIAN_ASSIGN(filter.trace_, json_text_of(named("trace"), *texts.trace));
  }
  if (texts.decision) {
    filter.would_deny_ = *texts.decision == "would-deny";
    if (!filter.would_deny_ && *texts.decision != "allow" && *texts.decision != "deny") {
      return bad_filter(named("decision"), "must be `allow`, `deny` or `would-deny`");
    }
    if (!filter.would_deny_) filter.told_ = "\"" + *texts.decision + "\"";
  }
  filter.action_ = texts.action;
  filter.policy_ = texts.policy;
  GUARDIAN_TRY(filter.set_times(texts, now, prefix));
  filter.choose_needle();
  return filter;
}

base::Status Filter::set_times(const FilterTexts& texts, base::TimePoint now, std::string_view prefix) {
  constexpr const char* kTime = "must be an RFC 3339 date-time, or how long ago such as `90s`, `30m`, `1h` or `7d`";
  if (texts.from) {
    from_ = parse_filter_time(*texts.from, now);
    if (!from_) return bad_filter(std::string(prefix) + "from", kTime);
    from_text_ = base::format_rfc3339_millis(ceil<milliseconds>(*from_));
  }
  if (texts.to) {
    to_ = parse_filter_time(*texts.to, now);
    if (!to_) return bad_filter(std::string(prefix) + "to", kTime);
    to_text_ = base::format_rfc3339_millis(floor<milliseconds>(*to_));
  }
  if (from_ && to_ && *from_ > *to_) {
    return bad_filter(std::string(prefix) + "to", ("must not be before " + std::string(prefix) + "from").c_str());
  }
  return {};
}

// What is rarest is looked for.
void Filter::choose_needle() {
  if (!trace_.empty()) {
    needle_ = "\"traceId\":" + trace_;
  } else if (!agent_.empty()) {
    needle_ = "\"agentId\":" + agent_;
  } else if (would_deny_) {
    needle_ = "\"wouldDeny\":true";
  } else if (!told_.empty()) {
    needle_ = "\"decision\":" + told_;
  }
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
