#include "guardian/policy/lexer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "guardian/policy/place.h"

namespace guardian::policy {

namespace {

constexpr std::uint64_t kMaxExactInteger = std::uint64_t{1} << 53;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_start(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) noexcept { return is_name_start(c) || is_digit(c) || c == '-'; }

std::string lower(std::string_view word) {
  std::string result(word);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// The end of the JSON number at text[start], or `start` when there is none.
std::size_t json_number_end(std::string_view text, std::size_t start, bool& is_integer) noexcept {
  std::size_t at = start;
  if (at < text.size() && text[at] == '-') ++at;
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at - whole > 1)) return start;
  is_integer = true;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    at = skip_digits(text, at);
    if (at == fraction) return start;
    is_integer = false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = at;
    at = skip_digits(text, at);
    if (at == exponent) return start;
    is_integer = false;
  }
  return at;
}

}  // namespace

base::Error Lexer::refuse(std::size_t offset, std::string_view message) const {
  std::size_t column = 1;
  for (const char c : text_.substr(0, offset)) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++column;
  }
  return {base::ErrorCode::PolicyInvalid, "column " + std::to_string(column) + ": " + std::string(message)};
}

base::Result<Token> Lexer::next() {
  while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  if (at_ == text_.size()) return Token{TokenKind::End, at_, {}, {}, {}, {}, {}};
  const char first = text_[at_];
  if (is_name_start(first)) return name();
  if (is_digit(first) || first == '-') return number();
  if (first == '\'' || first == '"') return quoted_text();
  return symbol();
}

base::Result<Token> Lexer::name() {
  Token token;
  token.offset = at_;
  std::size_t end = at_;
  while (end < text_.size() && is_name_part(text_[end])) ++end;
  const std::string_view word = text_.substr(at_, end - at_);
  if (is_reserved_word(word)) {
    if (end < text_.size() && text_[end] == '.') {
      return refuse(at_, quoted(word) + " is a reserved word and cannot begin a path");
    }
    token.kind = TokenKind::Word;
    token.word = lower(word);
    at_ = end;
  } else {
    auto path = scan_path(text_, at_);
    if (!path.ok()) return refuse(at_, path.error().message());
    token.kind = TokenKind::Path;
    token.path = std::move(path).value();
  }
  token.written = text_.substr(token.offset, at_ - token.offset);
  return token;
}

base::Result<Token> Lexer::number() {
  Token token;
  token.kind = TokenKind::Number;
  token.offset = at_;
  bool is_integer = false;
  const std::size_t end = json_number_end(text_, at_, is_integer);
  const bool runs_on = end < text_.size() && (is_name_part(text_[end]) || text_[end] == '.');
  if (end == at_ || runs_on) return refuse(at_, "malformed number");
  token.written = text_.substr(at_, end - at_);
  if (is_integer) {
    const bool negative = token.written.starts_with('-');
    std::uint64_t magnitude = 0;
    const auto parsed = std::from_chars(text_.data() + at_ + (negative ? 1 : 0), text_.data() + end, magnitude);
    if (parsed.ec != std::errc() || magnitude > kMaxExactInteger) return refuse(at_, "the integer is beyond 2^53");
    token.number = json::Value::integer(magnitude, negative);
  } else {
    // strtod, unlike from_chars, takes a number too small for a double as zero.
    const double value = std::strtod(std::string(token.written).c_str(), nullptr);
    if (!std::isfinite(value)) return refuse(at_, "the number is not finite");
    token.number = json::Value::number(value);
  }
  at_ = end;
  return token;
}

base::Result<Token> Lexer::quoted_text() {
  Token token;
  token.kind = TokenKind::Text;
  token.offset = at_;
  const char quote = text_[at_++];
  for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
    if (text_[at_] != '\\') {
      token.text += text_[at_];
      continue;
    }
    constexpr std::string_view kEscapes = "\\'\"nt";
    constexpr std::string_view kMeanings = "\\'\"\n\t";
    const auto escape = at_ + 1 < text_.size() ? kEscapes.find(text_[at_ + 1]) : std::string_view::npos;
    if (escape == std::string_view::npos) return refuse(at_, "unknown escape: known are \\\\ \\' \\\" \\n \\t");
    token.text += kMeanings[escape];
    ++at_;
  }
  if (at_ == text_.size()) return refuse(token.offset, "text without its closing quote");
  ++at_;
  token.written = text_.substr(token.offset, at_ - token.offset);
  return token;
}

base::Result<Token> Lexer::symbol() {
  constexpr std::array<std::string_view, 14> kSymbols{"==", "!=", "<=", ">=", "&&", "||", "<",
                                                      ">",  "!",  "(",  ")",  "[",  "]",  ","};
  for (const auto symbol : kSymbols) {
    if (!text_.substr(at_).starts_with(symbol)) continue;
    Token token;
    token.kind = TokenKind::Symbol;
    token.offset = at_;
    token.written = text_.substr(at_, symbol.size());
    at_ += symbol.size();
    return token;
  }
  std::size_t end = at_ + 1;
  while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
  return refuse(at_, "unexpected " + quoted(text_.substr(at_, end - at_)));
}

}  // namespace guardian::policy
