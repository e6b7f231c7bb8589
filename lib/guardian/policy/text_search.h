// Substrings in linear time: std::string_view::find restarts at every byte, which a long operand and a long text turn
// into their product. Pure; any thread; allocates nothing.
#pragma once

#include <string.h>  // NOLINT(modernize-deprecated-headers): memmem is POSIX 2024, not C++

#include <cstddef>
#include <string_view>

namespace guardian::policy {

// Where `wanted` first stands in `text` from `from` (at most text.size()) on; npos when it does not.
[[nodiscard]] inline std::size_t find_text(std::string_view text, std::string_view wanted,
                                           std::size_t from = 0) noexcept {
  if (wanted.empty()) return from;
  if (wanted.size() > text.size() - from) return std::string_view::npos;
  const void* found = ::memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace guardian::policy
