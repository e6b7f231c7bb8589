// How this room hands text to a library that wants bytes. Not for other rooms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guardian::crypto {

// Borrowed: valid as long as `text`.
[[nodiscard]] inline const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Any contiguous run of bytes as characters; borrowed.
template <typename Bytes>
[[nodiscard]] std::string_view text_of(const Bytes& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kWhiteSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace guardian::crypto
