// The glob language of policy.md section 3 over plain text, shared by whole-text globs and by the segments of path
// globs. Pure; any thread; no allocation while matching.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guardian::policy {

inline constexpr std::size_t kMaxPatternBytes = 1024;

// True when `pattern` matches the whole of `text`. The pattern must be well formed (no trailing backslash) and of at
// most kMaxPatternBytes, and both must be valid UTF-8. Near-linear in the text, whatever the pattern (see
// glob_chunk.h).
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// False for a pattern whose last backslash escapes nothing.
[[nodiscard]] bool is_well_formed_glob(std::string_view pattern) noexcept;

// What every text that a well-formed pattern matches begins with: all before the first wildcard, escapes taken.
[[nodiscard]] std::string literal_head_of_glob(std::string_view pattern);

// The one text that a well-formed pattern without wildcards matches (escapes taken), nullopt for one with wildcards.
[[nodiscard]] std::optional<std::string> literal_of_glob(std::string_view pattern);

}  // namespace guardian::policy
