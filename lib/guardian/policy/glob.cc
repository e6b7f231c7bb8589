#include "guardian/policy/glob.h"

#include <algorithm>

#include "guardian/policy/glob_chunk.h"
#include "guardian/policy/place.h"
#include "guardian/policy/program.h"

namespace guardian::policy {

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  const GlobChunk head(pattern);
  auto at = head.match_at(text, 0);
  if (!at || pattern.empty()) return at == text.size();
  while (true) {
    pattern.remove_prefix(std::min(pattern.find_first_not_of('*'), pattern.size()));
    if (pattern.empty()) return true;
    const GlobChunk chunk(pattern);
    if (pattern.empty()) return chunk.ends(text, *at);
    at = chunk.find(text, *at);
    if (!at) return false;
  }
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
    } else if (auto suffix =
                   literal_of_glob(pattern.substr(std::min(pattern.find_first_not_of('*'), pattern.size())))) {
      glob.fixed_ = *std::move(suffix);
      glob.shape_ = Shape::Suffix;
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
    case Shape::Suffix:
      return text.ends_with(fixed_);
    case Shape::General:
      return glob_matches(pattern_, text);
  }
  return false;
}

}  // namespace guardian::policy
