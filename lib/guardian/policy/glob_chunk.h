// What stands between two stars of a glob: literal bytes and `?`. Only what follows the last star seen ever has to give
// way, so that a glob is its chunks found one after the other. On the stack of one match; allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "guardian/policy/glob.h"

namespace guardian::policy {

class GlobChunk {
 public:
  // Takes the chunk off the front of a well-formed pattern, up to the next star or the end.
  explicit GlobChunk(std::string_view& pattern) noexcept;
  GlobChunk(const GlobChunk&) = delete;
  GlobChunk& operator=(const GlobChunk&) = delete;

  // Texts are valid UTF-8 and places in them starts of code points, at most the size of the text. Each gives the place
  // behind the match.
  [[nodiscard]] std::optional<std::size_t> match_at(std::string_view text, std::size_t at) const noexcept;
  // The first match that begins at `from` or later. Near-linear in the text: at most 1/64 of the chunk for each byte.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view text, std::size_t from) const noexcept;
  // True when a match that begins at `from` or later ends with the text.
  [[nodiscard]] bool ends(std::string_view text, std::size_t from) const noexcept;

 private:
  void unescape(std::string_view written) noexcept;

  std::string_view bytes_;  // escapes taken, kAny for `?`
  bool has_any_ = false;
  std::array<char, kMaxPatternBytes> buffer_;  // what bytes_ points to where it differs from what was written
};

}  // namespace guardian::policy
