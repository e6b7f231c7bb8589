// What cpp-httplib's client reads from and writes to in place of its own streams: the same socket, but what the library
// does not mind is stopped here. It has no limit for heads and chunk lines, matches a status line with std::regex,
// which recurses once a character and so ends the process at a long one, and takes some breaks for an end.
#pragma once

#include <httplib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guardian::net {

inline constexpr std::size_t kMaxAnswerHeadBytes = std::size_t{64} << 10;  // the interim answers' too
inline constexpr std::size_t kMaxAnswerLineBytes = std::size_t{8} << 10;   // of the head
inline constexpr std::size_t kMaxStatusLineBytes = std::size_t{1} << 10;

// What the stream and the exchange that uses it tell each other. One thread.
struct StreamGuard {
  // From the exchange: the head is read; the body ends with the connection; so many bytes of it came, decoded.
  bool head_complete = false;
  bool until_end = false;
  std::size_t body_bytes = 0;
  // From the stream: read since the body last came on, and in all.
  std::size_t read_since_body = 0;
  std::uint64_t read_in_all = 0;
  // Why nothing more can be read; empty while it can. Whatever the library makes of it, the answer is then none.
  std::string complaint;

  void body_came(std::size_t decoded_bytes) {
    body_bytes = decoded_bytes;
    read_since_body = 0;
  }
};

// `ssl` may be null: plain. Both it and `guard` must outlive the stream. Blocking; the watchdog ends it.
class GuardedStream final : public httplib::Stream {
 public:
  GuardedStream(int socket, SSL* ssl, StreamGuard& guard) : socket_(socket), ssl_(ssl), guard_(guard) {}

  [[nodiscard]] bool is_readable() const override { return true; }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* into, std::size_t size) override;
  // Never fails: a server that refuses a request may answer and then not read on, so reading tells.
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  ssize_t read_head(char* into);
  [[nodiscard]] bool allows(char next);
  [[nodiscard]] bool end_line(char before);
  [[nodiscard]] bool spend(std::size_t bytes);
  [[nodiscard]] bool fill();
  [[nodiscard]] ssize_t receive();
  bool complain(std::string_view what);

  int socket_;
  SSL* ssl_;
  StreamGuard& guard_;
  std::array<char, std::size_t{16} << 10> buffer_ = {};
  std::size_t begin_ = 0;  // of what is in the buffer
  std::size_t end_ = 0;
  std::string_view escape_;     // to be read before the buffer
  std::size_t head_bytes_ = 0;  // read of heads
  std::size_t line_bytes_ = 0;  // read of the line
  char last_ = '\0';            // read of the head
  bool in_status_line_ = true;
  bool line_has_colon_ = false;
  bool write_failed_ = false;
};

}  // namespace guardian::net
