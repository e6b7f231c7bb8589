// Small text helpers that every room may need. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guardian::base {

// Well-formed UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// Decimal digits only, no sign, no white space, at most `max`; leading zeros are fine.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text,
                                                          std::uint64_t max = UINT64_MAX) noexcept;

// Appends `text` as a quoted JSON string: quote, backslash and control characters escaped, all else as it is.
void append_json_quoted(std::string& out, std::string_view text);

// ASCII letters only.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

// Without the white space (space, tab, CR, LF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// `text` safe to show in an error or a log line: at most `max_bytes` of it, cut at a code point and marked with `...`,
// control characters (C0, DEL and C1), line and paragraph separators, bidirectional controls and invalid UTF-8 shown as
// `?`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 80);

}  // namespace guardian::base
