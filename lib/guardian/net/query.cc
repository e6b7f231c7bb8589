#include "guardian/net/query.h"

#include <algorithm>

#include "guardian/base/text.h"

namespace guardian::net {

namespace {

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

base::Result<std::string> decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      plain += ' ';
    } else if (text[i] != '%') {
      plain += text[i];
    } else {
      const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return base::Error(base::ErrorCode::InvalidInput,
                           "query: `" + base::printable(text) + "` has a percent sign without two digits");
      }
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return plain;
}

}  // namespace

base::Result<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    GUARDIAN_ASSIGN(std::string name, decode(pair.substr(0, equals)));
    GUARDIAN_ASSIGN(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
    if (query.find(name)) {
      return base::Error(base::ErrorCode::InvalidInput, "query: `" + base::printable(name) + "` is given twice");
    }
    query.entries_.emplace_back(std::move(name), std::move(value));
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  for (const auto& [key, value] : entries_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace guardian::net
