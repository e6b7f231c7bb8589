#include "raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>

#include "guardian/base/check.h"

namespace guardian::net {

namespace {
constexpr int kPatienceMilliseconds = 20'000;
}

RawClient::RawClient(std::uint16_t port, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  GUARDIAN_ASSERT(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void RawClient::finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }

bool RawClient::anything_within(int milliseconds) const {
  pollfd waiting = {fd_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

bool RawClient::receive_more() {
  if (!anything_within(kPatienceMilliseconds)) return false;
  std::array<char, 65'536> bytes = {};
  const ssize_t count = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

RawAnswer RawClient::read_answer(bool head_only) {
  std::size_t head_end = std::string::npos;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return {};
  }
  RawAnswer answer;
  answer.head = received_.substr(0, head_end + 4);
  answer.status = std::atoi(answer.head.c_str() + 9);
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = answer.head.find(kLength);
  const bool has_body = !head_only && at != std::string::npos;
  const std::size_t length = has_body ? std::strtoul(answer.head.c_str() + at + kLength.size(), nullptr, 10) : 0;
  while (received_.size() < head_end + 4 + length) {
    if (!receive_more()) return {};
  }
  answer.body = received_.substr(head_end + 4, length);
  received_.erase(0, head_end + 4 + length);
  return answer;
}

bool RawClient::is_closed() {
  if (!received_.empty() || !anything_within(kPatienceMilliseconds)) return false;
  return !receive_more();
}

RawAnswer ask(std::uint16_t port, std::string_view bytes) {
  RawClient client(port);
  client.send(bytes);
  return client.read_answer();
}

}  // namespace guardian::net
