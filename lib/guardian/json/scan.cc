#include "guardian/json/scan.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace guardian::json {

namespace {

// Where the text that opens at `at` ends: its closing quote, or the end of everything.
std::size_t end_of_text(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at, text.size());
}

// What the bytes of a list can mean to somebody who only wants to know its items.
enum class Mark : std::uint8_t { None, Quote, Open, Close, Comma };

constexpr std::array<Mark, 256> kMarks = [] {
  std::array<Mark, 256> marks{};
  marks['"'] = Mark::Quote;
  marks['['] = marks['{'] = Mark::Open;
  marks[']'] = marks['}'] = Mark::Close;
  marks[','] = Mark::Comma;
  return marks;
}();

}  // namespace

std::optional<std::size_t> scan_list(std::string_view text, std::size_t at, std::vector<LeftList::Item>& items) {
  std::size_t depth = 0;
  std::size_t begin = at + 1;
  const auto end_item = [&](std::size_t end) {
    items.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    begin = end + 1;
  };
  for (; at < text.size(); ++at) {
    switch (kMarks[static_cast<unsigned char>(text[at])]) {
      case Mark::None:
        break;
      case Mark::Quote:
        at = end_of_text(text, at);
        break;
      case Mark::Open:
        ++depth;
        break;
      case Mark::Comma:
        if (depth == 1) end_item(at);
        break;
      case Mark::Close:
        if (--depth > 0) break;
        if (text[at] != ']') {
          items.clear();
          return std::nullopt;
        }
        // Nothing but white space is no item, unless a comma stands before it.
        if (!items.empty() || text.find_first_not_of(" \t\r\n", begin) != at) end_item(at);
        items.shrink_to_fit();
        return at;
    }
  }
  items.clear();
  return std::nullopt;
}

std::size_t end_of_plain_text(std::string_view text, std::size_t at) noexcept {
  const std::size_t end = text.find('"', at + 1);
  if (end == std::string_view::npos) return 0;
  // Without an early end, so that it is done in wide steps: the text is as good as always plain.
  bool plain = true;
  for (const char c : text.substr(at + 1, end - at - 1)) plain &= c >= ' ' && c < '\x7F' && c != '\\';
  return plain ? end : 0;
}

}  // namespace guardian::json
