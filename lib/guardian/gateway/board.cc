#include "guardian/gateway/board.h"

#include <utility>

namespace guardian::gateway {

Board::Board(std::shared_ptr<const Published> first, std::size_t max_held, const base::Clock& clock)
    : max_held_(max_held), clock_(clock), current_(std::move(first)) {
  timer_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Board::~Board() { close(); }

std::shared_ptr<const Published> Board::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::optional<Held> Board::hold(const std::shared_ptr<const Published>& seen, Held held, std::chrono::seconds wait) {
  const std::lock_guard lock(mutex_);
  if (closed_ || seen != current_ || waiting_.size() >= max_held_) return held;
  waiting_.emplace(clock_.monotonic() + wait, std::move(held));
  ++arrivals_;
  changed_.notify_all();
  return std::nullopt;
}

void Board::publish(std::shared_ptr<const Published> next) {
  Waiting woken;
  {
    const std::lock_guard lock(mutex_);
    current_ = next;
    woken.swap(waiting_);
  }
  for (auto& entry : woken) {
    // The job must hold its reply, and jobs are copied.
    const auto held = std::make_shared<Held>(std::move(entry.second));
    held->reply.resume([held, next] { std::move(*held).answer(*next); });
  }
}

void Board::close() {
  Waiting left;
  std::shared_ptr<const Published> shown;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    shown = current_;
    left.swap(waiting_);
  }
  for (auto& entry : left) std::move(entry.second).answer(*shown);
}

std::size_t Board::held() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

// The lock is held.
Board::Waiting Board::take_due() {
  Waiting due;
  const auto now = clock_.monotonic();
  while (!waiting_.empty() && waiting_.begin()->first <= now) due.insert(waiting_.extract(waiting_.begin()));
  return due;
}

void Board::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Waiting due = take_due();
    if (!due.empty()) {
      const auto shown = current_;
      lock.unlock();
      for (auto& entry : due) std::move(entry.second).answer(*shown);
      due.clear();
      lock.lock();
      continue;
    }
    const auto known = arrivals_;
    const auto news = [&] { return arrivals_ != known; };
    if (waiting_.empty()) {
      changed_.wait(lock, stop, news);
    } else {
      changed_.wait_for(lock, stop, waiting_.begin()->first - clock_.monotonic(), news);
    }
  }
}

}  // namespace guardian::gateway
