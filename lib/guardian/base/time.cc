#include "guardian/base/time.h"

#include <algorithm>

namespace guardian::base {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// Reads fixed-width fields off the front of a text; any failure sticks.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) noexcept {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!next_is_digit()) return fail();
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  void literal(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) {
      fail();
    } else {
      rest_.remove_prefix(1);
    }
  }

  [[nodiscard]] bool accept(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::uint32_t fraction() noexcept {
    std::uint32_t nanoseconds = 0;
    std::uint32_t place = 100'000'000;
    if (!next_is_digit()) fail();
    while (next_is_digit()) {
      nanoseconds += place * static_cast<std::uint32_t>(rest_.front() - '0');
      place /= 10;
      rest_.remove_prefix(1);
    }
    return nanoseconds;
  }

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  [[nodiscard]] bool next_is_digit() const noexcept {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  int fail() noexcept {
    failed_ = true;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool failed_ = false;
};

// Seconds that the offset adds to UTC.
std::optional<std::int64_t> parse_offset(Scanner& scanner) noexcept {
  if (scanner.accept('Z') || scanner.accept('z')) return 0;
  const bool west = scanner.accept('-');
  if (!west) scanner.literal('+');
  const int hours = scanner.digits(2);
  scanner.literal(':');
  const int minutes = scanner.digits(2);
  if (scanner.failed() || hours > 23 || minutes > 59) return std::nullopt;
  const std::int64_t seconds = std::int64_t{hours} * 3600 + std::int64_t{minutes} * 60;
  return west ? -seconds : seconds;
}

std::chrono::year_month_day date_of(TimePoint time) noexcept {
  return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time));
}

constexpr std::size_t kMaxTextBytes = 24;

// At least that many digits.
void append_digits(std::string& text, unsigned value, unsigned digits) {
  unsigned scale = 1;
  for (unsigned i = 1; i < digits || value / scale >= 10; ++i) scale *= 10;
  for (; scale != 0; scale /= 10) text += static_cast<char>('0' + value / scale % 10);
}

std::string format(TimePoint time, bool with_millis) {
  const auto date = date_of(time);
  const auto of_day = time - std::chrono::floor<std::chrono::days>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(of_day);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(of_day - seconds).count();
  std::string text;
  text.reserve(kMaxTextBytes);
  append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_digits(text, static_cast<unsigned>(seconds.count() / 3600), 2);
  text += ':';
  append_digits(text, static_cast<unsigned>(seconds.count() / 60 % 60), 2);
  text += ':';
  append_digits(text, static_cast<unsigned>(seconds.count() % 60), 2);
  if (with_millis) {
    text += '.';
    append_digits(text, static_cast<unsigned>(millis), 3);
  }
  return text += 'Z';
}

}  // namespace

std::optional<Instant> parse_rfc3339(std::string_view text) noexcept {
  Scanner scanner(text);
  const int year = scanner.digits(4);
  scanner.literal('-');
  const int month = scanner.digits(2);
  scanner.literal('-');
  const int day = scanner.digits(2);
  if (!scanner.accept('T') && !scanner.accept('t')) return std::nullopt;
  const int hour = scanner.digits(2);
  scanner.literal(':');
  const int minute = scanner.digits(2);
  scanner.literal(':');
  const int second = scanner.digits(2);
  const std::uint32_t nanoseconds = scanner.accept('.') ? scanner.fraction() : 0;
  const auto offset = parse_offset(scanner);
  if (scanner.failed() || !offset || !scanner.rest().empty()) return std::nullopt;

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t of_day = std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second;
  return Instant{days * kSecondsPerDay + of_day - *offset, nanoseconds};
}

std::optional<Instant> parse_rfc3339_utc(std::string_view text) noexcept {
  const bool utc = text.ends_with('Z') || text.ends_with('z') || text.ends_with("+00:00");
  return utc ? parse_rfc3339(text) : std::nullopt;
}

TimePoint to_time_point(Instant instant) noexcept {
  return TimePoint(std::chrono::seconds(instant.seconds)) +
         std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(instant.nanoseconds));
}

Instant to_instant(TimePoint time) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds);
  return Instant{seconds.time_since_epoch().count(), static_cast<std::uint32_t>(rest.count())};
}

std::string format_rfc3339(TimePoint time) { return format(time, false); }

std::string format_rfc3339_millis(TimePoint time) { return format(time, true); }

std::string format_go_duration(std::chrono::seconds duration) {
  const std::int64_t total = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t hours = total / 3600;
  const std::int64_t minutes = total / 60 % 60;
  std::string text;
  if (hours > 0) text += std::to_string(hours) + "h";
  if (total >= 60) text += std::to_string(minutes) + "m";
  return text + std::to_string(total % 60) + "s";
}

}  // namespace guardian::base
