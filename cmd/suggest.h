// "Did you mean": the known word nearest to a mistyped one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guardian::cmd {

// The word at most two edits away (insert, delete, replace, swap of neighbours counts two), the nearest first; nullopt
// when all are further.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace guardian::cmd
