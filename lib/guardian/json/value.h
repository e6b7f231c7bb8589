// A JSON value as a small view: 24 bytes, trivially copyable, pointing into memory that somebody else owns (a
// Document's arena, a request buffer, a string literal). Everything that reads JSON, YAML or an attribute of a request
// sees this one type, so that evaluation never copies or allocates. Immutable; any number of threads may read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace guardian::json {

enum class Kind : std::uint8_t { Null, Boolean, Number, Text, List, Object };

// The kind as said in errors: `null`, `boolean`, `number`, `text`, `list`, `object`. Static storage.
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Member;

class Value {
 public:
  // null
  constexpr Value() noexcept : payload_{.list = {nullptr, 0}} {}

  [[nodiscard]] static Value boolean(bool value) noexcept;
  [[nodiscard]] static Value number(double value) noexcept;
  // `magnitude` with a sign; exact for every 64-bit magnitude even where the double is rounded.
  [[nodiscard]] static Value integer(std::uint64_t magnitude, bool negative) noexcept;
  [[nodiscard]] static Value integer(std::int64_t value) noexcept;
  // The characters are borrowed: they must outlive the value. At most 4 GiB.
  [[nodiscard]] static Value text(std::string_view value) noexcept;
  // The elements are borrowed.
  [[nodiscard]] static Value list(std::span<const Value> items) noexcept;
  // The members are borrowed; keys must be unique (the readers see to it).
  [[nodiscard]] static Value object(std::span<const Member> members) noexcept;
  // The same with an index: directly behind the members stand their positions in the order of their keys, one
  // std::uint32_t each. Document::add_object makes it where it pays.
  [[nodiscard]] static Value indexed_object(std::span<const Member> members) noexcept;

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_null() const noexcept { return kind_ == Kind::Null; }
  [[nodiscard]] bool is_boolean() const noexcept { return kind_ == Kind::Boolean; }
  [[nodiscard]] bool is_number() const noexcept { return kind_ == Kind::Number; }
  [[nodiscard]] bool is_text() const noexcept { return kind_ == Kind::Text; }
  [[nodiscard]] bool is_list() const noexcept { return kind_ == Kind::List; }
  [[nodiscard]] bool is_object() const noexcept { return kind_ == Kind::Object; }

  // Each requires that the value is of that kind (asserted).
  [[nodiscard]] bool as_boolean() const noexcept;
  [[nodiscard]] double as_number() const noexcept;
  [[nodiscard]] std::string_view as_text() const noexcept;
  [[nodiscard]] std::span<const Value> as_list() const noexcept;
  [[nodiscard]] std::span<const Member> as_object() const noexcept;

  // True for a number written without fraction and exponent (`1`, not `1.0`), and for Value::integer.
  [[nodiscard]] bool is_integer_literal() const noexcept { return is_number() && integer_literal_; }
  // The exact value of an integer literal that is not negative; nullopt for anything else.
  [[nodiscard]] std::optional<std::uint64_t> as_unsigned() const noexcept;
  // True for an integer literal outside +-2^53, which a double cannot hold exactly.
  [[nodiscard]] bool is_beyond_exact() const noexcept;

  // The member of an object, or nullptr where there is none or this is no object. Linear in a small object,
  // logarithmic in a large one of a Document.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;
  // The positions of the members in the order of their keys; empty for an object without an index.
  [[nodiscard]] std::span<const std::uint32_t> key_order() const noexcept;

  // Byte offset of the value in the text it was read from; 0 for values made in code. See json::locate.
  [[nodiscard]] std::uint32_t offset() const noexcept { return offset_; }
  [[nodiscard]] Value at_offset(std::uint32_t offset) const noexcept;

 private:
  struct Number {
    double value;
    std::uint64_t magnitude;
  };
  struct Text {
    const char* data;
    std::size_t size;
  };
  struct List {
    const Value* data;
    std::size_t size;
  };
  struct Object {
    const Member* data;
    std::size_t size;
  };
  union Payload {
    bool boolean;
    Number number;
    Text text;
    List list;
    Object object;
  };

  Kind kind_ = Kind::Null;
  bool integer_literal_ = false;
  bool indexed_ = false;
  std::uint32_t offset_ = 0;
  Payload payload_;
};

struct Member {
  std::string_view key;
  Value value;
  std::uint32_t key_offset = 0;  // byte offset of the key in the source text
};

// The same JSON value (policy.md section 4, `equals`): numbers by value, lists in order, objects whatever the order of
// their members. Proportional to the smaller of the two, for values of a Document; depth is what the reader admitted.
[[nodiscard]] bool equal(const Value& a, const Value& b) noexcept;

}  // namespace guardian::json
