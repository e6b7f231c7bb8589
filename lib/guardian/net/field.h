// Characters that HTTP gives a meaning to (RFC 9110 section 5.6), shared by what reads and what writes messages. Pure;
// any thread.
#pragma once

#include <string_view>

namespace guardian::net {

// A method or a field name: one or more token characters.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
// A field value without anything that could end the line or be taken for its end: no control character but the tab.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

}  // namespace guardian::net
