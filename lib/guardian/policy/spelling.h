// The two spellings of every name of the language, camelCase and snake_case (policy.md, introduction), and the nearest
// name to a misspelt one. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace guardian::policy {

// True when `written` is `camel` or its snake_case: `applies_to` for `appliesTo`.
[[nodiscard]] bool is_spelling(std::string_view written, std::string_view camel) noexcept;

// `; did you mean `x`?` for the nearest of `names` when one is near, else the empty text.
[[nodiscard]] std::string did_you_mean(std::string_view written, std::span<const std::string_view> names);

}  // namespace guardian::policy
