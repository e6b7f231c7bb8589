#include "guardian/json/value.h"

#include <algorithm>

#include "guardian/base/check.h"

namespace guardian::json {

namespace {

constexpr std::uint64_t kMaxExactInteger = std::uint64_t{1} << 53;

bool equal_objects(const Value& a, const Value& b) noexcept {
  const auto members = a.as_object();
  const auto others = b.as_object();
  if (members.size() != others.size()) return false;
  const auto order = a.key_order();
  const auto other_order = b.key_order();
  if (!order.empty() && !other_order.empty()) {
    return std::ranges::equal(order, other_order, [&](std::uint32_t i, std::uint32_t j) {
      return members[i].key == others[j].key && equal(members[i].value, others[j].value);
    });
  }
  return std::ranges::all_of(members, [&](const Member& member) {
    const Value* other = b.find(member.key);
    return other != nullptr && equal(member.value, *other);
  });
}

bool equal_numbers(const Value& a, const Value& b) noexcept {
  const auto exact_a = a.as_unsigned();
  const auto exact_b = b.as_unsigned();
  if (exact_a && exact_b) return *exact_a == *exact_b;
  return a.as_number() == b.as_number();
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Boolean:
      return "boolean";
    case Kind::Number:
      return "number";
    case Kind::Text:
      return "text";
    case Kind::List:
      return "list";
    case Kind::Object:
      return "object";
  }
  GUARDIAN_ASSERT(false);
}

Value Value::boolean(bool value) noexcept {
  Value result;
  result.kind_ = Kind::Boolean;
  result.payload_.boolean = value;
  return result;
}

Value Value::number(double value) noexcept {
  Value result;
  result.kind_ = Kind::Number;
  result.payload_.number = {value, 0};
  return result;
}

Value Value::integer(std::uint64_t magnitude, bool negative) noexcept {
  Value result;
  result.kind_ = Kind::Number;
  result.integer_literal_ = true;
  const auto value = static_cast<double>(magnitude);
  result.payload_.number = {negative ? -value : value, magnitude};
  return result;
}

Value Value::integer(std::int64_t value) noexcept {
  const bool negative = value < 0;
  const auto bits = static_cast<std::uint64_t>(value);
  return integer(negative ? ~bits + 1 : bits, negative);
}

Value Value::text(std::string_view value) noexcept {
  Value result;
  result.kind_ = Kind::Text;
  result.payload_.text = {value.data(), value.size()};
  return result;
}

Value Value::list(std::span<const Value> items) noexcept {
  Value result;
  result.kind_ = Kind::List;
  result.payload_.list = {items.data(), items.size()};
  return result;
}

Value Value::object(std::span<const Member> members) noexcept {
  Value result;
  result.kind_ = Kind::Object;
  result.payload_.object = {members.data(), members.size()};
  return result;
}

Value Value::indexed_object(std::span<const Member> members) noexcept {
  Value result = object(members);
  result.indexed_ = true;
  return result;
}

bool Value::as_boolean() const noexcept {
  GUARDIAN_ASSERT(kind_ == Kind::Boolean);
  return payload_.boolean;
}

double Value::as_number() const noexcept {
  GUARDIAN_ASSERT(kind_ == Kind::Number);
  return payload_.number.value;
}

std::string_view Value::as_text() const noexcept {
  GUARDIAN_ASSERT(kind_ == Kind::Text);
  return {payload_.text.data, payload_.text.size};
}

std::span<const Value> Value::as_list() const noexcept {
  GUARDIAN_ASSERT(kind_ == Kind::List);
  return {payload_.list.data, payload_.list.size};
}

std::span<const Member> Value::as_object() const noexcept {
  GUARDIAN_ASSERT(kind_ == Kind::Object);
  return {payload_.object.data, payload_.object.size};
}

std::optional<std::uint64_t> Value::as_unsigned() const noexcept {
  if (!is_integer_literal()) return std::nullopt;
  const bool negative = payload_.number.value < 0;
  if (negative) return std::nullopt;
  return payload_.number.magnitude;
}

bool Value::is_beyond_exact() const noexcept {
  return is_integer_literal() && payload_.number.magnitude > kMaxExactInteger;
}

const Value* Value::find(std::string_view key) const noexcept {
  if (kind_ != Kind::Object) return nullptr;
  const auto members = as_object();
  if (!indexed_) {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
  }
  const auto key_at = [&](std::uint32_t position) { return members[position].key; };
  const auto order = key_order();
  const auto found = std::ranges::lower_bound(order, key, {}, key_at);
  return found == order.end() || key_at(*found) != key ? nullptr : &members[*found].value;
}

std::span<const std::uint32_t> Value::key_order() const noexcept {
  if (!indexed_) return {};
  const auto members = as_object();
  return {reinterpret_cast<const std::uint32_t*>(members.data() + members.size()), members.size()};
}

Value Value::at_offset(std::uint32_t offset) const noexcept {
  Value result = *this;
  result.offset_ = offset;
  return result;
}

bool equal(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::Null:
      return true;
    case Kind::Boolean:
      return a.as_boolean() == b.as_boolean();
    case Kind::Number:
      return equal_numbers(a, b);
    case Kind::Text:
      return a.as_text() == b.as_text();
    case Kind::List:
      return std::ranges::equal(a.as_list(), b.as_list(), [](const Value& x, const Value& y) { return equal(x, y); });
    case Kind::Object:
      return equal_objects(a, b);
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::json
