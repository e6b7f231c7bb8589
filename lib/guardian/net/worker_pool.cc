#include "guardian/net/worker_pool.h"

#include <system_error>
#include <utility>

namespace guardian::net {

WorkerPool::WorkerPool(std::size_t threads, std::function<void()> rested)
    : rested_(rested ? std::move(rested) : [] {}) {
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
  bool owes_rest = false;
  while (true) {
    std::function<void()> job;
    bool wakes = false;
    bool is_last = false;
    {
      std::unique_lock lock(mutex_);
      if (jobs_.empty() && std::exchange(owes_rest, false)) {
        lock.unlock();
        rested_();
        lock.lock();
      }
      while (!stopping_ && jobs_.empty()) {
        ++idle_;
        changed_.wait(lock);
        --idle_;
        waking_ = false;
      }
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      is_last = jobs_.empty();
      wakes = takes_waking();
    }
    if (wakes) changed_.notify_one();
    // The last one may take long, and nobody else may be awake.
    if (is_last && owes_rest) rested_();
    job();
    owes_rest = true;
  }
}

}  // namespace guardian::net
