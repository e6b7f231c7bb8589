// A tree of json::Values together with the memory it lives in. Made by the JSON reader, the YAML reader, or in code
// through the add_ functions; immutable once shared. Moving a Document keeps every Value in it valid (the arena's
// blocks do not move). One thread builds; afterwards any number may read.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>

#include "guardian/json/value.h"

namespace guardian::json {

class Document {
 public:
  Document();
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  ~Document() = default;

  [[nodiscard]] const Value& root() const noexcept { return root_; }
  void set_root(Value root) noexcept { root_ = root; }

  // Copies into the arena and returns a value that lives as long as the document.
  [[nodiscard]] std::string_view add_characters(std::string_view characters);
  [[nodiscard]] Value add_text(std::string_view characters);
  // Items and members are copied shallowly: what they point to must already live in this arena or outlive it.
  [[nodiscard]] Value add_list(std::span<const Value> items);
  // Keys are copied into the arena as they are referenced: the same lifetime rule as for values. A large object gets an
  // index, so that looking up its members is cheap (Value::key_order).
  [[nodiscard]] Value add_object(std::span<const Member> members);
  // A copy of `value` with all that it points to.
  [[nodiscard]] Value add_deep(const Value& value);

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;
  Value root_;
};

}  // namespace guardian::json
