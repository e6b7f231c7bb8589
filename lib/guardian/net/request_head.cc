#include "guardian/net/request_head.h"

#include <algorithm>
#include <utility>

#include "guardian/base/text.h"
#include "guardian/net/field.h"

namespace guardian::net {

namespace {

Refusal bad_request(std::string message) { return {400, "bad_request", std::move(message)}; }

// The line before the next CRLF; `rest` begins after it.
std::string_view cut_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  return line;
}

std::string_view trim_blanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-decoded once; nullopt for a broken escape and for what no path holds (control characters, not UTF-8).
std::optional<std::string> decode_path(std::string_view encoded) {
  std::string path;
  path.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i];
    if (c == '%') {
      if (encoded.size() - i < 3) return std::nullopt;
      const int high = hex_digit(encoded[i + 1]);
      const int low = hex_digit(encoded[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\t' || !is_field_value(std::string_view(&c, 1))) return std::nullopt;
    path.push_back(c);
  }
  if (!base::is_utf8(path)) return std::nullopt;
  return path;
}

// The origin form of a target: absolute ones (RFC 9112 section 3.2.2) lose scheme and authority.
std::optional<std::string_view> origin_form(std::string_view method, std::string_view target) {
  if (target.starts_with('/')) return target;
  if (target == "*" && method == "OPTIONS") return target;
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!base::equal_ignoring_case(scheme, "http") && !base::equal_ignoring_case(scheme, "https")) return std::nullopt;
  const std::string_view after = target.substr(scheme_end + 3);
  const std::size_t path_begin = after.find_first_of("/?");
  if (path_begin == 0) return std::nullopt;
  return path_begin == std::string_view::npos ? std::string_view("/") : after.substr(path_begin);
}

std::optional<Refusal> parse_target(std::string_view target, Request& request) {
  const bool visible = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
  const std::optional<std::string_view> origin = origin_form(request.method, target);
  if (!visible || !origin) return bad_request("the request target is not a path");
  const std::size_t question = origin->find('?');
  std::string_view path = origin->substr(0, question);
  if (path.empty()) path = "/";
  std::optional<std::string> decoded = decode_path(path);
  if (!decoded) return bad_request("the path has a broken percent-escape or characters that no path may hold");
  request.path = std::move(*decoded);
  if (question != std::string_view::npos) request.query = origin->substr(question + 1);
  return std::nullopt;
}

std::optional<Refusal> parse_request_line(std::string_view line, RequestHead& out) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad_request("the request line is not HTTP");
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method) || version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') {
    return bad_request("the request line is not HTTP");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refusal{505, "http_version_not_supported", "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  out.http_1_0 = version == "HTTP/1.0";
  out.request.method = method;
  return parse_target(line.substr(first + 1, last - first - 1), out.request);
}

// Whether any of the comma-separated members of all fields of that name is `member`.
bool lists_member(const Headers& headers, std::string_view name, std::string_view member) {
  for (const auto& entry : headers.entries()) {
    if (!base::equal_ignoring_case(entry.first, name)) continue;
    std::string_view rest = entry.second;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      if (base::equal_ignoring_case(trim_blanks(rest.substr(0, comma)), member)) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

std::optional<Refusal> judge_length(const Headers& headers, std::uint64_t max_body_bytes, RequestHead& out) {
  const std::size_t lengths = headers.count("Content-Length");
  const std::size_t codings = headers.count("Transfer-Encoding");
  if (lengths > 1) return bad_request("more than one `Content-Length`");
  if (lengths > 0 && codings > 0) return bad_request("both `Content-Length` and `Transfer-Encoding`");
  if (codings > 0) {
    const std::string_view coding = *headers.find("Transfer-Encoding");
    if (out.http_1_0 || codings > 1 || !base::equal_ignoring_case(coding, "chunked")) {
      return bad_request("`Transfer-Encoding` other than `chunked`");
    }
    out.chunked = true;
    return std::nullopt;
  }
  if (lengths == 0) return std::nullopt;
  const std::string_view text = *headers.find("Content-Length");
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return bad_request("`Content-Length` is not a number");
  }
  const std::optional<std::uint64_t> length = base::parse_unsigned(text, max_body_bytes);
  if (!length) return body_too_large(max_body_bytes);
  out.content_length = *length;
  return std::nullopt;
}

std::optional<Refusal> judge_fields(std::uint64_t max_body_bytes, RequestHead& out) {
  const Headers& headers = out.request.headers;
  const std::size_t hosts = headers.count("Host");
  if (hosts > 1 || (hosts == 0 && !out.http_1_0)) return bad_request("there must be one `Host`");
  if (auto refusal = judge_length(headers, max_body_bytes, out)) return refusal;
  if (headers.count("Expect") > 0) {
    if (headers.count("Expect") > 1 || !base::equal_ignoring_case(*headers.find("Expect"), "100-continue")) {
      return Refusal{417, "expectation_failed", "`Expect` other than `100-continue`"};
    }
    out.expects_continue = !out.http_1_0 && (out.chunked || out.content_length > 0);
  }
  const bool asks_close = lists_member(headers, "Connection", "close");
  const bool asks_keep = lists_member(headers, "Connection", "keep-alive");
  out.keep_alive = !asks_close && (!out.http_1_0 || asks_keep);
  return std::nullopt;
}

}  // namespace

Refusal body_too_large(std::uint64_t max_body_bytes) {
  return {413, "too_large", "the body is larger than " + std::to_string(max_body_bytes) + " bytes"};
}

std::optional<Refusal> parse_field_line(std::string_view line, Headers& headers) {
  if (line.starts_with(' ') || line.starts_with('\t')) return bad_request("a header line is folded");
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name)) return bad_request("a header line has no valid name");
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (!is_field_value(value)) {
    return bad_request("the value of header `" + base::printable(name) + "` has a control character");
  }
  headers.add(std::string(name), std::string(value));
  return std::nullopt;
}

std::optional<Refusal> parse_request_head(std::string_view head, std::uint64_t max_body_bytes, RequestHead& out) {
  if (auto refusal = parse_request_line(cut_line(head), out)) return refusal;
  while (!head.empty()) {
    if (auto refusal = parse_field_line(cut_line(head), out.request.headers)) return refusal;
  }
  return judge_fields(max_body_bytes, out);
}

}  // namespace guardian::net
