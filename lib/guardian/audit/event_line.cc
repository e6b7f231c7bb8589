#include "guardian/audit/event_line.h"

#include <array>
#include <charconv>
#include <cstring>

#include "guardian/json/reader.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kHashMember = ",\"hash\":\"";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kHashSuffix = kHashMember.size() + kHashDigits + 2;  // with the quote and the brace

// Goes over one line. Each step returns false where the line is no JSON that it could go on with.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}

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

bool is_hash(std::string_view text) noexcept {
  if (text.size() != kHashDigits) return false;
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

// What stands between the quotes of a text.
std::string_view inside(std::string_view raw) noexcept {
  return raw.size() >= 2 && raw.front() == '"' ? raw.substr(1, raw.size() - 2) : std::string_view();
}

struct Wanted {
  std::string_view name;  // with its quotes
  std::string_view EventLine::*member;
  bool quoted;  // kept with its quotes
};

constexpr std::array<Wanted, 15> kWanted = {{
    {"\"action\"", &EventLine::action, true},
    {"\"agentId\"", &EventLine::agent_id, true},
    {"\"alert\"", &EventLine::alert, true},
    {"\"decision\"", &EventLine::decision, true},
    {"\"gap\"", &EventLine::gap, true},
    {"\"hash\"", &EventLine::hash, false},
    {"\"id\"", &EventLine::id, false},
    {"\"mode\"", &EventLine::mode, true},
    {"\"policy\"", &EventLine::policy, true},
    {"\"prev\"", &EventLine::prev, false},
    {"\"rule\"", &EventLine::rule, true},
    {"\"time\"", &EventLine::time, false},
    {"\"traceId\"", &EventLine::trace_id, true},
    {"\"type\"", &EventLine::type, false},
    {"\"wouldDeny\"", &EventLine::would_deny, true},
}};

bool keep(EventLine& event, std::string_view name, std::string_view raw) noexcept {
  if (name == "\"seq\"") {
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), event.seq);
    return error == std::errc() && end == raw.data() + raw.size() && event.seq != 0;
  }
  for (const Wanted& wanted : kWanted) {
    if (wanted.name != name) continue;
    event.*wanted.member = wanted.quoted ? raw : inside(raw);
    return true;
  }
  return true;
}

}  // namespace

std::optional<EventLine> read_event_line(std::string_view line) noexcept {
  if (line.size() <= kHashSuffix || line.size() > kMaxLineBytes) return std::nullopt;
  EventLine event;
  event.text = line;
  Cursor cursor(line);
  if (!cursor.take('{')) return std::nullopt;
  do {
    std::string_view name;
    std::string_view raw;
    if (!cursor.take_text(name) || !cursor.take(':') || !cursor.take_value(raw)) return std::nullopt;
    if (!keep(event, name, raw)) return std::nullopt;
  } while (cursor.take(','));
  if (!cursor.take('}') || !cursor.at_end()) return std::nullopt;
  const bool hash_is_last = line.substr(line.size() - kHashSuffix, kHashMember.size()) == kHashMember;
  if (!hash_is_last || !is_hash(event.hash) || !is_hash(event.prev)) return std::nullopt;
  if (event.seq == 0 || event.time.empty() || event.type.empty() || event.id.empty()) return std::nullopt;
  return event;
}

crypto::Digest LineHasher::operator()(const EventLine& event) {
  sha256_.update(event.text.substr(0, event.text.size() - kHashSuffix));
  sha256_.update("}");
  return sha256_.finish();
}

bool LineHasher::holds(const EventLine& event) { return crypto::hex((*this)(event)) == event.hash; }

std::optional<std::string> text_of_member(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::nullopt;
  json::ReadLimits limits;
  limits.max_bytes = kMaxLineBytes;
  const auto parsed = json::parse(raw, limits);
  if (!parsed || !parsed->root().is_text()) return std::nullopt;
  return std::string(parsed->root().as_text());
}

}  // namespace guardian::audit
