// Signals as something to wait for instead of something that interrupts.
#pragma once

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <optional>

namespace guardian::cmd {

// Blocks the signals for this thread and those it starts from then on; make it before any thread.
class WaitedSignals {
 public:
  explicit WaitedSignals(std::initializer_list<int> signals);

  // The next signal.
  [[nodiscard]] int wait() const;
  // The next signal, or nullopt after `timeout`.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds timeout) const;

 private:
  sigset_t set_{};
};

}  // namespace guardian::cmd
