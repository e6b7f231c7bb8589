#include "guardian/policy/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

using json::Value;

constexpr std::string_view kCore = "tag:yaml.org,2002:";
constexpr std::uint64_t kMaxExactInteger = std::uint64_t{1} << 53;

base::Error refuse(std::string message) { return {base::ErrorCode::Malformed, std::move(message)}; }

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) noexcept {
  return std::ranges::find(words, text) != words.end();
}

bool is_null(std::string_view text) noexcept {
  return is_one_of(text, std::array<std::string_view, 5>{"", "~", "null", "Null", "NULL"});
}
bool is_true(std::string_view text) noexcept {
  return is_one_of(text, std::array<std::string_view, 3>{"true", "True", "TRUE"});
}
bool is_false(std::string_view text) noexcept {
  return is_one_of(text, std::array<std::string_view, 3>{"false", "False", "FALSE"});
}

std::string_view without_sign(std::string_view text) noexcept {
  return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

bool is_not_finite(std::string_view text) noexcept {
  return is_one_of(without_sign(text), std::array<std::string_view, 3>{".inf", ".Inf", ".INF"}) ||
         is_one_of(text, std::array<std::string_view, 3>{".nan", ".NaN", ".NAN"});
}

bool all_digits(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) noexcept {
  text = without_sign(text);
  if (const auto exponent = text.find_first_of("eE"); exponent != std::string_view::npos) {
    if (!all_digits(without_sign(text.substr(exponent + 1)))) return false;
    text = text.substr(0, exponent);
  }
  const auto point = text.find('.');
  if (point == std::string_view::npos) return all_digits(text);
  const auto whole = text.substr(0, point);
  const auto fraction = text.substr(point + 1);
  return whole.empty() ? all_digits(fraction) : all_digits(whole) && (fraction.empty() || all_digits(fraction));
}

// nullopt when the text is no integer of the core schema.
std::optional<base::Result<Value>> read_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string_view digits = without_sign(text);
  int base = 10;
  std::string_view allowed = "0123456789";
  if (text.starts_with("0o")) {
    base = 8;
    allowed = "01234567";
  } else if (text.starts_with("0x")) {
    base = 16;
    allowed = "0123456789abcdefABCDEF";
  }
  if (base != 10) digits = text.substr(2);
  if (digits.empty() || digits.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
  std::uint64_t magnitude = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (parsed.ec != std::errc() || magnitude > kMaxExactInteger) {
    return refuse("the integer " + quoted(text) + " is beyond 2^53");
  }
  return Value::integer(magnitude, negative);
}

base::Result<Value> read_float(std::string_view text) {
  // Terminated for strtod, which takes all forms of the schema and knows underflow from overflow. The locale is never
  // changed from "C".
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) return refuse("the number " + quoted(text) + " is out of range");
  return Value::number(value);
}

base::Result<Value> resolve_plain(std::string_view text) {
  if (is_null(text)) return Value();
  if (is_true(text)) return Value::boolean(true);
  if (is_false(text)) return Value::boolean(false);
  if (auto integer = read_integer(text)) return *std::move(integer);
  if (is_not_finite(text)) return refuse("the number " + quoted(text) + " is not finite");
  if (is_float(text)) return read_float(text);
  return Value::text(text);
}

}  // namespace

base::Result<Value> resolve_scalar(std::string_view text, std::string_view tag, bool plain) {
  if (tag.empty()) return plain ? resolve_plain(text) : Value::text(text);
  if (tag == "!" || tag == "tag:yaml.org,2002:str") return Value::text(text);
  if (tag.starts_with(kCore)) {
    const auto name = tag.substr(kCore.size());
    GUARDIAN_ASSIGN(auto value, resolve_plain(text));
    const bool fits = (name == "null" && value.is_null()) || (name == "bool" && value.is_boolean()) ||
                      (name == "int" && value.is_integer_literal()) || (name == "float" && value.is_number());
    if (fits) return name == "float" ? Value::number(value.as_number()) : value;
    if (is_one_of(name, std::array<std::string_view, 4>{"null", "bool", "int", "float"})) {
      return refuse(quoted(text) + " is not what its tag " + quoted(name) + " says");
    }
  }
  return refuse("the tag " + quoted(tag) + " is not of the core schema");
}

bool is_list_tag(std::string_view tag) noexcept { return tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:seq"; }

bool is_map_tag(std::string_view tag) noexcept { return tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:map"; }

}  // namespace guardian::policy
