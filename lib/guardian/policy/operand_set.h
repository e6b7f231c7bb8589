// The operands of `in`, `contains` and `containsAll`, sorted once, so that a long list of them costs a request its own
// size and not the product of the two. Sorted rather than hashed: whoever writes the operands or the request could make
// a hash collide. Immutable; any thread; asking allocates nothing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "guardian/json/value.h"

namespace guardian::policy {

class OperandSet {
 public:
  // Up to here walking through the operands is as quick.
  static constexpr std::size_t kMaxUnsorted = 8;

  // What the operands point to must outlive the set.
  explicit OperandSet(std::span<const json::Value> operands);

  // True when some operand equals the value.
  [[nodiscard]] bool has(const json::Value& value) const noexcept;
  // True when every operand equals some value.
  [[nodiscard]] bool is_covered_by(std::span<const json::Value> values) const noexcept;

 private:
  // The place of the operand that equals the value; the number of operands when there is none.
  [[nodiscard]] std::size_t place_of(const json::Value& value) const noexcept;

  std::vector<json::Value> sorted_;  // each once
};

}  // namespace guardian::policy
