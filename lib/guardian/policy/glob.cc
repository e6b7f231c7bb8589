#include "guardian/policy/glob.h"

#include "guardian/policy/place.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

namespace {

// Bytes of the code point at text[at]; the text is valid UTF-8.
std::size_t code_point_size(std::string_view text, std::size_t at) noexcept {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0U) == 0x80U) ++size;
  return size;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  // Where to go on when what follows the last star does not fit: only the last star ever has to give way.
  std::size_t after_star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '?') {
      t += code_point_size(text, t);
      ++p;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const std::size_t literal = escaped ? p + 1 : p;
    if (literal < pattern.size() && pattern[literal] == text[t]) {
      p = literal + 1;
      ++t;
      continue;
    }
    if (after_star == std::string_view::npos) return false;
    star_text += code_point_size(text, star_text);
    t = star_text;
    p = after_star;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_well_formed_glob(std::string_view pattern) noexcept {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && ++i == pattern.size()) return false;
  }
  return true;
}

namespace {

// The literal before the first wildcard; `rest` becomes what is left of the pattern from there on.
std::string take_head(std::string_view pattern, std::string_view& rest) {
  std::string head;
  std::size_t i = 0;
  for (; i < pattern.size() && pattern[i] != '*' && pattern[i] != '?'; ++i) {
    if (pattern[i] == '\\') ++i;
    head += pattern[i];
  }
  rest = pattern.substr(i);
  return head;
}

}  // namespace

std::string literal_head_of_glob(std::string_view pattern) {
  std::string_view rest;
  return take_head(pattern, rest);
}

std::optional<std::string> literal_of_glob(std::string_view pattern) {
  std::string_view rest;
  std::string head = take_head(pattern, rest);
  return rest.empty() ? std::optional(std::move(head)) : std::nullopt;
}

base::Result<Glob> Glob::compile(std::string_view pattern) {
  if (pattern.size() > kMaxPatternBytes) {
    return base::Error(base::ErrorCode::PolicyInvalid, "the pattern is longer than 1024 bytes");
  }
  if (!is_well_formed_glob(pattern)) {
    return base::Error(base::ErrorCode::PolicyInvalid,
                       "the pattern " + quoted(pattern) + " ends with a backslash that escapes nothing");
  }
  Glob glob;
  glob.pattern_ = pattern;
  if (auto literal = literal_of_glob(pattern)) {
    glob.fixed_ = *std::move(literal);
    glob.shape_ = Shape::Literal;
  } else {
    // Most action patterns are `read:*`; stars after a literal need no search. A head that is not well formed ended in
    // the backslash of an escaped star.
    const std::string_view head = pattern.substr(0, pattern.find_last_not_of('*') + 1);
    auto prefix = is_well_formed_glob(head) ? literal_of_glob(head) : std::nullopt;
    if (prefix) {
      glob.fixed_ = *std::move(prefix);
      glob.shape_ = Shape::Prefix;
    }
  }
  return glob;
}

bool Glob::matches(std::string_view text) const noexcept {
  switch (shape_) {
    case Shape::Literal:
      return text == fixed_;
    case Shape::Prefix:
      return text.starts_with(fixed_);
    case Shape::General:
      return glob_matches(pattern_, text);
  }
  return false;
}

}  // namespace guardian::policy
