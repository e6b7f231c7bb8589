#include "guardian/net/watchdog.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace guardian::net {

namespace {

constexpr std::chrono::milliseconds kLookEvery{50};
// What may be read from the socket: the head, TLS, and chunk lines about as large as what they frame.
constexpr std::uint64_t kMaxOverheadBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxWireBytesPerBodyByte = 8;

// Bytes that were taken out of the socket so far; 0 when it does not say. Received is asked first: what comes between
// the two questions may only make the answer smaller.
std::uint64_t bytes_read(int fd) {
  tcp_info info = {};
  socklen_t length = sizeof info;
  int waiting = 0;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || ::ioctl(fd, FIONREAD, &waiting) != 0) return 0;
  const auto unread = static_cast<std::uint64_t>(std::max(waiting, 0));
  return info.tcpi_bytes_received > unread ? info.tcpi_bytes_received - unread : 0;
}

}  // namespace

Watchdog::Watchdog(std::chrono::milliseconds total, std::chrono::milliseconds head, std::chrono::milliseconds silence,
                   std::stop_token stop)
    : deadline_(clock_.monotonic() + total),
      head_deadline_(clock_.monotonic() + head),
      silence_(silence),
      stop_(std::move(stop)),
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
    last_progress_.reset();
    body_bytes_ = 0;
    if (!complaint_.empty()) ::shutdown(socket_.get(), SHUT_RDWR);
  }
  changed_.notify_one();
}

void Watchdog::body_progressed(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  last_progress_ = clock_.monotonic();
  body_bytes_ = bytes;
}

void Watchdog::release() {
  const std::lock_guard lock(mutex_);
  socket_ = base::UniqueFd();
  last_progress_.reset();
}

std::string_view Watchdog::complaint() const {
  const std::lock_guard lock(mutex_);
  return complaint_;
}

std::chrono::milliseconds Watchdog::left() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - clock_.monotonic());
  return std::max(left, std::chrono::milliseconds(1));
}

std::string_view Watchdog::judge_locked() const {
  const std::chrono::nanoseconds now = clock_.monotonic();
  if (stop_.stop_requested()) return "given up";
  if (now >= deadline_) return "no complete answer in time";
  if (!last_progress_ && now >= head_deadline_) return "no answer in time";
  if (last_progress_ && now >= *last_progress_ + silence_) return "the answer stopped coming";
  const std::uint64_t allowed = kMaxOverheadBytes + kMaxWireBytesPerBodyByte * body_bytes_;
  if (socket_.valid() && bytes_read(socket_.get()) > allowed) return "headers or framing past any measure";
  return {};
}

std::chrono::nanoseconds Watchdog::wait_locked() const {
  const std::chrono::nanoseconds left = deadline_ - clock_.monotonic();
  return socket_.valid() || stop_.stop_possible() ? std::min<std::chrono::nanoseconds>(left, kLookEvery) : left;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!over_) {
    complaint_ = judge_locked();
    if (!complaint_.empty()) break;
    changed_.wait_for(lock, wait_locked());
  }
  if (socket_.valid() && !complaint_.empty()) ::shutdown(socket_.get(), SHUT_RDWR);
}

}  // namespace guardian::net
