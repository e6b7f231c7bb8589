// The front: one thread that owns every connection, reads requests as their bytes come and hands whole ones to the
// pool. A slow or idle client costs memory, never a thread. Whoever has the answer sends it, a worker or a thread that
// a worker left its request to; what the socket does not take at once the front sends on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/result.h"
#include "guardian/base/unique_fd.h"
#include "guardian/net/connection.h"
#include "guardian/net/listener.h"
#include "guardian/net/router.h"
#include "guardian/net/server.h"
#include "guardian/net/worker_pool.h"

namespace guardian::net {

class Front {
 public:
  // Everything given must outlive the front. Io when the system gives no descriptors.
  [[nodiscard]] static base::Result<std::unique_ptr<Front>> make(const ServerOptions& options, Listener listener,
                                                                 const Router& router, WorkerPool& pool);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  // The loop; returns when stop() was called and nothing is in flight or the grace is over. The pool must be stopped
  // before the front is destroyed.
  void run();
  // Any thread.
  void stop(std::chrono::milliseconds grace);
  // Returns when no reply is owed any more; the pool must be stopped.
  void wait_for_replies();

 private:
  using Nanoseconds = std::chrono::nanoseconds;
  Front(const ServerOptions& options, Listener listener, const Router& router, WorkerPool& pool);

  [[nodiscard]] int wait_milliseconds() const;
  void accept_waiting();
  void admit(Accepted accepted);
  void refuse_over_limit(Connection& connection);
  void on_ready(Connection& connection);
  void read_more(Connection& connection);
  void go_on(Connection& connection, Framer::Progress progress);
  void dispatch(Connection& connection);
  void serve(Connection& connection);
  void complete(Connection& connection, Response response);
  void answer_early(Connection& connection, const Response& response);
  void after_sending(Connection& connection);
  void after_answer(Connection& connection);
  void finish(Connection& connection);
  void discard_more(Connection& connection);
  void take_back_served();
  void expire();
  void begin_stop();
  void wake();
  void arm(Connection& connection, std::uint32_t events);
  void watch_listener(bool on);
  void set_deadline(Connection& connection, Nanoseconds after);
  void clear_deadline(Connection& connection);
  void close(Connection& connection);

  const ServerOptions& options_;
  const Router& router_;
  WorkerPool& pool_;
  base::SystemClock clock_;
  Listener listener_;
  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  bool listener_paused_ = false;
  Nanoseconds listener_resumes_{};
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::size_t over_limit_ = 0;  // of connections_
  std::set<std::pair<Nanoseconds, Connection*>> deadlines_;
  std::vector<char> received_;
  bool stop_begun_ = false;
  Nanoseconds stop_deadline_{};

  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  // of what follows
  std::vector<Connection*> served_;
  std::size_t replies_owed_ = 0;
  std::condition_variable replied_;
  std::chrono::milliseconds grace_{};
};

}  // namespace guardian::net
