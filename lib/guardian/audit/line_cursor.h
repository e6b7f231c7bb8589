// Goes over the members of one stored line, and passes over what stands in them. Only what a store writes is taken:
// no white space between tokens. Views into the line; nothing is allocated.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace guardian::audit {

// Each step returns false where the line is no JSON that it could go on with.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool take(char wanted) noexcept {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }

  // A text with its quotes.
  [[nodiscard]] bool take_text(std::string_view& raw) noexcept {
    const char* const begin = at_;
    if (!take('"')) return false;
    while (at_ != end_) {
      const auto* const quote = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      if (quote == nullptr) return false;
      at_ = quote + 1;
      std::size_t backslashes = 0;
      while (quote - backslashes > begin + 1 && *(quote - backslashes - 1) == '\\') ++backslashes;
      if (backslashes % 2 == 0) {
        raw = {begin, static_cast<std::size_t>(at_ - begin)};
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] bool take_value(std::string_view& raw) noexcept {
    if (at_ == end_) return false;
    if (*at_ == '"') return take_text(raw);
    const char* const begin = at_;
    const bool taken = *at_ == '{' || *at_ == '[' ? skip_nested() : skip_scalar();
    raw = {begin, static_cast<std::size_t>(at_ - begin)};
    return taken && !raw.empty();
  }

 private:
  [[nodiscard]] bool skip_scalar() noexcept {
    while (at_ != end_ && *at_ != ',' && *at_ != '}' && *at_ != ']') ++at_;
    return at_ != end_;
  }

  [[nodiscard]] bool skip_nested() noexcept {
    std::size_t depth = 0;
    while (at_ != end_) {
      const char c = *at_;
      if (c == '"') {
        std::string_view skipped;
        if (!take_text(skipped)) return false;
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

// The members of a line that read_event_line has taken, one after the other.
class LineMembers {
 public:
  explicit LineMembers(std::string_view line) noexcept : cursor_(line), more_(cursor_.take('{')) {}

  // False behind the last. Both as written: the name with its quotes.
  [[nodiscard]] bool next(std::string_view& name, std::string_view& raw) noexcept {
    if (!more_ || !cursor_.take_text(name) || !cursor_.take(':') || !cursor_.take_value(raw)) return false;
    more_ = cursor_.take(',');
    return true;
  }

 private:
  LineCursor cursor_;
  bool more_;
};

}  // namespace guardian::audit
