// Bytes of one connection to requests, strictly (RFC 9112): what cannot be framed beyond doubt is refused, whatever
// arrives in which pieces. Pure: no sockets, no clock. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/net/chunked.h"
#include "guardian/net/http.h"
#include "guardian/net/request_head.h"

namespace guardian::net {

struct FramingLimits {
  std::size_t max_header_bytes = std::size_t{16} << 10;  // the head as sent; of the trailers again as much
  std::size_t max_body_bytes = std::size_t{1} << 20;     // decoded
};

struct FramedRequest {
  Request request;  // without the remote address
  bool http_1_0 = false;
  bool keep_alive = true;
};

class Framer {
 public:
  enum class Progress { NeedMore, Complete, Refused };

  explicit Framer(const FramingLimits& limits) : limits_(limits) {}

  // More bytes have come. Complete: take() the request before going on. Refused: for good.
  [[nodiscard]] Progress feed(std::string_view bytes);
  // Looks at the bytes already there: after take(), for requests sent in one go.
  [[nodiscard]] Progress advance();
  // The complete request; asserts that there is one. The framer then stands before the next one.
  [[nodiscard]] FramedRequest take();
  // Why it was refused; asserts that it was.
  [[nodiscard]] const Refusal& refusal() const;
  // True when no byte of a request has come that was not taken.
  [[nodiscard]] bool idle() const noexcept { return phase_ == Phase::Head && position_ == buffer_.size(); }
  // True once for a request that waits for `100 Continue` before it sends its body.
  [[nodiscard]] bool take_continue() noexcept;

 private:
  enum class Phase { Head, Body, Complete, Refused };
  [[nodiscard]] Progress refuse(Refusal refusal);
  [[nodiscard]] std::optional<Refusal> advance_head();
  [[nodiscard]] std::optional<Refusal> advance_body();
  [[nodiscard]] std::string_view unread() const noexcept { return std::string_view(buffer_).substr(position_); }

  FramingLimits limits_;
  Phase phase_ = Phase::Head;
  std::string buffer_;
  std::size_t position_ = 0;    // where the unread part of buffer_ begins
  std::size_t line_begin_ = 0;  // from position_: the head's line that is not complete yet
  RequestHead head_;
  std::optional<ChunkedDecoder> chunks_;
  bool continue_due_ = false;
  bool empty_line_passed_ = false;
  Refusal refusal_;
};

}  // namespace guardian::net
