// The head of an HTTP/1 request (RFC 9112 sections 3 and 5), read strictly: where two readers could disagree on what a
// message is, it is refused instead of guessed at. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/net/http.h"

namespace guardian::net {

// Why a request is not handed to a route; the connection is closed after saying so.
struct Refusal {
  int status = 400;
  std::string_view code = "bad_request";  // static storage
  std::string message;
};

struct RequestHead {
  Request request;  // without the body and the remote address
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool chunked = false;
  std::uint64_t content_length = 0;
};

// `head` is the request line and the field lines, each with its CRLF, without the empty line after them. Fills `out`,
// or returns the refusal: 400 for what is not HTTP or is ambiguous (an absent or repeated Host, more than one
// Content-Length, Content-Length beside Transfer-Encoding, a folded line, a stray CR or LF), 413 for a Content-Length
// past `max_body_bytes`, 417 for another Expect, 505 for another version.
[[nodiscard]] std::optional<Refusal> parse_request_head(std::string_view head, std::uint64_t max_body_bytes,
                                                        RequestHead& out);

// One field line without its CRLF, added to `headers`; used for trailers as well.
[[nodiscard]] std::optional<Refusal> parse_field_line(std::string_view line, Headers& headers);

// 413 `too_large` (api.md).
[[nodiscard]] Refusal body_too_large(std::uint64_t max_body_bytes);

}  // namespace guardian::net
