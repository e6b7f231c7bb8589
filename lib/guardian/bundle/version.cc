#include "guardian/bundle/version.h"

#include <algorithm>

#include "guardian/base/text.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  if (all_digits(text)) {
    const auto number = base::parse_unsigned(text);
    if (!number) return Error(ErrorCode::InvalidInput, "version `" + base::printable(text) + "` is beyond 2^64");
    return Version(std::to_string(*number), *number);
  }
  const auto date = base::parse_rfc3339_utc(text);
  if (!date) {
    return Error(ErrorCode::InvalidInput, "version `" + base::printable(text) +
                                              "` is neither an RFC 3339 date-time in UTC nor an unsigned integer");
  }
  return Version(std::string(text), *date);
}

Result<Version> Version::from_json(const json::Value& value) {
  if (value.is_text()) {
    auto parsed = parse(value.as_text());
    if (!parsed.ok()) return Error(ErrorCode::SchemaInvalid, parsed.error().message());
    return parsed;
  }
  const auto number = value.as_unsigned();
  if (!number) {
    return Error(ErrorCode::SchemaInvalid, "version must be an RFC 3339 date-time in UTC or an unsigned integer");
  }
  return Version(std::to_string(*number), *number);
}

std::optional<base::Instant> Version::date() const noexcept {
  const auto* const instant = std::get_if<base::Instant>(&order_);
  return instant == nullptr ? std::nullopt : std::optional<base::Instant>(*instant);
}

int Version::compare(const Version& other) const noexcept {
  GUARDIAN_ASSERT(same_kind(other));
  if (order_ == other.order_) return 0;
  return order_ < other.order_ ? -1 : 1;
}

}  // namespace guardian::bundle
