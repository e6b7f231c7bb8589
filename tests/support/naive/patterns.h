// The patterns of policy.md section 3 and the blocks of `cidr`, by definition. They assume well-formed patterns. Pure;
// any thread.
#pragma once

#include <optional>
#include <string_view>

namespace guardian::testing {

[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);
// nullopt: a relative value that climbs above its start, which cannot be decided.
[[nodiscard]] std::optional<bool> path_glob_matches(std::string_view pattern, std::string_view value);
[[nodiscard]] bool regex_matches(std::string_view pattern, std::string_view text);
// nullopt: the text is no IP address.
[[nodiscard]] std::optional<bool> is_in_block(std::string_view block, std::string_view address);

}  // namespace guardian::testing
