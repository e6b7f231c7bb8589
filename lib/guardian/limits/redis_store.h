// Counts that a fleet shares through Redis (RATE_LIMIT_STORE, cli.md), with a LocalStore that knows what this process
// was allowed and judges alone while Redis is away, and keeps the limit of what this process allows by itself in any
// case. A request waits for Redis up to a patience of 40 ms; once Redis is late, away or wrong, everything is judged
// locally at once until a new connection stands.
#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "guardian/base/clock.h"
#include "guardian/base/mutex.h"
#include "guardian/base/unique_fd.h"
#include "guardian/limits/local_store.h"
#include "guardian/limits/redis_connection.h"
#include "guardian/limits/store.h"

namespace guardian::limits {

inline constexpr std::chrono::milliseconds kRedisPatience{40};
// More patience for each window that is being judged: what a batch of a thousand limited actions takes is work, and
// must not look like a server that is away.
inline constexpr std::chrono::microseconds kTimePerWindow{20};

// Any thread may call. One thread of its own speaks with Redis and tells the waiters; callers share with it a queue
// behind a lock that is held to put a request in.
class RedisStore final : public Store {
 public:
  // `clock` must outlive this. Connects in the background.
  RedisStore(RedisUrl url, std::unique_ptr<LocalStore> local, const base::Clock& clock,
             std::chrono::milliseconds patience = kRedisPatience);
  // Who still waits is told first.
  ~RedisStore() override;

  [[nodiscard]] bool charge(std::span<const Charge> charges, std::span<Verdict> verdicts, Waiter& waiter) override;
  // `rate limits are counted locally: redis at <host>:<port>: <why>` while they are.
  [[nodiscard]] std::string problem() const override;

 private:
  struct Request {
    std::span<const Charge> charges;
    std::span<Verdict> verdicts;
    Waiter* waiter = nullptr;
    std::size_t windows = 0;
    std::chrono::nanoseconds deadline{};
  };
  using Asked = std::list<Request>;

  void run();
  [[nodiscard]] bool stopping() const;
  void connect_when_due();
  void follow_connection();
  void connection_is_ready();
  void connection_is_lost(const std::string& reason);
  void ask_what_came();
  void answered(Asked::iterator request, const RedisAnswer& answer);
  [[nodiscard]] bool take_verdicts(const Request& request, const RedisAnswer& answer);
  void give_up_when_late();
  void wait();
  void is_over(const Request& request);
  void judge_locally(std::span<const Charge> charges, std::span<Verdict> verdicts);
  void wake() const noexcept;

  const std::unique_ptr<LocalStore> local_;
  const base::Clock& clock_;
  const std::chrono::nanoseconds patience_;
  const std::string place_;
  const base::UniqueFd woken_;

  mutable base::Mutex mutex_;
  bool ready_ GUARDIAN_GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDIAN_GUARDED_BY(mutex_) = false;
  std::vector<Request> queue_ GUARDIAN_GUARDED_BY(mutex_);
  std::size_t outstanding_ GUARDIAN_GUARDED_BY(mutex_) = 0;  // windows that Redis was asked about and has not judged
  std::string why_local_ GUARDIAN_GUARDED_BY(mutex_) = "connecting";

  // The thread's alone.
  RedisConnection connection_;
  RedisConnection::State followed_ = RedisConnection::State::Closed;
  Asked asked_;  // in the order of their deadlines
  std::chrono::nanoseconds open_deadline_{};
  std::chrono::nanoseconds next_try_{};
  std::chrono::nanoseconds backoff_;
  std::thread thread_;
};

}  // namespace guardian::limits
