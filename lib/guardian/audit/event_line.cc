#include "guardian/audit/event_line.h"

#include <array>
#include <charconv>

#include "guardian/audit/line_cursor.h"
#include "guardian/json/reader.h"

namespace guardian::audit {

namespace {

constexpr std::string_view kHashMember = ",\"hash\":\"";
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kHashSuffix = kHashMember.size() + kHashDigits + 2;  // with the quote and the brace

bool is_hash(std::string_view text) noexcept {
  if (text.size() != kHashDigits) return false;
  unsigned wrong = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const auto digit = static_cast<unsigned char>(byte - '0');
    const auto letter = static_cast<unsigned char>(byte - 'a');
    wrong |= static_cast<unsigned>(digit > 9) & static_cast<unsigned>(letter > 5);
  }
  return wrong == 0;
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

// Finds the wanted members among those of a line. Both are in order, so that each name is compared with few; a line
// whose members are in another order is read just the same.
class Keeper {
 public:
  explicit Keeper(EventLine& event) noexcept : event_(event) {}

  [[nodiscard]] bool keep(std::string_view name, std::string_view raw) noexcept {
    if (name < before_) next_ = 0;
    before_ = name;
    while (next_ < kWanted.size() && kWanted[next_].name < name) ++next_;
    if (next_ < kWanted.size() && kWanted[next_].name == name) {
      const Wanted& wanted = kWanted[next_];
      event_.*wanted.member = wanted.quoted ? raw : inside(raw);
      return true;
    }
    return name != "\"seq\"" || keep_seq(raw);
  }

 private:
  [[nodiscard]] bool keep_seq(std::string_view raw) noexcept {
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), event_.seq);
    return error == std::errc() && end == raw.data() + raw.size() && event_.seq != 0;
  }

  EventLine& event_;
  std::string_view before_;
  std::size_t next_ = 0;
};

}  // namespace

std::optional<EventLine> read_event_line(std::string_view line) noexcept {
  if (line.size() <= kHashSuffix || line.size() > kMaxLineBytes) return std::nullopt;
  EventLine event;
  event.text = line;
  Keeper keeper(event);
  LineCursor cursor(line);
  if (!cursor.take('{')) return std::nullopt;
  do {
    std::string_view name;
    std::string_view raw;
    if (!cursor.take_text(name) || !cursor.take(':') || !cursor.take_value(raw)) return std::nullopt;
    if (!keeper.keep(name, raw)) return std::nullopt;
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

bool LineHasher::holds(const EventLine& event) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const crypto::Digest digest = (*this)(event);
  std::array<char, kHashDigits> text;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    text[2 * i] = kDigits[digest[i] >> 4U];
    text[2 * i + 1] = kDigits[digest[i] & 0xFU];
  }
  return event.hash == std::string_view(text.data(), text.size());
}

std::optional<std::string> text_of_member(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::nullopt;
  json::ReadLimits limits;
  limits.max_bytes = kMaxLineBytes;
  const auto parsed = json::parse(raw, limits);
  if (!parsed || !parsed->root().is_text()) return std::nullopt;
  return std::string(parsed->root().as_text());
}

}  // namespace guardian::audit
