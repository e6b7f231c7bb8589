#include "guardian/json/document.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace guardian::json {

namespace {

constexpr std::size_t kFirstBlockBytes = 1024;
constexpr std::size_t kSmallBlockBytes = 128;

// Up to here a walk over the members is as quick as a search.
constexpr std::size_t kMaxUnindexed = 16;

// An uninitialised run of trivially copyable elements in the arena.
template <typename T>
T* allocate(Arena& arena, std::size_t count) {
  return static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
}

}  // namespace

Document::Document() : Document(kFirstBlockBytes) {}

Document::Document(std::size_t first_block_bytes) : arena_(std::make_unique<Arena>(first_block_bytes)) {}

Document Document::small() { return Document(kSmallBlockBytes); }

void Document::clear() noexcept {
  root_ = Value();
  arena_->clear();
}

std::string_view Document::add_characters(std::string_view characters) {
  if (characters.empty()) return {"", 0};
  auto* const copy = allocate<char>(*arena_, characters.size());
  std::ranges::copy(characters, copy);
  return {copy, characters.size()};
}

std::string_view Document::add_characters(std::string_view characters, std::string_view lent) {
  // Of two unrelated objects only std::less compares addresses.
  const std::less_equal<> before;
  const bool is_lent = before(lent.data(), characters.data()) &&
                       before(characters.data() + characters.size(), lent.data() + lent.size());
  return is_lent ? characters : add_characters(characters);
}

Value Document::add_text(std::string_view characters) { return Value::text(add_characters(characters)); }

Value Document::add_list(std::span<const Value> items) {
  auto* const copy = allocate<Value>(*arena_, items.size());
  std::uninitialized_copy(items.begin(), items.end(), copy);
  return Value::list({copy, items.size()});
}

Value Document::add_object(std::span<const Member> members) {
  const std::size_t count = members.size();
  if (count <= kMaxUnindexed) {
    auto* const copy = allocate<Member>(*arena_, count);
    std::uninitialized_copy(members.begin(), members.end(), copy);
    return Value::object({copy, count});
  }
  static_assert(alignof(Member) >= alignof(std::uint32_t));
  const std::size_t bytes = count * (sizeof(Member) + sizeof(std::uint32_t));
  auto* const copy = static_cast<Member*>(arena_->allocate(bytes, alignof(Member)));
  std::uninitialized_copy(members.begin(), members.end(), copy);
  auto* const order = reinterpret_cast<std::uint32_t*>(copy + count);
  std::iota(order, order + count, std::uint32_t{0});
  // Sorted rather than hashed: a hash without a secret could be made to collide.
  std::sort(order, order + count, [copy](std::uint32_t a, std::uint32_t b) {
    const int keys = copy[a].key.compare(copy[b].key);
    return keys != 0 ? keys < 0 : a < b;
  });
  return Value::indexed_object({copy, count});
}

Value Document::add_deep(const Value& value, std::string_view lent) {
  if (value.is_text()) return Value::text(add_characters(value.as_text(), lent)).at_offset(value.offset());
  if (value.is_list()) {
    std::vector<Value> items;
    items.reserve(value.as_list().size());
    for (const Value& item : value.as_list()) items.push_back(add_deep(item, lent));
    return add_list(items).at_offset(value.offset());
  }
  if (value.is_object()) {
    std::vector<Member> members;
    members.reserve(value.as_object().size());
    for (const Member& member : value.as_object()) {
      members.push_back({add_characters(member.key, lent), add_deep(member.value, lent), member.key_offset});
    }
    return add_object(members).at_offset(value.offset());
  }
  return value;
}

}  // namespace guardian::json
