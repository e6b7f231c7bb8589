// The chunked transfer coding (RFC 9112 section 7.1), decoded strictly and within bounds. Pure; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/net/request_head.h"

namespace guardian::net {

inline constexpr std::size_t kMaxChunkLineBytes = 256;  // a chunk's size with its extensions, which are ignored

class ChunkedDecoder {
 public:
  ChunkedDecoder(std::size_t max_body_bytes, std::size_t max_trailer_bytes)
      : max_body_bytes_(max_body_bytes), max_trailer_bytes_(max_trailer_bytes) {}

  // Takes what it can from the front of `input` and appends the data to `body`; what is left must come again with more
  // behind it. Trailers are checked and dropped. Refuses with 400, 413 past the body's bound, 431 past the trailers'.
  [[nodiscard]] std::optional<Refusal> consume(std::string_view& input, std::string& body);
  [[nodiscard]] bool done() const noexcept { return phase_ == Phase::Done; }

 private:
  enum class Phase { Size, Data, DataEnd, Trailer, Done };
  [[nodiscard]] std::optional<Refusal> read_size(std::string_view line, std::size_t body_bytes);
  [[nodiscard]] std::optional<Refusal> read_trailer(std::string_view line);
  [[nodiscard]] std::optional<Refusal> read_line(std::string_view line, std::size_t body_bytes);
  [[nodiscard]] std::size_t max_line_bytes() const noexcept;

  std::size_t max_body_bytes_;
  std::size_t max_trailer_bytes_;
  Phase phase_ = Phase::Size;
  std::size_t remaining_ = 0;  // of the current chunk
  std::size_t trailer_bytes_ = 0;
};

}  // namespace guardian::net
