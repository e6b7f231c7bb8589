// A listening TCP socket, made by cpp-httplib and set right afterwards: a real backlog, no sharing of the port with
// another process, no waiting in accept.
#pragma once

#include <cstdint>
#include <string>

#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"

namespace guardian::net {

struct Listener {
  base::UniqueFd fd;  // non-blocking
  std::uint16_t port = 0;
};

// Port 0: the system chooses. Io naming host and port when it cannot be bound.
[[nodiscard]] base::Result<Listener> listen_on(const std::string& host, std::uint16_t port);

struct Accepted {
  base::UniqueFd fd;           // non-blocking, TCP_NODELAY; not valid when nobody is waiting
  std::string remote_address;  // without the port
  bool out_of_descriptors = false;
};
[[nodiscard]] Accepted accept_from(int listener);

}  // namespace guardian::net
