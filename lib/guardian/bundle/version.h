// Bundle versions (bundle.md section 2): an RFC 3339 date-time in UTC or an unsigned integer, ordered within a kind,
// never across.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/json/value.h"

namespace guardian::bundle {

class Version {
 public:
  // From a payload member: text holding a date-time in UTC or decimal digits, or an integer literal. SchemaInvalid
  // otherwise.
  [[nodiscard]] static base::Result<Version> from_json(const json::Value& value);
  // From a flag or a file. InvalidInput otherwise.
  [[nodiscard]] static base::Result<Version> parse(std::string_view text);

  // As the gateway wrote it; a numeric version as decimal text.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool is_date() const noexcept { return std::holds_alternative<base::Instant>(order_); }
  [[nodiscard]] std::optional<base::Instant> date() const noexcept;
  [[nodiscard]] bool same_kind(const Version& other) const noexcept { return order_.index() == other.order_.index(); }
  // Negative, zero or positive as this one is older than, equal to or newer than `other`. Both must be of one kind
  // (asserted).
  [[nodiscard]] int compare(const Version& other) const noexcept;

 private:
  Version(std::string text, std::variant<base::Instant, std::uint64_t> order) : text_(std::move(text)), order_(order) {}
  std::string text_;
  std::variant<base::Instant, std::uint64_t> order_;
};

}  // namespace guardian::bundle
