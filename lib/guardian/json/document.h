// A tree of json::Values together with the memory it lives in. Made by the JSON reader, the YAML reader, or in code
// through the add_ functions; immutable once shared. Moving a Document keeps every Value in it valid (the arena's
// blocks do not move). One thread builds; afterwards any number may read.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "guardian/json/arena.h"
#include "guardian/json/value.h"

namespace guardian::json {

class Document {
 public:
  Document();
  // One of which there are many: takes little memory while it holds little.
  [[nodiscard]] static Document small();
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;
  ~Document() = default;

  [[nodiscard]] const Value& root() const noexcept { return root_; }
  void set_root(Value root) noexcept { root_ = root; }
  // Forgets all values, and keeps some of the memory for the next.
  void clear() noexcept;

  // Copies into the arena and returns a value that lives as long as the document.
  [[nodiscard]] std::string_view add_characters(std::string_view characters);
  [[nodiscard]] Value add_text(std::string_view characters);
  // Items and members are copied shallowly: what they point to must already live in this arena or outlive it.
  [[nodiscard]] Value add_list(std::span<const Value> items);
  // Keys are copied into the arena as they are referenced: the same lifetime rule as for values. A large object gets an
  // index, so that looking up its members is cheap (Value::key_order).
  [[nodiscard]] Value add_object(std::span<const Member> members);
  // A copy of `value` with all that it points to, apart from texts and keys that lie in `lent`: those are shared, and
  // must live as long as the document.
  [[nodiscard]] Value add_deep(const Value& value, std::string_view lent = {});
  // The same for characters.
  [[nodiscard]] std::string_view add_characters(std::string_view characters, std::string_view lent);

 private:
  explicit Document(std::size_t first_block_bytes);
  std::unique_ptr<Arena> arena_;
  Value root_;
};

}  // namespace guardian::json
