// An open-loop HTTP load: requests fall due at a fixed rate whether the ones before are answered or not, and each is
// timed from the moment it was due, so that an answer that is late also counts against those that waited behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/unique_fd.h"

namespace guardian::bench {

class Load {
 public:
  using Clock = std::chrono::steady_clock;

  // `make_body` gives the body of the n-th `POST /enforce`. Connects to 127.0.0.1; exits the process where it cannot.
  Load(std::uint16_t port, std::size_t connections, unsigned per_second,
       std::function<std::string(std::size_t)> make_body);

  // Sends what falls due until `over` says so, then takes the answers that are left. Milliseconds of each request.
  [[nodiscard]] std::vector<double> run(const std::function<bool()>& over);
  // `bundleVersion` of the last answer.
  [[nodiscard]] const std::string& version() const noexcept { return version_; }

 private:
  struct Connection {
    base::UniqueFd fd;
    bool busy = false;
    Clock::time_point due;
    std::string received;
  };

  void send_due();
  void send(Connection& connection, Clock::time_point due);
  void receive(Connection& connection, std::vector<double>& milliseconds);
  void wait(Clock::time_point until);

  std::vector<Connection> connections_;
  std::chrono::nanoseconds interval_;
  std::function<std::string(std::size_t)> make_body_;
  std::size_t sent_ = 0;
  std::deque<Clock::time_point> waiting_;  // due, with no connection free
  Clock::time_point next_due_;
  std::string version_;
};

// The value that `share` (0 to 1) of them do not exceed; sorts.
[[nodiscard]] double percentile(std::vector<double>& values, double share);

}  // namespace guardian::bench
