// A real redis-server of a test's own, on a loopback port, that keeps nothing on disk. A test that asks for one fails
// where the program is not installed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace guardian::limits {

class RedisServer {
 public:
  // `arguments` come after those that every test wants.
  explicit RedisServer(std::vector<std::string> arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::string url(const std::string& user = "", const std::string& database = "") const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  void kill();
  // On the same port, empty.
  void start();
  // Lets it hang as a machine that swaps does, and go on.
  void stop_answering() const;
  void go_on_answering() const;

  // One command on a connection of its own; the answer as it comes over the wire.
  [[nodiscard]] std::string command(const std::vector<std::string>& words);

 private:
  [[nodiscard]] bool answers();

  test::TempDir dir_;
  std::vector<std::string> arguments_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
  int connection_ = -1;
};

}  // namespace guardian::limits
