#include "guardian/policy/operand_set.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "guardian/json/order.h"

namespace guardian::policy {

namespace {

bool is_less(const json::Value& a, const json::Value& b) noexcept { return std::is_lt(json::order(a, b)); }

}  // namespace

OperandSet::OperandSet(std::span<const json::Value> operands) : sorted_(operands.begin(), operands.end()) {
  std::ranges::sort(sorted_, is_less);
  sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), json::equal), sorted_.end());
  sorted_.shrink_to_fit();
}

std::size_t OperandSet::place_of(const json::Value& value) const noexcept {
  const auto found = std::ranges::lower_bound(sorted_, value, is_less);
  const bool is_there = found != sorted_.end() && json::equal(*found, value);
  return is_there ? static_cast<std::size_t>(found - sorted_.begin()) : sorted_.size();
}

bool OperandSet::has(const json::Value& value) const noexcept { return place_of(value) != sorted_.size(); }

bool OperandSet::is_covered_by(std::span<const json::Value> values) const noexcept {
  // Which operands have been seen is noted on the stack; more than fit there take another walk over the values.
  constexpr std::size_t kWalk = std::size_t{1} << 16;
  constexpr std::size_t kWordBits = 64;
  std::array<std::uint64_t, kWalk / kWordBits> seen;
  for (std::size_t first = 0; first < sorted_.size(); first += kWalk) {
    const std::size_t wanted = std::min(kWalk, sorted_.size() - first);
    std::fill_n(seen.begin(), (wanted + kWordBits - 1) / kWordBits, 0);
    std::size_t missing = wanted;
    for (const json::Value& value : values) {
      const std::size_t place = place_of(value) - first;  // wraps around before `first`
      if (place >= wanted) continue;
      std::uint64_t& word = seen[place / kWordBits];
      const std::uint64_t bit = std::uint64_t{1} << place % kWordBits;
      if ((word & bit) != 0) continue;
      word |= bit;
      if (--missing == 0) break;
    }
    if (missing > 0) return false;
  }
  return true;
}

}  // namespace guardian::policy
