// A stored event as its line of a segment: what readers ask of it, found without parsing the rest (audit.md). A line is
// canonical JSON (RFC 8785) with the member `hash` put last, so that the digest is over stored bytes. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/crypto/digest.h"

namespace guardian::audit {

// The longest line that a store writes and a reader takes; a longer one is no event.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;

// The `prev` of a store's first event.
inline constexpr std::string_view kNoHash = "0000000000000000000000000000000000000000000000000000000000000000";

// Views into the line. The raw members are JSON as written (a text with its quotes and escapes, `null`), empty where
// the event does not have the member.
struct EventLine {
  std::string_view text;  // the whole line without its newline
  std::uint64_t seq = 0;
  std::string_view prev;  // 64 hexadecimal digits
  std::string_view hash;
  std::string_view time;  // without quotes: `2026-04-18T10:30:00.123Z`
  std::string_view type;  // without quotes
  std::string_view id;    // without quotes

  std::string_view action;
  std::string_view agent_id;
  std::string_view alert;
  std::string_view decision;
  std::string_view gap;
  std::string_view mode;
  std::string_view policy;
  std::string_view rule;
  std::string_view trace_id;
  std::string_view would_deny;
};

// nullopt for what is no event: not one JSON object with `seq`, `prev`, `hash`, `time`, `type` and `id` of their forms.
// What stands inside other members is skipped, not checked: the hash vouches for it.
[[nodiscard]] std::optional<EventLine> read_event_line(std::string_view line) noexcept;

// The digest that the line should carry: of its text without `,"hash":"..."`. Not thread-safe: one for each reader.
class LineHasher {
 public:
  [[nodiscard]] crypto::Digest operator()(const EventLine& event);
  // True where the line carries the digest of what it says.
  [[nodiscard]] bool holds(const EventLine& event);

 private:
  crypto::Sha256 sha256_;
};

// A raw member as the text it stands for; nullopt where it is absent, null, or no JSON text.
[[nodiscard]] std::optional<std::string> text_of_member(std::string_view raw);

}  // namespace guardian::audit
