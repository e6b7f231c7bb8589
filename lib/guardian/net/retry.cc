#include "guardian/net/retry.h"

#include <time.h>  // NOLINT(modernize-deprecated-headers): strptime is POSIX, not C++

#include <algorithm>
#include <string>
#include <string_view>

#include "guardian/base/text.h"

namespace guardian::net {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::int64_t kMaxRetryAfterSeconds = 600;
constexpr std::chrono::milliseconds kShortestWait{10};
constexpr unsigned kMaxDoublings = 20;

// The one form of an HTTP date that may still be sent (RFC 9110 section 5.6.7), in seconds since 1970.
std::optional<std::int64_t> parse_http_date(std::string_view text) {
  tm parts{};
  const std::string copy(text);
  const char* const end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return static_cast<std::int64_t>(::timegm(&parts));
}

}  // namespace

bool is_transient(int status) noexcept {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

Error error_of_status(int status) {
  if (status == 401 || status == 403) {
    return Error(ErrorCode::Unauthorized,
                 "the gateway refused the token (" + std::to_string(status) + "): check ADMIN_TOKEN");
  }
  return Error(ErrorCode::Network, "the gateway answered " + std::to_string(status));
}

std::optional<std::chrono::seconds> retry_after_of(const Answer& answer) {
  const auto header = answer.headers.find("Retry-After");
  if (!header) return std::nullopt;
  const std::string_view text = base::trim(*header);
  if (const auto seconds = base::parse_unsigned(text)) {
    return std::chrono::seconds(std::min(*seconds, std::uint64_t{kMaxRetryAfterSeconds}));
  }
  const auto until = parse_http_date(text);
  const auto now = parse_http_date(base::trim(answer.headers.find("Date").value_or("")));
  if (!until || !now) return std::nullopt;
  return std::chrono::seconds(std::clamp<std::int64_t>(*until - *now, 0, kMaxRetryAfterSeconds));
}

std::chrono::milliseconds retry_wait(std::optional<std::chrono::seconds> asked_for, unsigned failures,
                                     std::chrono::milliseconds longest, double fraction) noexcept {
  // `Retry-After: 0` must not become a busy loop.
  if (asked_for) return std::max<std::chrono::milliseconds>(*asked_for, kFirstBackoff);
  const auto doublings = std::min(failures > 0 ? failures - 1 : 0, kMaxDoublings);
  const std::chrono::milliseconds ceiling = std::min(longest, kFirstBackoff * (std::int64_t{1} << doublings));
  const auto jittered = static_cast<std::int64_t>(static_cast<double>(ceiling.count()) * fraction);
  return std::max(std::chrono::milliseconds(jittered), kShortestWait);
}

}  // namespace guardian::net
