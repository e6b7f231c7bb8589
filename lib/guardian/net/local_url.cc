#include "guardian/net/local_url.h"

namespace guardian::net {

std::string local_url(const std::string& host, std::uint16_t port) {
  const bool any = host == "0.0.0.0" || host == "::";
  const bool ipv6 = !any && host.find(':') != std::string::npos;
  return "http://" + (any ? "127.0.0.1" : ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace guardian::net
