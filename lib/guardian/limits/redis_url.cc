#include "guardian/limits/redis_url.h"

#include <algorithm>
#include <optional>

#include "guardian/base/text.h"

namespace guardian::limits {

namespace {

constexpr std::string_view kScheme = "redis://";
constexpr std::size_t kMaxUrlBytes = 2'048;
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::uint64_t kMaxDatabase = 65'535;

// The text itself is never shown: it may hold a password anywhere when it is malformed.
base::Error wrong(std::string_view why) {
  return {base::ErrorCode::InvalidInput, "not `redis://[user:password@]host[:port][/db]`: " + std::string(why)};
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return std::nullopt;
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return plain;
}

base::Status read_user(std::string_view text, RedisUrl& url) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return wrong("a user without a password");
  const auto user = unescape(text.substr(0, colon));
  const auto password = unescape(text.substr(colon + 1));
  if (!user || !password) return wrong("`%` in user or password must be followed by two hexadecimal digits");
  if (password->empty()) return wrong("the password is empty");
  url.user = *user;
  url.password = *password;
  return {};
}

base::Status read_host(std::string_view text, RedisUrl& url) {
  std::string_view host = text;
  std::string_view port;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return wrong("the host has no closing bracket");
    host = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  const bool valid = !host.empty() && host.size() <= kMaxHostBytes && std::ranges::all_of(host, [bracketed](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           (bracketed ? c == ':' : c == '-' || c == '_');
  });
  if (!valid) return wrong("there is no valid host");
  url.host = base::to_lower(host);
  if (port.empty()) return {};
  const auto number = port.front() == ':' ? base::parse_unsigned(port.substr(1), 65'535) : std::nullopt;
  if (!number || *number == 0) return wrong("the port is not a number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(*number);
  return {};
}

}  // namespace

base::Result<RedisUrl> RedisUrl::parse(std::string_view text) {
  if (!text.starts_with(kScheme)) return wrong("another scheme");
  if (text.size() > kMaxUrlBytes) return wrong("too long");
  const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (!visible) return wrong("characters that must be percent-escaped");
  text.remove_prefix(kScheme.size());
  if (text.find_first_of("?#") != std::string_view::npos) return wrong("a query or fragment means nothing here");
  RedisUrl url;
  // What holds `/` or `@` and is no end of the user must be escaped, so the last `@` and the first `/` after it tell.
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    GUARDIAN_TRY(read_user(text.substr(0, at), url));
    text.remove_prefix(at + 1);
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  GUARDIAN_TRY(read_host(text.substr(0, slash), url));
  const std::string_view database = text.substr(std::min(slash + 1, text.size()));
  if (!database.empty()) {
    const auto number = base::parse_unsigned(database, kMaxDatabase);
    if (!number) return wrong("the database is not a number from 0 to 65535");
    url.database = static_cast<std::uint32_t>(*number);
  }
  return url;
}

std::string RedisUrl::place() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace guardian::limits
