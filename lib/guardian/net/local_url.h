// Where a server that listens can be asked from its own machine.
#pragma once

#include <cstdint>
#include <string>

namespace guardian::net {

// `http://host:port`; for a host that stands for every address, the loopback one. `host` is a name or an address, an
// IPv6 one without brackets. Pure.
[[nodiscard]] std::string local_url(const std::string& host, std::uint16_t port);

}  // namespace guardian::net
