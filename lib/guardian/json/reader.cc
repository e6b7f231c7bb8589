#include "guardian/json/reader.h"

#include <rapidjson/reader.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/json/builder.h"
#include "guardian/json/scan.h"

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

// The text as RapidJSON reads it, from one byte to another, with at most one stretch ahead that it is led around.
class Stream {
 public:
  using Ch = char;

  Stream(std::string_view text, std::size_t begin, std::size_t end)
      : text_(text.data()), at_(text.data() + begin), end_(text.data() + end) {}

  void skip(std::size_t begin, std::size_t end) {
    skip_from_ = text_ + begin;
    skip_to_ = text_ + end;
  }

  // The names and signatures are RapidJSON's.
  [[nodiscard]] char Peek() const { return at_ == end_ ? '\0' : *at_; }
  char Take() {
    if (at_ == end_) return '\0';
    const char taken = *at_++;
    if (at_ == skip_from_) at_ = skip_to_;
    return taken;
  }
  [[nodiscard]] std::size_t Tell() const { return static_cast<std::size_t>(at_ - text_); }
  // Only called when it writes, which it does not.
  char* PutBegin() { GUARDIAN_ASSERT(false); }
  void Put(char) { GUARDIAN_ASSERT(false); }
  void Flush() { GUARDIAN_ASSERT(false); }
  std::size_t PutEnd(char*) { GUARDIAN_ASSERT(false); }

 private:
  const char* text_;
  const char* at_;
  const char* end_;
  const char* skip_from_ = nullptr;
  const char* skip_to_ = nullptr;
};

// Whether the document owns its texts or they stay in the text that is read.
enum class Texts { Copied, Lent };

// Turns RapidJSON's events into the builder's, which also want to know where a token began.
class Handler {
 public:
  Handler(std::string_view text, Stream& stream, Texts texts, std::span<LeftList> left, Builder& builder)
      : text_(text), stream_(stream), texts_(texts), left_(left), builder_(builder), next_(stream.Tell()) {}

  // The names and signatures are RapidJSON's.
  bool Null() { return builder_.literal(Value(), take_token()); }
  bool Bool(bool value) { return builder_.literal(Value::boolean(value), take_token()); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    const std::size_t start = take_token();
    return builder_.number(text_.substr(start, next_ - start), start);
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    const std::size_t start = take_token();
    if (const auto written = lent(start, size)) return builder_.text_lent(*written, start);
    return check_text({data, size}, start) && builder_.text({data, size}, start);
  }
  bool Key(const char* data, rapidjson::SizeType size, bool) {
    const std::size_t start = take_token();
    const auto written = lent(start, size);
    const bool taken = written ? builder_.key_lent(*written, start)
                               : check_text({data, size}, start) && builder_.key({data, size}, start);
    if (taken && texts_ == Texts::Lent && depth_ == 1) lead_around_value({data, size});
    return taken;
  }
  bool StartObject() { return open(Kind::Object); }
  bool StartArray() { return open(Kind::List); }
  bool EndObject(rapidjson::SizeType) {
    take_bracket();
    --depth_;
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
  bool open(Kind kind) {
    ++depth_;
    return builder_.begin(kind, take_bracket());
  }
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
  // The characters of the token at hand as they stand in the text, where that is what they say and they are lent. A
  // text that RapidJSON was led around came to it as an empty one.
  std::optional<std::string_view> lent(std::size_t start, std::size_t size) {
    const bool skipped = std::exchange(skipped_text_, false);
    const std::size_t written = next_ - start - 2;
    if (texts_ == Texts::Copied || (written != size && !skipped)) return std::nullopt;
    return text_.substr(start + 1, written);
  }
  // The value of a member of the root: the items of a list that is left, and long plain texts, which RapidJSON would
  // copy a byte at a time.
  void lead_around_value(std::string_view key) {
    std::size_t at = text_.find_first_not_of(kWhiteSpace, next_);
    if (at == std::string_view::npos || text_[at] != ':') return;
    at = text_.find_first_not_of(kWhiteSpace, at + 1);
    if (at == std::string_view::npos) return;
    const auto list = std::ranges::find(left_, key, &LeftList::key);
    if (text_[at] == '[' && list != left_.end()) {
      // A second one of that name is refused as a duplicate key.
      list->items.clear();
      if (const auto end = scan_list(text_, at, list->items)) stream_.skip(at + 1, *end);
    } else if (const std::size_t end = text_[at] == '"' ? end_of_plain_text(text_, at) : 0; end > at + 1) {
      stream_.skip(at + 1, end);
      skipped_text_ = true;
    }
  }
  bool check_text(std::string_view characters, std::size_t start) {
    const bool has_escapes = next_ - start != characters.size() + 2;
    if (!has_escapes || !has_surrogate(characters)) return true;
    return builder_.fail(base::ErrorCode::Malformed, start, "a lone surrogate");
  }

  std::string_view text_;
  Stream& stream_;
  Texts texts_;
  std::span<LeftList> left_;
  Builder& builder_;
  std::size_t next_;
  std::size_t depth_ = 0;
  bool skipped_text_ = false;
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

// What is parsed: a whole text, or the item of a list of its root.
struct Part {
  std::string_view text;
  std::size_t begin = 0;
  std::size_t end = 0;
  const LeftList* list = nullptr;
  std::size_t index = 0;

  [[nodiscard]] bool is_item() const noexcept { return list != nullptr; }
  [[nodiscard]] base::Error error(base::ErrorCode code, std::size_t offset, std::string_view inner_path,
                                  std::string_view message) const {
    std::string path = is_item() ? std::string(list->key) + "[" + std::to_string(index) + "]" : "";
    if (is_item() && !inner_path.empty() && !inner_path.starts_with('[')) path += '.';
    path += inner_path;
    std::string all = to_string(locate(text, offset)) + ": ";
    if (!path.empty()) all += '`' + path + "`: ";
    return {code, all.append(message)};
  }
};

base::Status parse_with(const Part& part, Texts texts, std::span<LeftList> left, rapidjson::Reader& reader,
                        Builder& builder) {
  const auto malformed = [&](std::size_t offset, std::string_view message) {
    return part.error(base::ErrorCode::Malformed, offset, builder.path(), message);
  };
  const std::string_view text = part.text.substr(0, part.end);
  if (part.begin == 0 && text.starts_with(kByteOrderMark)) return malformed(0, "a byte-order mark");
  Stream stream(text, part.begin, part.end);
  Handler handler(text, stream, texts, left, builder);
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (const auto& failure = builder.failure()) {
    return part.error(failure->code, failure->offset, builder.path(), failure->message);
  }
  if (result.IsError()) {
    if (text.find_first_not_of(kWhiteSpace, part.begin) == std::string_view::npos) {
      return malformed(part.begin, "no JSON value");
    }
    if (result.Offset() >= text.size()) return malformed(text.size(), "the text ends too early");
    return malformed(result.Offset(), explain(result.Code()));
  }
  const std::size_t rest = text.find_first_not_of(kWhiteSpace, stream.Tell());
  if (rest == std::string_view::npos) return {};
  return malformed(rest, !part.is_item() ? "more bytes after the JSON value"
                                         : explain(rapidjson::kParseErrorArrayMissCommaOrSquareBracket));
}

base::Status check_size(std::string_view text, const ReadLimits& limits) {
  const std::size_t max_bytes = std::min<std::size_t>(limits.max_bytes, std::numeric_limits<std::uint32_t>::max());
  if (text.size() <= max_bytes) return {};
  return base::Error(base::ErrorCode::TooLarge, "more than " + std::to_string(max_bytes) + " bytes of JSON");
}

base::Result<Document> parse_whole(std::string_view text, const ReadLimits& limits, Texts texts,
                                   std::span<LeftList> left) {
  GUARDIAN_TRY(check_size(text, limits));
  Builder builder(limits);
  rapidjson::Reader reader;
  GUARDIAN_TRY(parse_with({text, 0, text.size()}, texts, left, reader, builder));
  return std::move(builder).take();
}

constexpr std::size_t kLevelsAroundItem = 2;  // the root and the list

}  // namespace

base::Result<Document> parse(std::string_view text, const ReadLimits& limits) {
  return parse_whole(text, limits, Texts::Copied, {});
}

base::Result<Document> parse_in_place(std::string_view text, const ReadLimits& limits, std::span<LeftList> left) {
  for (LeftList& list : left) list.items.clear();
  return parse_whole(text, limits, Texts::Lent, left);
}

struct ItemReader::State {
  State(std::string_view whole, const LeftList& of, const ReadLimits& limits)
      : text(whole), list(of), builder(limits, kLevelsAroundItem) {}

  std::string_view text;
  const LeftList& list;
  Builder builder;
  rapidjson::Reader reader;
};

ItemReader::ItemReader(std::string_view text, const LeftList& list, const ReadLimits& limits)
    : state_(std::make_unique<State>(text, list, limits)) {}
ItemReader::ItemReader(ItemReader&&) noexcept = default;
ItemReader& ItemReader::operator=(ItemReader&&) noexcept = default;
ItemReader::~ItemReader() = default;

base::Result<Value> ItemReader::read(std::size_t index) {
  const LeftList::Item item = state_->list.items[index];
  const Part part{state_->text, item.begin, item.end, &state_->list, index};
  state_->builder.clear();
  GUARDIAN_TRY(parse_with(part, Texts::Lent, {}, state_->reader, state_->builder));
  return state_->builder.root();
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
