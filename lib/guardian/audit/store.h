// The audit trail of a running sidecar (audit.md): any thread appends; whoever comes while a write is under way is
// written with the next one, in one call, and an event is where AUDIT_DURABILITY wants it before its decision is
// answered. What cannot be written is counted and told by an `audit.gap` event as soon as one can be. One process at a
// time writes: it holds the lock of CACHE_DIR.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "guardian/audit/backlog.h"
#include "guardian/audit/draft.h"
#include "guardian/audit/sink.h"
#include "guardian/audit/store_options.h"
#include "guardian/audit/trail.h"
#include "guardian/base/clock.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"

namespace guardian::audit {

struct StoreState {
  std::uint64_t appended = 0;  // since the start
  std::uint64_t pending = 0;   // written and not at the gateway; 0 where nothing is forwarded
  std::uint64_t dropped = 0;   // since the start: pushed out unsent, never written, or refused by the gateway
  std::uint64_t bytes = 0;     // of all segments
  std::string problem;         // empty, or what an operator should know
};

class Store final : public Backlog, public Sink {
 public:
  // Finds the end of the chain, cuts a torn tail, writes `started` and reads it back. Errors: Io; where only writing
  // fails and AUDIT_FULL=drop-oldest lets it, there is a store that tries on. `clock` and `logger` must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<Store>> open(StoreOptions options, const base::Clock& clock,
                                                                 const base::Logger& logger, Draft started);
  // Writes what is queued.
  ~Store() override;

  // Under Async `done` is called at once.
  void append(std::vector<Draft> events, Done done) override;
  // Writes what was appended and left for this (StoreOptions::awaits_flush). Any thread.
  void flush();
  [[nodiscard]] bool denies_unrecorded() const noexcept override { return options_.when_full == WhenFull::Deny; }
  // The same for one event, waiting for it.
  bool append_now(Draft event);
  // Puts on record that the cache was cleared, once for each time.
  void tell_cleared();

  [[nodiscard]] StoreState state() const;
  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }

  [[nodiscard]] const std::string& directory() const override { return options_.directory; }
  [[nodiscard]] std::uint64_t generation() const override { return generation_.load(); }
  [[nodiscard]] std::uint64_t last_seq() const override { return last_seq_.load(); }
  [[nodiscard]] std::uint64_t forwarded() const override { return forwarded_.load(); }
  base::Status acknowledge(std::uint64_t seq, std::uint64_t generation) override;
  void count_refused(std::uint64_t events) override { refused_ += events; }
  [[nodiscard]] bool wait_for_urgent(std::stop_token stop, std::chrono::milliseconds timeout) override;

 private:
  // What is to be done on the trail, in the order of asking: events to write, or a task.
  struct Job {
    std::vector<Draft> events;
    Done done;
    std::function<void(Trail&)> task;
  };

  Store(StoreOptions options, std::unique_ptr<Trail> trail, const base::Logger& logger);
  void append_async(std::vector<Draft> events, std::size_t bytes, const Done& done);
  // Does the job, or leaves it to the thread that is at the trail.
  void submit(Job job);
  void run_task(std::function<void(Trail&)> task);
  // At the trail: does what is queued until nothing is.
  void lead();
  void do_jobs(std::vector<Job>& jobs);
  void write_together(std::span<Job> jobs);
  void write_group(std::span<Job> jobs);
  void publish_state();
  // Keeps the problem for health, and logs when it begins and ends.
  void tell(std::string problem);
  void keep(const std::stop_token& stop);

  const StoreOptions options_;
  const base::Logger& logger_;
  std::unique_ptr<Trail> trail_;      // only of the thread that leads
  std::vector<const Draft*> drafts_;  // the same

  std::mutex mutex_;
  std::vector<Job> queue_;
  std::size_t queued_bytes_ = 0;
  bool leading_ = false;

  std::atomic<std::uint64_t> appended_{0};
  std::atomic<std::uint64_t> generation_{0};  // published behind the seqs of its chain
  std::atomic<std::uint64_t> last_seq_{0};
  std::atomic<std::uint64_t> first_seq_{1};
  std::atomic<std::uint64_t> forwarded_{0};
  std::atomic<std::uint64_t> urgent_seq_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> not_queued_{0};  // under Async, with nothing to wait in; not counted yet
  std::atomic<bool> writable_{true};

  mutable std::mutex state_mutex_;
  std::string problem_;
  std::string damage_;  // found at the start
  std::condition_variable_any urgent_;
  std::condition_variable_any stop_;
  std::jthread keeper_;  // last: it uses all the others
};

}  // namespace guardian::audit
