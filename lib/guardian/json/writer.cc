#include "guardian/json/writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/base/text.h"

namespace guardian::json {

namespace {

// ECMAScript writes 1e+21 and above, and what is below 1e-6, with an exponent.
constexpr int kLargestPlainExponent = 20;
constexpr int kSmallestPlainExponent = -6;
constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53

template <typename Integer>
void append_integer(std::string& out, Integer value) {
  std::array<char, 24> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), result.ptr);
}

// A double as its shortest digits, `d.ddd` times ten to the exponent; without the sign.
struct Decimal {
  std::string digits;
  int exponent = 0;
};

Decimal shortest(double value) {
  std::array<char, 40> buffer{};
  char* const first = buffer.data();
  const char* const end =
      std::to_chars(first, first + buffer.size(), std::fabs(value), std::chars_format::scientific).ptr;
  const std::string_view text(first, static_cast<std::size_t>(end - first));
  const std::size_t e = text.find('e');
  Decimal decimal{std::string(text.substr(0, 1)), 0};
  if (e > 2) decimal.digits += text.substr(2, e - 2);
  std::from_chars(first + e + (text[e + 1] == '+' ? 2 : 1), end, decimal.exponent);
  return decimal;
}

void append_scientific(std::string& out, const Decimal& decimal) {
  out += decimal.digits[0];
  if (decimal.digits.size() > 1) out.append(".").append(decimal.digits, 1);
  out += decimal.exponent < 0 ? "e-" : "e+";
  append_integer(out, std::abs(decimal.exponent));
}

// ECMAScript writes large doubles as if they were integers, which the reader would take for inexact ones and refuse.
void append_readable(std::string& out, double value) {
  if (std::fabs(value) <= kLargestExactInteger) return append_number(out, value);
  if (value < 0) out += '-';
  append_scientific(out, shortest(value));
}

void append_scalar(std::string& out, const Value& value) {
  if (value.is_null()) {
    out += "null";
  } else if (value.is_boolean()) {
    out += value.as_boolean() ? "true" : "false";
  } else if (value.is_text()) {
    append_quoted(out, value.as_text());
  } else if (const auto exact = value.as_unsigned()) {
    append_integer(out, *exact);
  } else {
    append_readable(out, value.as_number());
  }
}

void append_pretty(std::string& out, const Value& value, std::size_t indent) {
  const auto new_line = [&](bool first, std::size_t spaces) {
    if (!first) out += ',';
    out += '\n';
    out.append(spaces, ' ');
  };
  if (value.is_list() && !value.as_list().empty()) {
    out += '[';
    bool first = true;
    for (const Value& item : value.as_list()) {
      new_line(std::exchange(first, false), indent + 2);
      append_pretty(out, item, indent + 2);
    }
    new_line(true, indent);
    out += ']';
  } else if (value.is_object() && !value.as_object().empty()) {
    out += '{';
    bool first = true;
    for (const Member& member : value.as_object()) {
      new_line(std::exchange(first, false), indent + 2);
      append_quoted(out, member.key);
      out += ": ";
      append_pretty(out, member.value, indent + 2);
    }
    new_line(true, indent);
    out += '}';
  } else {
    out += write(value);
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) { base::append_json_quoted(out, text); }

void append_number(std::string& out, double value) {
  GUARDIAN_ASSERT(std::isfinite(value));
  if (value == 0) {
    out += '0';
    return;
  }
  if (value < 0) out += '-';
  const Decimal decimal = shortest(value);
  const std::string& digits = decimal.digits;
  const int exponent = decimal.exponent;
  const int count = static_cast<int>(digits.size());
  if (exponent > kLargestPlainExponent || exponent < kSmallestPlainExponent) {
    append_scientific(out, decimal);
  } else if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0').append(digits);
  } else if (count <= exponent + 1) {
    out.append(digits).append(static_cast<std::size_t>(exponent + 1 - count), '0');
  } else {
    const auto whole = static_cast<std::size_t>(exponent + 1);
    out.append(digits, 0, whole).append(".").append(digits, whole);
  }
}

void Writer::separate() {
  if (needs_comma_) out_ += ',';
  needs_comma_ = true;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  needs_comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  needs_comma_ = true;
  return *this;
}

Writer& Writer::begin_list() {
  separate();
  out_ += '[';
  needs_comma_ = false;
  return *this;
}

Writer& Writer::end_list() {
  out_ += ']';
  needs_comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_ += ':';
  needs_comma_ = false;
  return *this;
}

Writer& Writer::null() { return raw("null"); }

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::integer(std::int64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  separate();
  append_integer(out_, value);
  return *this;
}

Writer& Writer::number(double value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::text(std::string_view value) {
  separate();
  append_quoted(out_, value);
  return *this;
}

Writer& Writer::value(const Value& value) {
  if (value.is_list()) {
    begin_list();
    for (const Value& item : value.as_list()) this->value(item);
    return end_list();
  }
  if (value.is_object()) {
    begin_object();
    for (const Member& member : value.as_object()) key(member.key).value(member.value);
    return end_object();
  }
  separate();
  append_scalar(out_, value);
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

std::string write(const Value& value) {
  std::string out;
  Writer(out).value(value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  append_pretty(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace guardian::json
