// A fixed number of threads that run jobs in the order they come. The queue is as long as its callers make it: the
// server puts at most two jobs a connection.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace guardian::net {

// Any thread may submit.
class WorkerPool {
 public:
  // `rested` is called by a thread that did a job before it waits, and before it begins the last one of the queue: what
  // jobs left to be done together is done then. Throws std::system_error when the system gives no more threads.
  explicit WorkerPool(std::size_t threads, std::function<void()> rested = {});
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Jobs must not throw. After stop a job is dropped.
  void submit(std::function<void()> job);
  // Drops what has not begun and waits for what has. Idempotent; not from a job.
  void stop();

 private:
  void run();
  // Under the lock: whether the caller has to wake a thread.
  [[nodiscard]] bool takes_waking();

  const std::function<void()> rested_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::size_t idle_ = 0;  // threads that wait for a job
  bool waking_ = false;   // one of them was woken and has not looked yet
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace guardian::net
