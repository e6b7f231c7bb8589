#include "guardian/policy/time_zone.h"

// As Debian builds the library: zones come from /usr/share/zoneinfo.
#define USE_OS_TZDB 1
#define ONLY_C_LOCALE 1
#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>

#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

// Files of the database directory that are no IANA zones: other clocks (leap seconds) or another machine's choice.
bool is_zone_name(std::string_view name) noexcept {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
  if (name.empty() || name.find_first_not_of(kLetters) != std::string_view::npos) return false;
  return !name.starts_with("right/") && !name.starts_with("posix/") && name != "localtime" && name != "posixrules";
}

}  // namespace

base::Result<TimeZone> TimeZone::find(std::string_view name) {
  TimeZone result;
  if (name == "UTC" || name == "Etc/UTC") return result;
  if (is_zone_name(name)) {
    try {
      result.zone_ = date::locate_zone(name);
      // Reads the zone's file now, so that no evaluation has to.
      static_cast<void>(result.zone_->get_info(date::sys_seconds{}));
      return result;
    } catch (const std::exception&) {
    }
  }
  return base::Error(base::ErrorCode::PolicyInvalid, "unknown time zone " + quoted(name));
}

LocalTime TimeZone::local_time(base::TimePoint time) const noexcept {
  using std::chrono::floor;
  const auto utc = floor<std::chrono::seconds>(time);
  const auto offset = zone_ == nullptr ? std::chrono::seconds{0} : zone_->get_info(utc).offset;
  const auto shifted = utc + offset;
  const auto days = floor<std::chrono::days>(shifted);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(shifted - days);
  LocalTime local;
  local.year = static_cast<int>(date.year());
  local.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
  local.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
  local.hour = static_cast<std::uint8_t>(clock.hours().count());
  local.minute = static_cast<std::uint8_t>(clock.minutes().count());
  local.second = static_cast<std::uint8_t>(clock.seconds().count());
  local.weekday = static_cast<std::uint8_t>(std::chrono::weekday(days).iso_encoding());
  local.epoch_seconds = utc.time_since_epoch().count();
  local.offset_seconds = static_cast<std::int32_t>(offset.count());
  return local;
}

}  // namespace guardian::policy
