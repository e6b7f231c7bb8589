// A server that answers with exactly the bytes it is told, for tests of the client.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/unique_fd.h"

namespace guardian::net {

enum class Afterwards {
  Close,    // end the connection when the bytes are sent
  Reset,    // break it instead
  Hold,     // wait until the client goes away
  Trickle,  // go on with a byte every few milliseconds until the client goes away
  Flood     // send the bytes again and again until the client goes away
};

struct Script {
  std::string bytes;
  Afterwards afterwards = Afterwards::Close;
};

// One connection for each script, in that order.
class RawServer {
 public:
  explicit RawServer(std::vector<Script> scripts);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path) const;
  // What came until now, one text a connection: the head and what was read with it.
  [[nodiscard]] std::vector<std::string> requests();

 private:
  void run(const std::vector<Script>& scripts);

  base::UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

}  // namespace guardian::net
