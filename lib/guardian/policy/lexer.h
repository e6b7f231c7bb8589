// The tokens of text conditions. Views point into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "guardian/base/result.h"
#include "guardian/json/value.h"
#include "guardian/policy/attribute.h"

namespace guardian::policy {

enum class TokenKind : std::uint8_t { End, Path, Word, Text, Number, Symbol };

struct Token {
  TokenKind kind = TokenKind::End;
  std::size_t offset = 0;    // of its first byte
  std::string_view written;  // as in the text
  std::string word;          // Word: in lower case
  PathSegments path;         // Path
  std::string text;          // Text: escapes taken
  json::Value number;        // Number
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) noexcept : text_(text) {}
  // The next token; End once the text is used up. PolicyInvalid `column C: ...`.
  [[nodiscard]] base::Result<Token> next();
  [[nodiscard]] base::Error refuse(std::size_t offset, std::string_view message) const;

 private:
  [[nodiscard]] base::Result<Token> name();
  [[nodiscard]] base::Result<Token> number();
  [[nodiscard]] base::Result<Token> quoted_text();
  [[nodiscard]] base::Result<Token> symbol();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace guardian::policy
