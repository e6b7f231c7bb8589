#include <algorithm>
#include <vector>

#include "guardian/json/writer.h"

namespace guardian::json {

namespace {

// Valid UTF-8 sorts as UTF-16 does, but for the code points past U+FFFF (first byte F0 and up): their surrogates sort
// before U+E000 to U+FFFF (first byte EE and EF).
bool less_in_utf16(std::string_view a, std::string_view b) {
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_b == b.end()) return false;
  if (in_a == a.end()) return true;
  const auto x = static_cast<unsigned char>(*in_a);
  const auto y = static_cast<unsigned char>(*in_b);
  const bool x_is_pair = x >= 0xF0;
  const bool y_is_pair = y >= 0xF0;
  if (x >= 0xEE && y >= 0xEE && x_is_pair != y_is_pair) return x_is_pair;
  return x < y;
}

void append_canonical(Writer& writer, const Value& value) {
  if (value.is_list()) {
    writer.begin_list();
    for (const Value& item : value.as_list()) append_canonical(writer, item);
    writer.end_list();
  } else if (value.is_object()) {
    std::vector<const Member*> sorted;
    sorted.reserve(value.as_object().size());
    for (const Member& member : value.as_object()) sorted.push_back(&member);
    std::ranges::sort(sorted, [](const Member* a, const Member* b) { return less_in_utf16(a->key, b->key); });
    writer.begin_object();
    for (const Member* member : sorted) append_canonical(writer.key(member->key), member->value);
    writer.end_object();
  } else if (value.is_number()) {
    writer.number(value.as_number());
  } else {
    writer.value(value);
  }
}

}  // namespace

std::string canonical(const Value& value) {
  std::string out;
  Writer writer(out);
  append_canonical(writer, value);
  return out;
}

}  // namespace guardian::json
