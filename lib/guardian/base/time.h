// Points in time and their RFC 3339 text. Wall-clock time is UTC microseconds; Instant carries the nanoseconds and the
// year range that policy conditions may compare.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guardian::base {

using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;

// Seconds since 1970-01-01T00:00:00Z (may be negative) and the nanoseconds after them.
struct Instant {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  friend auto operator<=>(const Instant&, const Instant&) = default;
};

// An RFC 3339 date-time (any offset; `T` and `Z` in either case; a leap second counts as the second after :59; digits
// of a fraction past the ninth are dropped), or nullopt. Years 0000 to 9999. Pure; any thread; no allocation.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text) noexcept;
// The same where the offset must be written as UTC: only `Z` (either case) and `+00:00` are taken (bundle.md section
// 2).
[[nodiscard]] std::optional<Instant> parse_rfc3339_utc(std::string_view text) noexcept;

[[nodiscard]] TimePoint to_time_point(Instant instant) noexcept;
[[nodiscard]] Instant to_instant(TimePoint time) noexcept;

// `2026-04-18T10:30:00Z`, whole seconds.
[[nodiscard]] std::string format_rfc3339(TimePoint time);
// `2026-04-18T10:30:00.123Z`.
[[nodiscard]] std::string format_rfc3339_millis(TimePoint time);

// Go's duration text to whole seconds: `0s`, `4m32s`, `1h0m5s` (api.md, bundleAge). Negative durations read `0s`.
[[nodiscard]] std::string format_go_duration(std::chrono::seconds duration);

}  // namespace guardian::base
