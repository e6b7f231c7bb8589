// The sync loop of `serve`: one thread that turns the Syncer at the configured interval, sooner with backoff after a
// failure worth retrying (gateway.md). It logs what a sync changed or refused, once, with what happens next.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <thread>

#include "guardian/base/log.h"
#include "guardian/base/mutex.h"
#include "guardian/sync/syncer.h"

namespace guardian::sync {

// How long to wait after a sync: the interval with 10 % jitter; after a failure worth retrying a full-jitter
// exponential backoff from 0.5 s to at most the interval, or what the gateway asked for. `fraction` is uniform in [0,
// 1); `failures` counts the retried failures in a row (at least 1 after one). Pure.
[[nodiscard]] std::chrono::milliseconds next_wait(const SyncReport& report, std::chrono::seconds interval,
                                                  unsigned failures, double fraction) noexcept;

class Poller {
 public:
  // Told of each snapshot that a sync activated, on the poller's thread.
  using Activated = std::function<void(const decision::Snapshot&)>;

  // Starts at once with a sync. Everything borrowed must outlive it; the destructor stops and joins.
  Poller(Syncer& syncer, std::chrono::seconds interval, const base::Logger& logger, Activated activated = nullptr);
  ~Poller() = default;
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

 private:
  void run(const std::stop_token& stop);
  void log_report(const SyncReport& report) const;

  Syncer& syncer_;
  std::chrono::seconds interval_;
  const base::Logger& logger_;
  Activated activated_;
  std::mutex wait_mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace guardian::sync
