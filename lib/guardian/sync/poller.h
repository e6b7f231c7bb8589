// The sync loop of `serve`: one thread that turns the Syncer at the configured interval, at once where the gateway
// holds requests until there is news, sooner with backoff after a failure worth retrying (gateway.md). The gateway is
// asked to hold a request only after a sync that succeeded. It logs what a sync changed or refused, once, with what
// happens next.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/log.h"
#include "guardian/base/mutex.h"
#include "guardian/sync/syncer.h"

namespace guardian::sync {

// How long to wait after a sync: the interval with 10 % jitter; nothing after a request that the gateway held; after a
// failure worth retrying a full-jitter exponential backoff from 0.5 s to at most the interval, or what the gateway
// asked for. `fraction` is uniform in [0, 1); `failures` counts the retried failures in a row (at least 1 after one).
// Pure.
[[nodiscard]] std::chrono::milliseconds next_wait(const SyncReport& report, std::chrono::seconds interval,
                                                  unsigned failures, double fraction) noexcept;

class Poller {
 public:
  // Told of each sync, on the poller's thread, once it is logged.
  using Synced = std::function<void(const SyncReport&)>;

  // Starts at once with a sync. Everything borrowed must outlive it; the destructor stops.
  Poller(Syncer& syncer, const Options& options, const base::Logger& logger, Synced synced = nullptr);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // Syncs as soon as the sync under way is over, which a gateway that holds a request does not delay. `done` is told
  // what came of it on the poller's thread; Cancelled when the poller is stopped before. Any thread.
  void sync_now(Synced done);
  // Gives up what is under way and returns when the loop has ended. Idempotent; not for the poller's own thread.
  void stop();

 private:
  void run();
  [[nodiscard]] SyncReport turn(const Turn& how, const std::vector<Synced>& waiting);
  void log_report(const SyncReport& report);
  void log_problems();

  Syncer& syncer_;
  std::chrono::seconds interval_;
  std::chrono::seconds long_poll_;
  const base::Logger& logger_;
  Synced synced_;
  std::uint64_t told_first_uses_ = 0;  // the loop's own
  std::string told_trust_problem_;     // the loop's own
  std::string told_persist_problem_;   // the loop's own

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Synced> waiting_;  // for the next sync
  std::stop_source attempt_;     // of the sync under way
  bool holding_ = false;         // it may be held by the gateway
  bool stopping_ = false;

  std::jthread thread_;  // last: it uses all the others
};

}  // namespace guardian::sync
