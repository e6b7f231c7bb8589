// Ends an exchange that takes too long, from outside: cpp-httplib's own timeouts begin anew with every byte. The
// watchdog shuts the socket down, whatever the caller waits for there, and remembers why.
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
#include "guardian/net/client.h"

namespace guardian::net {

// A body has to bring that much within every Call::progress_timeout, or all that is left of it: a server that sends a
// byte now and then must not hold its caller.
inline constexpr std::size_t kMinProgressBytes = std::size_t{1} << 10;

// One thread runs the exchange and calls; a thread of the watchdog's own waits. Destroying it ends the watch.
class Watchdog {
 public:
  // The times of `call` run from now on, until its `stop` is asked for.
  explicit Watchdog(const Call& call);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // The socket from now on, for a request of which no answer has come; its owner may close it at any time.
  void watch(int fd);
  // The head is complete, and so many bytes of the body have come, before decoding.
  void body_progressed(std::size_t bytes);
  // Nothing is waited for any more.
  void release();
  // Why the socket was shut down; empty when it was not. Static storage.
  [[nodiscard]] std::string_view complaint() const;
  // The longest that any step may still take, at least one millisecond.
  [[nodiscard]] std::chrono::milliseconds left() const;

 private:
  void run();
  [[nodiscard]] std::string_view judge_locked() const;
  [[nodiscard]] std::chrono::nanoseconds wait_locked() const;

  struct Body {
    std::chrono::nanoseconds deadline{};
    std::chrono::nanoseconds waiting_since{};  // for kMinProgressBytes more than
    std::size_t mark = 0;
  };

  const base::SystemClock clock_;
  const std::chrono::nanoseconds body_timeout_;
  const std::chrono::nanoseconds progress_timeout_;
  const std::chrono::nanoseconds head_deadline_;
  const std::chrono::nanoseconds deadline_;
  const std::stop_token stop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  base::UniqueFd socket_;  // a duplicate: shutting it down can never hit a descriptor used again
  std::optional<Body> body_;
  std::string_view complaint_;
  bool over_ = false;
  std::jthread thread_;
};

}  // namespace guardian::net
