#include "raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "guardian/base/check.h"

namespace guardian::net {

namespace {

std::string read_head(int fd) {
  std::string received;
  std::array<char, 4'096> bytes = {};
  while (received.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count <= 0) break;
    received.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return received;
}

// False when the client is gone.
bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool client_gone_within(int fd, int milliseconds) {
  pollfd waiting = {fd, POLLIN | POLLRDHUP, 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

void play(int fd, const Script& script) {
  if (!send_all(fd, script.bytes)) return;
  constexpr int kPatienceMilliseconds = 20'000;
  switch (script.afterwards) {
    case Afterwards::Close:
      return;
    case Afterwards::Reset: {
      const linger at_once = {1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return;
    }
    case Afterwards::Flood:
      while (send_all(fd, script.bytes)) {
      }
      return;
    case Afterwards::Hold:
      client_gone_within(fd, kPatienceMilliseconds);
      return;
    case Afterwards::Trickle:
      for (int i = 0; i < kPatienceMilliseconds / 5 && send_all(fd, "x"); ++i) {
        if (client_gone_within(fd, 5)) return;
      }
      return;
  }
}

}  // namespace

RawServer::RawServer(std::vector<Script> scripts) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  GUARDIAN_ASSERT(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
  GUARDIAN_ASSERT(::listen(listener_.get(), 16) == 0);
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this, scripts = std::move(scripts)] { run(scripts); });
}

RawServer::~RawServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

std::string RawServer::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

std::vector<std::string> RawServer::requests() {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void RawServer::run(const std::vector<Script>& scripts) {
  for (const Script& script : scripts) {
    const base::UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.valid()) return;
    std::string request = read_head(connection.get());
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::move(request));
    }
    play(connection.get(), script);
  }
}

}  // namespace guardian::net
