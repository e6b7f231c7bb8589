#include "guardian/tools/interrupt.h"

#include <ctime>

namespace guardian::tools {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::chrono::milliseconds kBetweenLooks{5};

timespec to_timespec(std::chrono::nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return {static_cast<std::time_t>(seconds.count()), static_cast<long>((duration - seconds).count())};
}

}  // namespace

Interrupt::Interrupt(const base::Clock& clock) : clock_(clock) {
  sigemptyset(&waited_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&waited_, signal);
  pthread_sigmask(SIG_BLOCK, &waited_, &before_);
}

Interrupt::~Interrupt() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool Interrupt::pause(std::chrono::microseconds duration) {
  const auto end = clock_.monotonic() + duration;
  while (signal_ == 0) {
    const auto left = end - clock_.monotonic();
    if (left <= std::chrono::nanoseconds(0)) return true;
    const timespec limit = to_timespec(left);
    // Another signal's handler may end the call early: then what is left is waited for.
    if (const int came = sigtimedwait(&waited_, nullptr, &limit); came > 0) signal_ = came;
  }
  return false;
}

base::Status Interrupt::wait_until(const std::string& what, std::chrono::milliseconds limit,
                                   const std::function<base::Result<bool>()>& condition) {
  const auto end = clock_.monotonic() + limit;
  for (;;) {
    GUARDIAN_ASSIGN(const bool done, condition());
    if (done) return {};
    if (clock_.monotonic() > end) {
      return Error(ErrorCode::Io, "waited " + std::to_string(limit.count() / 1000) + " s in vain for " + what);
    }
    if (!pause(kBetweenLooks)) return Error(ErrorCode::Busy, "interrupted while waiting for " + what);
  }
}

}  // namespace guardian::tools
