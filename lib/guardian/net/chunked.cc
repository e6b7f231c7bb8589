#include "guardian/net/chunked.h"

#include <algorithm>
#include <charconv>

#include "guardian/net/field.h"

namespace guardian::net {

namespace {

Refusal broken(std::string message) { return {400, "bad_request", std::move(message)}; }

}  // namespace

std::optional<Refusal> ChunkedDecoder::consume(std::string_view& input, std::string& body) {
  while (phase_ != Phase::Done && !input.empty()) {
    if (phase_ == Phase::Data) {
      const std::size_t taken = std::min(remaining_, input.size());
      body.append(input.substr(0, taken));
      input.remove_prefix(taken);
      remaining_ -= taken;
      if (remaining_ == 0) phase_ = Phase::DataEnd;
      continue;
    }
    const std::size_t newline = input.substr(0, max_line_bytes()).find('\n');
    if (newline == std::string_view::npos) {
      if (input.size() < max_line_bytes()) return std::nullopt;
      if (phase_ == Phase::Trailer) return Refusal{431, "headers_too_large", "the trailers are too large"};
      return broken("a chunk's first or last line is not one");
    }
    if (newline == 0 || input[newline - 1] != '\r') return broken("a line of the chunked body ends without CR");
    if (auto refusal = read_line(input.substr(0, newline - 1), body.size())) return refusal;
    input.remove_prefix(newline + 1);
  }
  return std::nullopt;
}

std::size_t ChunkedDecoder::max_line_bytes() const noexcept {
  if (phase_ == Phase::DataEnd) return 2;
  // The last, empty line is not counted.
  return phase_ == Phase::Trailer ? max_trailer_bytes_ + 2 - trailer_bytes_ : kMaxChunkLineBytes;
}

std::optional<Refusal> ChunkedDecoder::read_line(std::string_view line, std::size_t body_bytes) {
  if (phase_ == Phase::Size) return read_size(line, body_bytes);
  if (phase_ == Phase::Trailer) return read_trailer(line);
  phase_ = Phase::Size;
  if (!line.empty()) return broken("a chunk is longer than its size says");
  return std::nullopt;
}

std::optional<Refusal> ChunkedDecoder::read_size(std::string_view line, std::size_t body_bytes) {
  const std::size_t digits = std::min(line.find_first_not_of("0123456789abcdefABCDEF"), line.size());
  const std::string_view after = line.substr(digits);
  if (digits == 0 || (!after.empty() && after.front() != ';') || !is_field_value(after)) {
    return broken("a chunk's size is not a hexadecimal number");
  }
  std::uint64_t size = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + digits, size, 16);
  if (parsed.ec != std::errc() || size > max_body_bytes_ - body_bytes) return body_too_large(max_body_bytes_);
  remaining_ = size;
  phase_ = size == 0 ? Phase::Trailer : Phase::Data;
  return std::nullopt;
}

std::optional<Refusal> ChunkedDecoder::read_trailer(std::string_view line) {
  if (line.empty()) {
    phase_ = Phase::Done;
    return std::nullopt;
  }
  trailer_bytes_ += line.size() + 2;
  Headers dropped;
  return parse_field_line(line, dropped);
}

}  // namespace guardian::net
