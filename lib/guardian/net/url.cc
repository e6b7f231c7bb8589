#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "guardian/base/text.h"
#include "guardian/net/client.h"

namespace guardian::net {

namespace {

base::Error bad_url(std::string_view text, std::string_view why) {
  // The query may hold what is nobody's business, and before an `@` stands a password.
  const bool secret = text.find('@') != std::string_view::npos;
  const std::string_view shown = secret ? std::string_view("...") : text.substr(0, text.find('?'));
  return {base::ErrorCode::InvalidInput, "`" + base::printable(shown) + "`: " + std::string(why)};
}

bool is_address_v6(const std::string& host) {
  in6_addr address = {};
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_host_name(std::string_view host) {
  constexpr std::string_view kMarks = "-._";
  return !host.empty() && std::ranges::all_of(host, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
  });
}

}  // namespace

base::Result<Url> Url::parse(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad_url(text, "not an http or https address");
  Url url;
  url.scheme = base::to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return bad_url(text, "not an http or https address");
  const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (!visible) return bad_url(text, "holds characters that must be percent-escaped");
  if (text.find('#') != std::string_view::npos) return bad_url(text, "a fragment means nothing here");

  const std::string_view after = text.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(after.find_first_of("/?"), after.size());
  std::string_view authority = after.substr(0, authority_end);
  url.path = after.substr(authority_end);
  if (!url.path.starts_with('/')) url.path.insert(0, "/");
  // The whole text is not shown: what stands before the `@` is a secret.
  if (authority.find('@') != std::string_view::npos) return bad_url("", "user and password do not belong into a URL");

  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return bad_url(text, "the host has no closing bracket");
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  url.host = base::to_lower(host);
  const bool bracketed = authority.starts_with('[');
  if (bracketed ? !is_address_v6(url.host) : !is_host_name(url.host)) return bad_url(text, "there is no valid host");
  if (port.empty()) {
    url.port = url.scheme == "https" ? 443 : 80;
    return url;
  }
  const auto number = port.front() == ':' ? base::parse_unsigned(port.substr(1), 65'535) : std::nullopt;
  if (!number || *number == 0) return bad_url(text, "the port is not a number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(*number);
  return url;
}

std::string Url::origin() const {
  const bool v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Url::is_loopback() const {
  in_addr v4 = {};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
  in6_addr v6 = {};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

}  // namespace guardian::net
