#include "guardian/json/reader.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/json/builder.h"

namespace guardian::json {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kWhiteSpace = " \t\r\n";

// Numbers come as text so that integers stay exact; the rest of the text after the root is looked at by parse().
constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                            rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseStopWhenDoneFlag;

// RapidJSON lets an escaped low surrogate stand alone; it then comes out as these two bytes, which no valid UTF-8 has.
bool has_surrogate(std::string_view characters) {
  for (std::size_t at = characters.find('\xED'); at != std::string_view::npos; at = characters.find('\xED', at + 1)) {
    if (at + 1 < characters.size() && static_cast<unsigned char>(characters[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// Turns RapidJSON's events into the builder's, which also want to know where a token began.
class Handler {
 public:
  Handler(std::string_view text, const rapidjson::MemoryStream& stream, Builder& builder)
      : text_(text), stream_(stream), builder_(builder) {}

  // The names and signatures are RapidJSON's.
  bool Null() { return builder_.literal(Value(), take_token()); }
  bool Bool(bool value) { return builder_.literal(Value::boolean(value), take_token()); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    const std::size_t start = take_token();
    return builder_.number(text_.substr(start, next_ - start), start);
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    const std::size_t start = take_token();
    return check_text({data, size}, start) && builder_.text({data, size}, start);
  }
  bool Key(const char* data, rapidjson::SizeType size, bool) {
    const std::size_t start = take_token();
    return check_text({data, size}, start) && builder_.key({data, size}, start);
  }
  bool StartObject() { return builder_.begin(Kind::Object, take_bracket()); }
  bool StartArray() { return builder_.begin(Kind::List, take_bracket()); }
  bool EndObject(rapidjson::SizeType) {
    take_bracket();
    return builder_.end();
  }
  bool EndArray(rapidjson::SizeType) { return EndObject(0); }

  // Not called with numbers as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

 private:
  // The stream stands behind the token; between two tokens are only white space, commas and colons.
  std::size_t take_token() {
    const std::size_t start = text_.find_first_not_of(" \t\r\n,:", next_);
    next_ = stream_.Tell();
    return start;
  }
  // The stream stands on the bracket.
  std::size_t take_bracket() {
    next_ = stream_.Tell() + 1;
    return next_ - 1;
  }
  bool check_text(std::string_view characters, std::size_t start) {
    const bool has_escapes = next_ - start != characters.size() + 2;
    if (!has_escapes || !has_surrogate(characters)) return true;
    return builder_.fail(base::ErrorCode::Malformed, start, "a lone surrogate");
  }

  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  Builder& builder_;
  std::size_t next_ = 0;
};

std::string_view explain(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorNone:
    case rapidjson::kParseErrorTermination:
      break;
    case rapidjson::kParseErrorDocumentEmpty:
      return "no JSON value";
    case rapidjson::kParseErrorDocumentRootNotSingular:
      return "more than one JSON value";
    case rapidjson::kParseErrorValueInvalid:
      return "not a JSON value";
    case rapidjson::kParseErrorObjectMissName:
      return "a member name in double quotes is missing";
    case rapidjson::kParseErrorObjectMissColon:
      return "a colon after the member name is missing";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
      return "a comma or `}` after the member is missing";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
      return "a comma or `]` after the list item is missing";
    case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
      return "four hexadecimal digits after `\\u` are missing";
    case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
      return "a lone surrogate";
    case rapidjson::kParseErrorStringEscapeInvalid:
      return "a control character or an unknown escape in a text";
    case rapidjson::kParseErrorStringMissQuotationMark:
      return "the closing quote is missing";
    case rapidjson::kParseErrorStringInvalidEncoding:
      return "invalid UTF-8 in a text";
    case rapidjson::kParseErrorNumberTooBig:
      return "a number that a double cannot hold";
    case rapidjson::kParseErrorNumberMissFraction:
      return "a digit after the decimal point is missing";
    case rapidjson::kParseErrorNumberMissExponent:
      return "a digit of the exponent is missing";
    case rapidjson::kParseErrorUnspecificSyntaxError:
      return "not JSON";
  }
  GUARDIAN_ASSERT(false);
}

base::Error place(std::string_view text, const Builder& builder, Builder::Failure failure) {
  std::string message = to_string(locate(text, failure.offset)) + ": ";
  const std::string path = builder.path();
  if (!path.empty()) message += '`' + path + "`: ";
  return {failure.code, message + failure.message};
}

base::Status parse_with(std::string_view text, Builder& builder) {
  const auto malformed = [&](std::size_t offset, std::string_view message) {
    return place(text, builder, {base::ErrorCode::Malformed, offset, std::string(message)});
  };
  if (text.starts_with(kByteOrderMark)) return malformed(0, "a byte-order mark");
  rapidjson::MemoryStream stream(text.data(), text.size());
  Handler handler(text, stream, builder);
  rapidjson::Reader reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (builder.failure()) return place(text, builder, *builder.failure());
  if (result.IsError()) {
    if (text.find_first_not_of(kWhiteSpace) == std::string_view::npos) return malformed(0, "no JSON value");
    if (result.Offset() >= text.size()) return malformed(text.size(), "the text ends too early");
    return malformed(result.Offset(), explain(result.Code()));
  }
  const std::size_t rest = text.find_first_not_of(kWhiteSpace, stream.Tell());
  if (rest != std::string_view::npos) return malformed(rest, "more bytes after the JSON value");
  return {};
}

}  // namespace

base::Result<Document> parse(std::string_view text, const ReadLimits& limits) {
  const std::size_t max_bytes = std::min<std::size_t>(limits.max_bytes, std::numeric_limits<std::uint32_t>::max());
  if (text.size() > max_bytes) {
    return base::Error(base::ErrorCode::TooLarge, "more than " + std::to_string(max_bytes) + " bytes of JSON");
  }
  Builder builder(limits);
  GUARDIAN_TRY(parse_with(text, builder));
  return std::move(builder).take();
}

Location locate(std::string_view text, std::size_t offset) noexcept {
  Location location;
  for (const char c : text.substr(0, std::min(offset, text.size()))) {
    if (c == '\n') {
      ++location.line;
      location.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++location.column;
    }
  }
  return location;
}

std::string to_string(const Location& location) {
  return "line " + std::to_string(location.line) + " column " + std::to_string(location.column);
}

}  // namespace guardian::json
