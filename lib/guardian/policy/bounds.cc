#include "guardian/policy/bounds.h"

#include <cmath>
#include <string>

#include "guardian/base/text.h"
#include "guardian/policy/fields.h"
#include "guardian/policy/globs.h"

namespace guardian::policy {

namespace {

struct IntervalName {
  FieldName field;
  std::string_view unit;  // in `100/minute`
  std::uint32_t RateLimits::*limit;
};

constexpr std::array kIntervals{
    IntervalName{{"requestsPerSecond", "maxPerSecond"}, "second", &RateLimits::per_second},
    IntervalName{{"requestsPerMinute", "maxPerMinute"}, "minute", &RateLimits::per_minute},
    IntervalName{{"requestsPerHour", "maxPerHour"}, "hour", &RateLimits::per_hour},
    IntervalName{{"requestsPerDay", "maxPerDay"}, "day", &RateLimits::per_day},
};
constexpr std::array kIntervalFields{kIntervals[0].field, kIntervals[1].field, kIntervals[2].field,
                                     kIntervals[3].field};
constexpr std::array kDelegationFields{FieldName{"maxDepth"}, FieldName{"permissionCeiling"}};

constexpr std::string_view kRateWanted = "must be a whole number from 1 to 1000000";

// The whole number that a value is, or nullopt; 1.0 is 1 (numbers compare by value).
std::optional<std::uint32_t> whole_number(const json::Value& value) noexcept {
  constexpr double kMost = 1U << 30;
  if (!value.is_number()) return std::nullopt;
  const double number = value.as_number();
  if (number < 0 || number > kMost || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

bool is_rate(std::optional<std::uint64_t> number) noexcept {
  return number && *number >= 1 && *number <= kMaxRatePerInterval;
}

base::Result<RateLimits> read_rate_text(const Scope& scope, const json::Value& written) {
  const std::string_view text = written.as_text();
  const std::size_t slash = text.find('/');
  const auto refuse = [&] {
    return scope.refuse(written, quoted(text) +
                                     " is no rate (a whole number from 1 to 1000000, `/`, and `second`, "
                                     "`minute`, `hour` or `day`)");
  };
  if (slash == std::string_view::npos) return refuse();
  const auto number = base::parse_unsigned(text.substr(0, slash));
  if (!is_rate(number)) return refuse();
  for (const IntervalName& interval : kIntervals) {
    if (text.substr(slash + 1) != interval.unit) continue;
    RateLimits limits;
    limits.*interval.limit = static_cast<std::uint32_t>(*number);
    return limits;
  }
  return refuse();
}

}  // namespace

base::Result<RateLimits> read_rate_limits(const Scope& scope, const json::Value& written) {
  if (written.is_text()) return read_rate_text(scope, written);
  if (!written.is_object()) return scope.refuse(written, "must be a map of limits, or text such as `100/minute`");
  GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, written, kIntervalFields));
  RateLimits limits;
  for (const IntervalName& interval : kIntervals) {
    const json::Value* value = fields.get(interval.field.name);
    if (value == nullptr) continue;
    const auto number = whole_number(*value);
    if (!is_rate(number)) return scope.member(interval.field.name).refuse(*value, kRateWanted);
    limits.*interval.limit = *number;
  }
  return limits;
}

base::Result<Delegation> read_delegation(const Scope& scope, const json::Value& written) {
  GUARDIAN_ASSIGN(const auto fields, Fields::read(scope, written, kDelegationFields));
  Delegation delegation;
  if (const auto* depth = fields.get("maxDepth")) {
    delegation.max_depth = whole_number(*depth);
    if (!delegation.max_depth) {
      return scope.member("maxDepth").refuse(*depth, "must be a whole number, 0 or more");
    }
  }
  if (const auto* ceiling = fields.get("permissionCeiling")) {
    GUARDIAN_ASSIGN(delegation.permission_ceiling, compile_globs(scope.member("permissionCeiling"), *ceiling));
  }
  return delegation;
}

}  // namespace guardian::policy
