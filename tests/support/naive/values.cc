#include "support/naive/values.h"

#include <cctype>

namespace guardian::testing {

std::string snake_case(std::string_view camel) {
  std::string snake;
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      snake += '_';
      snake += static_cast<char>(c - 'A' + 'a');
    } else {
      snake += c;
    }
  }
  return snake;
}

bool is_name(std::string_view written, std::string_view camel) {
  return written == camel || written == snake_case(camel);
}

const json::Value* field(const json::Value& object, std::string_view camel) {
  if (!object.is_object()) return nullptr;
  for (const json::Member& member : object.as_object()) {
    if (is_name(member.key, camel)) return &member.value;
  }
  return nullptr;
}

std::string_view text_field(const json::Value& object, std::string_view camel, std::string_view otherwise) {
  const json::Value* value = field(object, camel);
  return value == nullptr ? otherwise : value->as_text();
}

bool same_value(const json::Value& a, const json::Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_boolean()) return a.as_boolean() == b.as_boolean();
  if (a.is_number()) return a.as_number() == b.as_number();
  if (a.is_text()) return a.as_text() == b.as_text();
  if (a.is_list()) {
    const auto left = a.as_list();
    const auto right = b.as_list();
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!same_value(left[i], right[i])) return false;
    }
  }
  if (a.is_object()) {
    if (a.as_object().size() != b.as_object().size()) return false;
    for (const json::Member& member : a.as_object()) {
      const json::Value* other = b.find(member.key);
      if (other == nullptr || !same_value(member.value, *other)) return false;
    }
  }
  return true;
}

}  // namespace guardian::testing
