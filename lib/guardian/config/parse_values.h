// Internal to the room: the text of one setting as the value it means. Errors are InvalidInput, name the setting and
// where it came from, and show the text unless the setting is a secret. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/config/raw_settings.h"
#include "guardian/decision/decision.h"

namespace guardian::config {

// Reads settings by name; each returns the default where the setting was not given.
class Values {
 public:
  // `settings` must outlive it.
  explicit Values(const RawSettings& settings) : settings_(settings) {}

  [[nodiscard]] bool given(std::string_view name) const { return settings_.contains(name); }

  [[nodiscard]] base::Result<std::uint64_t> number(std::string_view name, std::uint64_t min, std::uint64_t max) const;
  [[nodiscard]] base::Result<bool> boolean(std::string_view name) const;
  // A whole number with a unit, such as `90s`, `15m`, `24h` or `7d`, of at least a second and at most ten years. Only
  // where given.
  [[nodiscard]] base::Result<std::chrono::seconds> duration(std::string_view name) const;
  // Not empty where given.
  [[nodiscard]] base::Result<std::string> text(std::string_view name) const;
  // Visible ASCII: what may stand in a header, of at most `max_bytes`.
  [[nodiscard]] base::Result<std::string> header_text(std::string_view name, std::size_t max_bytes) const;
  // An http or https address without a trailing slash.
  [[nodiscard]] base::Result<std::string> url(std::string_view name) const;
  [[nodiscard]] base::Result<decision::Mode> mode() const;
  // One of some words.
  template <typename T>
  [[nodiscard]] base::Result<T> one_of(std::string_view name,
                                       std::initializer_list<std::pair<std::string_view, T>> words) const {
    std::string wanted;
    const std::string given = raw(name);
    for (const auto& [word, value] : words) {
      if (given == word) return value;
      wanted.append(wanted.empty() ? "" : ", ").append(word);
    }
    return refuse_value(name, "one of " + wanted);
  }
  [[nodiscard]] base::Result<base::LogLevel> log_level() const;
  [[nodiscard]] base::Result<base::LogFormat> log_format(base::LogFormat fallback) const;

  // `<SETTING> (from <source>): <why>`.
  [[nodiscard]] base::Error refuse(std::string_view name, std::string_view why) const;
  [[nodiscard]] std::string where(std::string_view name) const;

 private:
  [[nodiscard]] std::string raw(std::string_view name) const;
  [[nodiscard]] base::Error refuse_value(std::string_view name, std::string_view wanted) const;

  const RawSettings& settings_;
};

}  // namespace guardian::config
