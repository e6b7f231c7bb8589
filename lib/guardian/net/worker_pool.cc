#include "guardian/net/worker_pool.h"

#include <system_error>
#include <utility>

namespace guardian::net {

WorkerPool::WorkerPool(std::size_t threads) {
  threads_.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    stop();
    throw;
  }
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::submit(std::function<void()> job) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) jobs_.push_back(std::move(job));
    wakes = takes_waking();
  }
  if (wakes) changed_.notify_one();
}

// One thread at a time is being woken: it wakes the next when it finds more to do than its own job. Forty requests that
// come at once would else wake forty threads for two processors.
bool WorkerPool::takes_waking() {
  if (waking_ || idle_ == 0 || jobs_.empty()) return false;
  waking_ = true;
  return true;
}

void WorkerPool::stop() {
  std::deque<std::function<void()>> dropped;  // destroyed unlocked: a job may hold anything
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
  }
  changed_.notify_all();
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::run() {
  while (true) {
    std::function<void()> job;
    bool wakes = false;
    {
      std::unique_lock lock(mutex_);
      while (!stopping_ && jobs_.empty()) {
        ++idle_;
        changed_.wait(lock);
        --idle_;
        waking_ = false;
      }
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      wakes = takes_waking();
    }
    if (wakes) changed_.notify_one();
    job();
  }
}

}  // namespace guardian::net
