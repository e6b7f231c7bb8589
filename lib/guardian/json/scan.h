// Looks over JSON text without understanding it, to find where something ends. Says nothing of whether it is
// well-formed: what is skipped here is parsed elsewhere, or holds only bytes that mean themselves. For the reader.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "guardian/json/reader.h"

namespace guardian::json {

// `text[at]` is the bracket that opens a list. Adds what stands between its commas to `items`, and returns where the
// bracket that closes it stands; nullopt, with `items` empty, where there is none.
[[nodiscard]] std::optional<std::size_t> scan_list(std::string_view text, std::size_t at,
                                                   std::vector<LeftList::Item>& items);

// `text[at]` is the quote that opens a text. Where its closing quote stands, if all between is printable ASCII without
// backslashes; else 0.
[[nodiscard]] std::size_t end_of_plain_text(std::string_view text, std::size_t at) noexcept;

}  // namespace guardian::json
