// Ends an exchange that takes too long or feeds us bytes that never become a body, from outside: cpp-httplib's own
// timeouts begin anew with every byte, and its header and chunk lines have no limit. The watchdog shuts the socket
// down, whatever the caller waits for there, and remembers why.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>

#include "guardian/base/clock.h"
#include "guardian/base/unique_fd.h"

namespace guardian::net {

// One thread runs the exchange and calls; a thread of the watchdog's own waits. Destroying it ends the watch.
class Watchdog {
 public:
  // At most `total` for everything, at most `head` until a body begins, at most `silence` between signs of progress
  // once the body has begun, and no longer than `stop` is not asked for.
  Watchdog(std::chrono::milliseconds total, std::chrono::milliseconds head, std::chrono::milliseconds silence,
           std::stop_token stop);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // The socket from now on; it may be closed by its owner at any time.
  void watch(int fd);
  // The head is complete, and so many bytes of the body are.
  void body_progressed(std::size_t bytes);
  // Nothing is waited for any more.
  void release();
  // Why the socket was shut down; empty when it was not. Static storage.
  [[nodiscard]] std::string_view complaint() const;
  // What is left of `total`, at least one millisecond.
  [[nodiscard]] std::chrono::milliseconds left() const;

 private:
  void run();
  [[nodiscard]] std::string_view judge_locked() const;
  [[nodiscard]] std::chrono::nanoseconds wait_locked() const;

  const base::SystemClock clock_;
  const std::chrono::nanoseconds deadline_;
  const std::chrono::nanoseconds head_deadline_;
  const std::chrono::nanoseconds silence_;
  const std::stop_token stop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  base::UniqueFd socket_;  // a duplicate: shutting it down can never hit a descriptor used again
  std::optional<std::chrono::nanoseconds> last_progress_;
  std::size_t body_bytes_ = 0;
  std::string_view complaint_;
  bool over_ = false;
  std::jthread thread_;
};

}  // namespace guardian::net
