// What two globs of policy.md section 3 have to do with each other, decided on the patterns: does any text match both,
// does one match all that the other does. Exact, for any alphabet as large as Unicode's. Patterns must be well formed
// (policy::is_well_formed_glob) valid UTF-8. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guardian::analysis {

// A pattern as code points: escapes taken, and in every run of wildcards the `?` first and one `*` at most after them,
// so that two patterns that differ only in such a run read the same.
using GlobCodes = std::vector<char32_t>;
inline constexpr char32_t kAnyOne = 0x110000;  // `?`
inline constexpr char32_t kAnyRun = 0x110001;  // `*`

[[nodiscard]] GlobCodes read_glob(std::string_view pattern);
// A pattern that matches `text` and nothing else.
[[nodiscard]] std::string escape_glob(std::string_view text);

// True when some text matches both. At most proportional to the product of the sizes; patterns whose beginnings differ
// cost their common beginning.
[[nodiscard]] bool overlap(const GlobCodes& a, const GlobCodes& b);
[[nodiscard]] bool globs_overlap(std::string_view a, std::string_view b);

// A short text that matches both, to show to people; nullopt where there is none.
[[nodiscard]] std::optional<std::string> common_text(std::string_view a, std::string_view b);

// True when every text that `inner` matches is matched by `outer`. Cost as `overlap`, but for runs of `?` before a `*`,
// which cost their length once more for each star of `inner`.
[[nodiscard]] bool contains(const GlobCodes& outer, const GlobCodes& inner);
[[nodiscard]] bool glob_contains(std::string_view outer, std::string_view inner);

// What comparing the two costs at most, in steps of about a nanosecond: for callers that compare many.
[[nodiscard]] std::size_t comparison_cost(const GlobCodes& a, const GlobCodes& b) noexcept;

}  // namespace guardian::analysis
