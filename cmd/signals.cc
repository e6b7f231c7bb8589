#include "signals.h"

#include <cerrno>

namespace guardian::cmd {

WaitedSignals::WaitedSignals(std::initializer_list<int> signals) {
  sigemptyset(&set_);
  for (const int signal : signals) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int WaitedSignals::wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) != 0) {
  }
  return signal;
}

std::optional<int> WaitedSignals::wait_for(std::chrono::milliseconds timeout) const {
  const auto whole = std::chrono::floor<std::chrono::seconds>(timeout);
  const timespec limit{whole.count(), std::chrono::nanoseconds(timeout - whole).count()};
  const int signal = sigtimedwait(&set_, nullptr, &limit);
  if (signal < 0) return std::nullopt;
  return signal;
}

}  // namespace guardian::cmd
