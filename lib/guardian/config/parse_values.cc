#include "guardian/config/parse_values.h"

#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/net/client.h"

namespace guardian::config {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

const SettingInfo& info_of(std::string_view name) {
  const SettingInfo* const info = find_setting(name);
  GUARDIAN_ASSERT(info != nullptr);
  return *info;
}

}  // namespace

std::string Values::raw(std::string_view name) const {
  const auto found = settings_.find(name);
  return found == settings_.end() ? std::string(info_of(name).default_value) : found->second.text;
}

std::string Values::where(std::string_view name) const {
  const auto found = settings_.find(name);
  return std::string(name) + (found == settings_.end() ? "" : " (from " + found->second.source + ")");
}

Error Values::refuse(std::string_view name, std::string_view why) const {
  return {ErrorCode::InvalidInput, where(name) + ": " + std::string(why)};
}

Error Values::refuse_value(std::string_view name, std::string_view wanted) const {
  const std::string shown = info_of(name).secret ? "the value" : "`" + base::printable(raw(name)) + "`";
  return refuse(name, shown + " is not " + std::string(wanted));
}

Result<std::uint64_t> Values::number(std::string_view name, std::uint64_t min, std::uint64_t max) const {
  const auto value = base::parse_unsigned(raw(name), max);
  if (value && *value >= min) return *value;
  return refuse_value(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
}

Result<bool> Values::boolean(std::string_view name) const {
  const std::string value = raw(name);
  if (value == "true") return true;
  if (value == "false") return false;
  return refuse_value(name, "true or false");
}

Result<std::chrono::seconds> Values::duration(std::string_view name) const {
  constexpr std::uint64_t kMaxSeconds = std::uint64_t{3650} * 24 * 60 * 60;
  const std::string value = raw(name);
  const auto unit_seconds = [&]() -> std::uint64_t {
    switch (value.empty() ? '\0' : value.back()) {
      case 's':
        return 1;
      case 'm':
        return 60;
      case 'h':
        return 60 * 60;
      case 'd':
        return 24 * 60 * 60;
      default:
        return 0;
    }
  }();
  if (unit_seconds != 0) {
    const auto count = base::parse_unsigned(std::string_view(value).substr(0, value.size() - 1), kMaxSeconds);
    if (count && *count >= 1 && *count <= kMaxSeconds / unit_seconds) {
      return std::chrono::seconds(static_cast<std::int64_t>(*count * unit_seconds));
    }
  }
  return refuse_value(name, "a duration such as 90s, 15m, 24h or 7d");
}

Result<std::string> Values::text(std::string_view name) const {
  std::string value = raw(name);
  if (given(name) && value.empty()) return refuse(name, "must not be empty");
  if (value.find('\0') != std::string::npos) return refuse(name, "holds a NUL character");
  return value;
}

Result<std::string> Values::header_text(std::string_view name, std::size_t max_bytes) const {
  GUARDIAN_ASSIGN(std::string value, text(name));
  const bool visible = std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7F; });
  if (visible && value.size() <= max_bytes) return value;
  return refuse_value(name, "visible ASCII of at most " + std::to_string(max_bytes) + " bytes");
}

Result<std::string> Values::url(std::string_view name) const {
  if (!given(name)) return std::string();
  GUARDIAN_ASSIGN(std::string value, text(name));
  auto parsed = net::Url::parse(value);
  if (!parsed) return std::move(parsed).error().within(where(name));
  while (value.ends_with('/')) value.pop_back();
  return value;
}

Result<decision::Mode> Values::mode() const {
  const auto mode = decision::parse_mode(raw("MODE"));
  if (mode) return *mode;
  return refuse_value("MODE", "enforce or audit");
}

Result<base::LogLevel> Values::log_level() const {
  using base::LogLevel;
  for (const LogLevel level : {LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error}) {
    if (raw("LOG_LEVEL") == base::to_string(level)) return level;
  }
  return refuse_value("LOG_LEVEL", "debug, info, warn or error");
}

Result<base::LogFormat> Values::log_format(base::LogFormat fallback) const {
  const std::string value = raw("LOG_FORMAT");
  if (value == "text") return base::LogFormat::Text;
  if (value == "json") return base::LogFormat::Json;
  if (!given("LOG_FORMAT")) return fallback;
  return refuse_value("LOG_FORMAT", "text or json");
}

}  // namespace guardian::config
