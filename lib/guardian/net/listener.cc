#include "guardian/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <system_error>

namespace guardian::net {

namespace {

constexpr int kBacklog = 4'096;

class Binder : private httplib::Server {
 public:
  // The bound socket and its port.
  Listener bind(const std::string& host, std::uint16_t port) {
    // Its default is SO_REUSEPORT, by which a second server would silently take half of the connections.
    set_socket_options([](socket_t sock) {
      const int yes = 1;
      ::setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    Listener listener;
    int bound = port;
    if (port == 0) {
      bound = bind_to_any_port(host);
    } else if (!bind_to_port(host, port)) {
      bound = -1;
    }
    if (bound <= 0) return listener;
    listener.fd = base::UniqueFd(svr_sock_.exchange(INVALID_SOCKET));
    listener.port = static_cast<std::uint16_t>(bound);
    return listener;
  }
};

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  const void* bytes = nullptr;
  sockaddr_in v4 = {};
  sockaddr_in6 v6 = {};
  if (address.ss_family == AF_INET) {
    std::memcpy(&v4, &address, sizeof v4);
    bytes = &v4.sin_addr;
  } else if (address.ss_family == AF_INET6) {
    std::memcpy(&v6, &address, sizeof v6);
    bytes = &v6.sin6_addr;
  }
  if (bytes == nullptr || ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr) return {};
  const std::string_view shown(text.data());
  constexpr std::string_view kMapped = "::ffff:";
  const bool mapped = shown.starts_with(kMapped) && shown.find('.') != std::string_view::npos;
  return std::string(mapped ? shown.substr(kMapped.size()) : shown);
}

}  // namespace

base::Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  std::string reason = "the host has no such address, or the port is taken";
  try {
    errno = 0;
    Listener listener = Binder().bind(host, port);
    if (listener.fd.valid() && ::listen(listener.fd.get(), kBacklog) == 0 &&
        ::fcntl(listener.fd.get(), F_SETFL, O_NONBLOCK) == 0 && ::fcntl(listener.fd.get(), F_SETFD, FD_CLOEXEC) == 0) {
      return listener;
    }
    if (errno != 0) reason = std::generic_category().message(errno);
  } catch (const std::exception&) {
    reason = "out of memory";
  }
  const bool v6 = host.find(':') != std::string::npos;
  return base::Error(base::ErrorCode::Io,
                     "listening on `" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "`: " + reason);
}

Accepted accept_from(int listener) {
  Accepted accepted;
  sockaddr_storage address = {};
  while (true) {
    socklen_t length = sizeof address;
    // NOLINTNEXTLINE: the sockets interface takes every address as a sockaddr.
    const int fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) {
      accepted.out_of_descriptors = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      return accepted;
    }
    accepted.fd = base::UniqueFd(fd);
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    accepted.remote_address = text_of(address);
    return accepted;
  }
}

}  // namespace guardian::net
