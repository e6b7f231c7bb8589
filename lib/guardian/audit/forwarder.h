// Forwards events to the gateway (audit.md, Forwarding): in order, oldest first, at least once. What is not
// acknowledged yet is read from the store's segments for each attempt, so that memory is one batch however long the
// backlog.
//
//   idle --events, at most 1 s late, an alert at once--> post --stored--> acknowledge, and on while there is more
//   post --400, 413--> its events one by one --refused again--> counted as dropped
//   post --404, 405, 501--> an hour's pause      post --401, 403, others--> the sync interval
//   post --408, 425, 429, 5xx, no or no proper answer--> backoff, or what Retry-After asks for
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "guardian/audit/backlog.h"
#include "guardian/audit/batch.h"
#include "guardian/audit/delivery.h"
#include "guardian/base/mutex.h"
#include "guardian/net/client.h"

namespace guardian::audit {

// What an operator should hear of. A gateway that is only away or busy is not told: events wait for it.
struct ForwardingNotice {
  enum class What {
    Held,      // the gateway will hardly take events before somebody does something
    GoingOn,   // it takes them again
    Rejected,  // it refused events for good
  };
  What what = What::Held;
  std::string reason;          // Held, Rejected: what it answered
  bool paused = false;         // Held: it takes no events, and is asked hourly, not at the interval
  std::uint64_t rejected = 0;  // Rejected: how many, of one batch
};

struct ForwarderOptions {
  std::string sidecar_id;
  // The request to the audit endpoint, credentials and all, for a body that is JSON in gzip. Called on the forwarder's
  // thread; the forwarder sets nothing but `stop`.
  std::function<net::Call(std::string gzip_body)> call;
  std::chrono::seconds interval{60};  // the sync interval: the longest backoff, and the wait after a refused token
  // Called on the forwarder's thread, once for each Held and GoingOn, once a batch for Rejected. May be empty.
  std::function<void(const ForwardingNotice&)> notice;
};

// For health and metrics.
struct ForwardingState {
  std::string problem;         // why events wait; empty when they do not
  bool held = false;           // more than a gateway that is away or busy: it will hardly get better by itself
  bool paused = false;         // held since the gateway takes no events
  std::uint64_t rejected = 0;  // events that the gateway refused for good, since the start
  std::string rejection;       // what it said of the last of them; empty: none yet
  std::uint64_t damaged = 0;   // lines of the store that were no events and were passed over, since the start
};

// The steps of forwarding, without a thread. One thread turns it; state may be asked for by any.
class Forwarding {
 public:
  // What to do before the next turn.
  struct Next {
    enum class Then {
      AtOnce,  // there is more
      Idle,    // all was sent; an urgent event ends the wait
      Wait,    // it may go better then
      Pause    // there is no hurry: it will hardly go better before
    };
    Then then = Then::Idle;
    std::chrono::milliseconds wait{0};
  };

  // Backlog and client must outlive it.
  Forwarding(Backlog& backlog, net::HttpClient& client, ForwarderOptions options);

  // Sends at most one batch. `stop` ends the exchange.
  [[nodiscard]] Next turn(const std::stop_token& stop);
  [[nodiscard]] ForwardingState state() const;

 private:
  void follow_chain(std::uint64_t generation);
  [[nodiscard]] base::Result<Batch> next_batch(std::uint64_t forwarded, std::uint64_t last);
  [[nodiscard]] base::Result<net::Answer> post(std::string body, const std::stop_token& stop);
  [[nodiscard]] Next act_on(const Delivery& delivery, const Batch& batch);
  [[nodiscard]] Next settle(const Batch& batch, std::uint64_t rejected, const std::string& rejection);
  [[nodiscard]] Next fail_for_now(std::string problem, std::optional<std::chrono::seconds> retry_after = {});
  [[nodiscard]] Next hold(const std::string& problem, bool paused);
  void count_rejected(const Batch& batch, std::uint64_t rejected, const std::string& rejection);
  void notify(const ForwardingNotice& notice) const;

  Backlog& backlog_;
  net::HttpClient& client_;
  const ForwarderOptions options_;
  BatchReader reader_;
  unsigned failures_ = 0;
  std::string told_;                                                   // the Held that no GoingOn has followed yet
  ForwardingNotice rejections_{ForwardingNotice::What::Rejected, {}};  // of a batch whose events go one by one
  std::uint64_t generation_ = 0;                                       // of the chain that the seqs here are of
  std::uint64_t alone_through_ = 0;  // events up to this seq go one by one: their batch was refused

  mutable base::Mutex mutex_;
  ForwardingState state_ GUARDIAN_GUARDED_BY(mutex_);
};

// The thread that turns it.
class Forwarder {
 public:
  // Starts at once. Backlog and client must outlive it; the destructor stops without grace.
  Forwarder(Backlog& backlog, net::HttpClient& client, ForwarderOptions options);
  ~Forwarder() { stop(std::chrono::milliseconds(0)); }
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  // Sends what is pending for at most `grace`, then gives up what is under way; returns when the thread has ended. What
  // was not sent stays in the store. A gateway that takes no events or refuses the token is not waited for. Idempotent;
  // one thread, and not its own.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] ForwardingState state() const { return forwarding_.state(); }

 private:
  void run(const std::stop_token& stop);
  void wait_before(const Forwarding::Next& next, const std::stop_token& stop);

  Backlog& backlog_;
  Forwarding forwarding_;
  std::stop_source flush_;  // asked for once stop() was called: no idling, no pausing
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool ended_ = false;   // guarded by mutex_
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace guardian::audit
