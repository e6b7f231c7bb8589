#include "guardian/json/order.h"

#include <cstddef>
#include <string_view>

#include "guardian/base/check.h"

namespace guardian::json {

namespace {

// The members of an object in the order of their keys.
class SortedMembers {
 public:
  explicit SortedMembers(const Value& object) noexcept : members_(object.as_object()), order_(object.key_order()) {}

  // Call as often as there are members, at most. Without an index the object is small, and the least key after the one
  // before is looked for.
  const Member& next() noexcept {
    if (!order_.empty()) return members_[order_[taken_++]];
    const Member* least = nullptr;
    for (const Member& member : members_) {
      if (last_ != nullptr && member.key <= last_->key) continue;
      if (least == nullptr || member.key < least->key) least = &member;
    }
    GUARDIAN_ASSERT(least != nullptr);
    last_ = least;
    return *least;
  }

 private:
  std::span<const Member> members_;
  std::span<const std::uint32_t> order_;
  std::size_t taken_ = 0;
  const Member* last_ = nullptr;
};

std::weak_ordering order_numbers(double a, double b) noexcept {
  if (a < b) return std::weak_ordering::less;
  return a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

std::weak_ordering order_texts(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::weak_ordering order_lists(std::span<const Value> a, std::span<const Value> b) noexcept {
  if (a.size() != b.size()) return a.size() <=> b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (const auto items = order(a[i], b[i]); std::is_neq(items)) return items;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering order_objects(const Value& a, const Value& b) noexcept {
  const std::size_t size = a.as_object().size();
  if (size != b.as_object().size()) return size <=> b.as_object().size();
  SortedMembers left(a);
  SortedMembers right(b);
  for (std::size_t i = 0; i < size; ++i) {
    const Member& x = left.next();
    const Member& y = right.next();
    if (const auto keys = order_texts(x.key, y.key); std::is_neq(keys)) return keys;
    if (const auto values = order(x.value, y.value); std::is_neq(values)) return values;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering order(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind()) return a.kind() <=> b.kind();
  switch (a.kind()) {
    case Kind::Null:
      return std::weak_ordering::equivalent;
    case Kind::Boolean:
      return a.as_boolean() <=> b.as_boolean();
    case Kind::Number:
      return order_numbers(a.as_number(), b.as_number());
    case Kind::Text:
      return order_texts(a.as_text(), b.as_text());
    case Kind::List:
      return order_lists(a.as_list(), b.as_list());
    case Kind::Object:
      return order_objects(a, b);
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::json
