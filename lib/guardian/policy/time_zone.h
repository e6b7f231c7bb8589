// Civil time for `time.*` (policy.md section 4). UTC needs no tz database; every other zone is read from it once, when
// a policy is compiled. The one pair of files that sees the tz library. Values; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/base/time.h"

namespace date {
class time_zone;
}

namespace guardian::policy {

struct LocalTime {
  std::int64_t year = 1970;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  std::uint8_t weekday = 4;         // 1 = Monday ... 7 = Sunday
  std::int64_t epoch_seconds = 0;   // since 1970-01-01T00:00:00Z
  std::int32_t offset_seconds = 0;  // east of UTC
};

class TimeZone {
 public:
  // UTC.
  TimeZone() = default;
  // PolicyInvalid (without a place) for a name that the tz database does not have.
  [[nodiscard]] static base::Result<TimeZone> find(std::string_view name);
  [[nodiscard]] LocalTime local_time(base::TimePoint time) const noexcept;

 private:
  const date::time_zone* zone_ = nullptr;  // lives as long as the process; nullptr is UTC
};

}  // namespace guardian::policy
