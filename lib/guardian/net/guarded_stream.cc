#include "guardian/net/guarded_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "guardian/net/tls_reason.h"

namespace guardian::net {

namespace {

constexpr std::size_t kMaxReadSinceBody = std::size_t{64} << 10;
// What a body may cost on the way beyond itself: chunk lines, and gzip of what cannot be made smaller.
constexpr std::uint64_t kFreeOverheadBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxWireBytesPerBodyByte = 8;

int length_of(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

ssize_t GuardedStream::read(char* into, std::size_t size) {
  if (size == 0) return 0;
  if (!guard_.complaint.empty()) return -1;
  if (!escape_.empty()) {
    *into = escape_.front();
    escape_.remove_prefix(1);
    return 1;
  }
  if (begin_ == end_ && !fill()) return guard_.complaint.empty() ? 0 : -1;
  if (!guard_.head_complete) return read_head(into);
  const std::size_t count = std::min(size, end_ - begin_);
  if (!spend(count)) return -1;
  std::copy_n(buffer_.data() + begin_, count, into);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

// By the byte, as the library reads lines.
ssize_t GuardedStream::read_head(char* into) {
  const char next = buffer_[begin_++];
  if (!allows(next)) return -1;
  // The library percent-decodes the values of headers, an ETag's and a Location's among them. It shall not.
  if (next == '%') escape_ = "25";
  *into = next;
  return 1;
}

bool GuardedStream::allows(char next) {
  constexpr std::string_view kBegin = "HTTP/1.";
  if (in_status_line_ && line_bytes_ < kBegin.size() && next != kBegin[line_bytes_]) {
    return complain("not an HTTP answer: it begins with something else");
  }
  ++line_bytes_;
  if (++head_bytes_ > kMaxAnswerHeadBytes) return complain("the answer's headers are past any measure");
  if (line_bytes_ > (in_status_line_ ? kMaxStatusLineBytes : kMaxAnswerLineBytes)) {
    return complain("a line of the answer's headers is past any measure");
  }
  const char before = std::exchange(last_, next);
  if (next == ':') line_has_colon_ = true;
  return next != '\n' || end_line(before);
}

// The library passes over lines that are none: one reader more that might understand something else.
bool GuardedStream::end_line(char before) {
  constexpr std::size_t kEmptyLineBytes = 2;
  const bool empty = line_bytes_ == kEmptyLineBytes;
  const bool known = in_status_line_ || empty || line_has_colon_;
  if (before != '\r' || !known) return complain("not an HTTP answer: a line of its headers is none");
  // An empty line ends a head: what follows, if it is still asked for as one, is the next.
  in_status_line_ = empty;
  line_has_colon_ = false;
  line_bytes_ = 0;
  return true;
}

bool GuardedStream::spend(std::size_t bytes) {
  guard_.read_since_body += bytes;
  guard_.read_in_all += bytes;
  const std::uint64_t allowed = kFreeOverheadBytes + kMaxWireBytesPerBodyByte * guard_.body_bytes;
  if (guard_.read_since_body <= kMaxReadSinceBody && guard_.read_in_all <= allowed) return true;
  return complain("the answer's framing is past any measure");
}

bool GuardedStream::fill() {
  const ssize_t count = receive();
  if (count > 0) {
    begin_ = 0;
    end_ = static_cast<std::size_t>(count);
    return true;
  }
  if (count == 0 && guard_.until_end) return false;
  if (!guard_.complaint.empty()) return false;
  return complain(head_bytes_ > 0 ? "the answer was cut short" : "the connection was closed without an answer");
}

// 0 at the peer's end of the connection, less at any other.
ssize_t GuardedStream::receive() {
  if (ssl_ == nullptr) {
    ssize_t count = -1;
    do {
      count = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    } while (count < 0 && errno == EINTR);
    return count;
  }
  const int count = ::SSL_read(ssl_, buffer_.data(), length_of(buffer_.size()));
  if (count > 0) return count;
  // Not the queue of errors cleared: the library has peeked, and what it found is told only once.
  if (::ERR_peek_last_error() != 0) complain(tls_failure_reason());
  return ::SSL_get_error(ssl_, count) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

ssize_t GuardedStream::write(const char* bytes, std::size_t size) {
  ssize_t count = -1;
  while (!write_failed_ && count <= 0) {
    if (ssl_ == nullptr) {
      count = ::send(socket_, bytes, size, MSG_NOSIGNAL);
    } else {
      ::ERR_clear_error();
      count = ::SSL_write(ssl_, bytes, length_of(size));
    }
    write_failed_ = count <= 0 && (ssl_ != nullptr || errno != EINTR);
  }
  return write_failed_ ? static_cast<ssize_t>(size) : count;
}

bool GuardedStream::complain(std::string_view what) {
  guard_.complaint = what;
  return false;
}

}  // namespace guardian::net
