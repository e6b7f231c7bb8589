#include "guardian/limits/redis_store.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "guardian/base/check.h"
#include "guardian/base/random.h"
#include "guardian/base/text.h"
#include "guardian/limits/redis_script.h"

namespace guardian::limits {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kOpenPatience = 1s;
constexpr std::chrono::nanoseconds kFirstBackoff = 100ms;
constexpr std::chrono::nanoseconds kMaxBackoff = 2s;
constexpr std::chrono::nanoseconds kLongestWait = 10s;
constexpr std::size_t kMaxQueued = 10'000;
constexpr std::int64_t kMaxWaitMicros = kIntervals.back().length;

std::size_t windows_of(std::span<const Charge> charges) noexcept {
  std::size_t windows = 0;
  for (const Charge& charge : charges) {
    for (const Counter& counter : charge.used()) {
      const auto maxima = in_order(counter.maxima);
      windows += kIntervalCount - static_cast<std::size_t>(std::ranges::count(maxima, 0U));
    }
  }
  return windows;
}

// hiredis writes without MSG_NOSIGNAL, and signals are the main thread's.
void block_signals() noexcept {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

timespec to_timespec(std::chrono::nanoseconds duration) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  timespec time{};
  time.tv_sec = seconds.count();
  time.tv_nsec = (duration - seconds).count();
  return time;
}

}  // namespace

RedisStore::RedisStore(RedisUrl url, std::unique_ptr<LocalStore> local, const base::Clock& clock,
                       std::chrono::milliseconds patience)
    : local_(std::move(local)),
      clock_(clock),
      patience_(patience),
      place_(url.place()),
      woken_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      connection_(std::move(url)),
      next_try_(clock.monotonic()),
      backoff_(kFirstBackoff),
      thread_([this] { run(); }) {
  GUARDIAN_ASSERT(woken_.valid());
}

RedisStore::~RedisStore() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
}

bool RedisStore::charge(std::span<const Charge> charges, std::span<Verdict> verdicts, Waiter& waiter) {
  bool queued = false;
  bool first = false;
  {
    const base::MutexLock lock(mutex_);
    if (ready_ && !stopping_ && queue_.size() < kMaxQueued) {
      first = queue_.empty();
      const std::size_t windows = windows_of(charges);
      outstanding_ += windows;
      queue_.push_back({charges, verdicts, &waiter, windows,
                        clock_.monotonic() + patience_ + kTimePerWindow * static_cast<std::int64_t>(outstanding_)});
      queued = true;
    }
  }
  // From here on the request may be over: nothing of it may be touched.
  if (first) wake();
  if (!queued) judge_locally(charges, verdicts);
  return !queued;
}

std::string RedisStore::problem() const {
  std::string problem = local_->problem();
  const base::MutexLock lock(mutex_);
  if (why_local_.empty()) return problem;
  if (!problem.empty()) problem += "; ";
  return problem + "rate limits are counted locally: redis at " + place_ + ": " + why_local_;
}

void RedisStore::is_over(const Request& request) {
  const base::MutexLock lock(mutex_);
  outstanding_ -= request.windows;
}

void RedisStore::wake() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(woken_.get(), &one, sizeof one);
}

void RedisStore::judge_locally(std::span<const Charge> charges, std::span<Verdict> verdicts) {
  for (std::size_t i = 0; i < charges.size(); ++i) verdicts[i] = local_->charge(charges[i]);
}

void RedisStore::run() {
  block_signals();
  while (!stopping()) {
    connect_when_due();
    ask_what_came();
    give_up_when_late();
    follow_connection();
    wait();
    follow_connection();
  }
  connection_.close("ended");
  connection_is_lost("ended");
}

bool RedisStore::stopping() const {
  const base::MutexLock lock(mutex_);
  return stopping_;
}

void RedisStore::connect_when_due() {
  if (connection_.descriptor() >= 0 || clock_.monotonic() < next_try_) return;
  connection_.open();
  followed_ = RedisConnection::State::Opening;
  open_deadline_ = clock_.monotonic() + kOpenPatience;
}

void RedisStore::follow_connection() {
  if (followed_ == connection_.state()) return;
  followed_ = connection_.state();
  switch (followed_) {
    case RedisConnection::State::Opening:
      return;
    case RedisConnection::State::Ready:
      return connection_is_ready();
    case RedisConnection::State::Closed:
      return connection_is_lost(connection_.reason());
  }
}

void RedisStore::connection_is_ready() {
  const base::MutexLock lock(mutex_);
  ready_ = true;
  why_local_.clear();
}

void RedisStore::connection_is_lost(const std::string& reason) {
  std::vector<Request> left;
  {
    const base::MutexLock lock(mutex_);
    ready_ = false;
    why_local_ = reason;
    left.swap(queue_);
  }
  for (const Request& request : left) {
    is_over(request);
    judge_locally(request.charges, request.verdicts);
    request.waiter->charged();
  }
  // So that a fleet that lost its server does not come back in one moment.
  const auto spread = static_cast<std::int64_t>(static_cast<double>(backoff_.count()) * 0.2 * base::random_fraction());
  next_try_ = clock_.monotonic() + backoff_ + std::chrono::nanoseconds(spread);
  backoff_ = std::min(2 * backoff_, kMaxBackoff);
}

void RedisStore::ask_what_came() {
  std::vector<Request> came;
  {
    const base::MutexLock lock(mutex_);
    came.swap(queue_);
  }
  for (const Request& request : came) {
    const auto place = asked_.insert(asked_.end(), request);
    connection_.ask(script_arguments(request.charges),
                    [this, place](const RedisAnswer& answer) { answered(place, answer); });
  }
}

void RedisStore::answered(Asked::iterator place, const RedisAnswer& answer) {
  const Request request = *place;
  asked_.erase(place);
  is_over(request);
  if (!take_verdicts(request, answer)) {
    if (answer.kind == RedisAnswer::Kind::Error) {
      connection_.give_up(base::printable(answer.text));
    } else if (answer.kind != RedisAnswer::Kind::Lost) {
      connection_.give_up("an answer that makes no sense");
    }
    judge_locally(request.charges, request.verdicts);
  }
  request.waiter->charged();
}

bool RedisStore::take_verdicts(const Request& request, const RedisAnswer& answer) {
  const bool sound =
      answer.kind == RedisAnswer::Kind::Integers && answer.integers.size() == request.charges.size() &&
      std::ranges::all_of(answer.integers, [](std::int64_t wait) { return wait >= 0 && wait <= kMaxWaitMicros; });
  if (!sound) return false;
  backoff_ = kFirstBackoff;
  for (std::size_t i = 0; i < request.charges.size(); ++i) {
    const std::int64_t wait = answer.integers[i];
    // Redis may have forgotten, or never heard, what was allowed while it was away.
    request.verdicts[i] =
        wait == 0 ? local_->record(request.charges[i]) : Verdict{Verdict::Kind::Refused, (wait + 999) / 1000};
  }
  return true;
}

void RedisStore::give_up_when_late() {
  const std::chrono::nanoseconds now = clock_.monotonic();
  const bool slow_to_open = connection_.state() == RedisConnection::State::Opening && now >= open_deadline_;
  const bool slow_to_answer = !asked_.empty() && now >= asked_.front().deadline;
  if (slow_to_open || slow_to_answer) connection_.close("no answer in time");
}

void RedisStore::wait() {
  const std::chrono::nanoseconds now = clock_.monotonic();
  std::chrono::nanoseconds until = now + kLongestWait;
  if (!asked_.empty()) until = std::min(until, asked_.front().deadline);
  if (connection_.descriptor() < 0) until = std::min(until, next_try_);
  if (connection_.state() == RedisConnection::State::Opening) until = std::min(until, open_deadline_);
  const timespec timeout = to_timespec(std::max(until - now, 0ns));
  std::array<pollfd, 2> polled = {
      {{woken_.get(), POLLIN, 0}, {connection_.descriptor(), connection_.wanted_events(), 0}}};
  if (::ppoll(polled.data(), polled.size(), &timeout, nullptr) <= 0) return;
  if (polled[0].revents != 0) {
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t got = ::read(woken_.get(), &times, sizeof times);
  }
  if (polled[1].revents != 0) connection_.handle(polled[1].revents);
}

}  // namespace guardian::limits
