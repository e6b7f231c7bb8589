// How a drill waits: not past the user's patience. While one exists, SIGINT, SIGTERM and SIGHUP end nothing by
// themselves; the next wait returns at once instead, so that everything on the way is taken down in order.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <string>

#include "guardian/base/clock.h"
#include "guardian/base/result.h"

namespace guardian::tools {

class Interrupt {
 public:
  // Blocks the signals for this thread and those it starts from then on. One at a time, on the main thread.
  explicit Interrupt(const base::Clock& clock);
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  // Waits that long; false at once when a signal came, now or in an earlier wait.
  [[nodiscard]] bool pause(std::chrono::microseconds duration);
  // The signal that came; 0 when none did.
  [[nodiscard]] int signal() const noexcept { return signal_; }

  // Asks `condition` again and again until it is true or `limit` is over. `what` ends the sentence `waited in vain
  // for`. Busy when a signal came, Io when the time is over; an error of the condition ends the waiting too.
  [[nodiscard]] base::Status wait_until(const std::string& what, std::chrono::milliseconds limit,
                                        const std::function<base::Result<bool>()>& condition);

 private:
  const base::Clock& clock_;
  sigset_t waited_ = {};
  sigset_t before_ = {};
  int signal_ = 0;
};

}  // namespace guardian::tools
