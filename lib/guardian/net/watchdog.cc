#include "guardian/net/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>

namespace guardian::net {

using std::chrono::nanoseconds;

namespace {

constexpr std::chrono::milliseconds kLookEvery{50};

}  // namespace

Watchdog::Watchdog(const Call& call)
    : body_timeout_(call.body_timeout),
      progress_timeout_(call.progress_timeout),
      head_deadline_(clock_.monotonic() + call.head_timeout),
      // A body with a time of its own: until it begins, only the head's counts.
      deadline_(call.body_timeout > nanoseconds::zero() ? head_deadline_ : clock_.monotonic() + call.timeout),
      stop_(call.stop),
      thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::watch(int fd) {
  {
    const std::lock_guard lock(mutex_);
    socket_ = base::UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    body_.reset();
  }
  changed_.notify_one();
}

void Watchdog::body_progressed(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const nanoseconds now = clock_.monotonic();
  if (!body_) {
    body_ = Body{body_timeout_ > nanoseconds::zero() ? now + body_timeout_ : deadline_, now, 0};
  }
  if (bytes - body_->mark < kMinProgressBytes) return;
  body_->waiting_since = now;
  body_->mark = bytes;
}

void Watchdog::release() {
  const std::lock_guard lock(mutex_);
  socket_ = base::UniqueFd();
  body_.reset();
}

std::string_view Watchdog::complaint() const {
  const std::lock_guard lock(mutex_);
  return complaint_;
}

std::chrono::milliseconds Watchdog::left() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ + body_timeout_ - clock_.monotonic());
  return std::max(left, std::chrono::milliseconds(1));
}

std::string_view Watchdog::judge_locked() const {
  const nanoseconds now = clock_.monotonic();
  if (stop_.stop_requested()) return "given up";
  if (!body_) return now >= std::min(head_deadline_, deadline_) ? "no answer in time" : std::string_view();
  if (now >= body_->deadline) return "no complete answer in time";
  if (now >= body_->waiting_since + progress_timeout_) return "the answer stopped coming, or only trickles";
  return {};
}

nanoseconds Watchdog::wait_locked() const {
  const nanoseconds left = std::max(deadline_ - clock_.monotonic(), nanoseconds(kLookEvery));
  return socket_.valid() || stop_.stop_possible() ? nanoseconds(kLookEvery) : left;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (complaint_.empty()) complaint_ = judge_locked();
    // Again and again: a socket that is not connected yet cannot be shut down, and another one may follow.
    if (socket_.valid() && !complaint_.empty()) ::shutdown(socket_.get(), SHUT_RDWR);
    changed_.wait_for(lock, wait_locked());
  }
}

}  // namespace guardian::net
