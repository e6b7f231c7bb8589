#include "guardian/sync/poller.h"

#include <algorithm>
#include <string>
#include <utility>

#include "guardian/base/random.h"
#include "guardian/net/retry.h"

namespace guardian::sync {

namespace {

constexpr double kJitter = 0.1;
// Between two requests that the gateway says it held: one that answers them at once must not be asked without end.
constexpr std::chrono::milliseconds kHeldPause{100};

std::chrono::milliseconds scaled(std::chrono::milliseconds duration, double factor) noexcept {
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

void tell(const std::vector<Poller::Synced>& waiting, const SyncReport& report) {
  for (const Poller::Synced& done : waiting) {
    if (done) done(report);
  }
}

}  // namespace

std::chrono::milliseconds next_wait(const SyncReport& report, std::chrono::seconds interval, unsigned failures,
                                    double fraction) noexcept {
  const std::chrono::milliseconds whole = interval;
  if (report.error && (report.retry_after || report.retry_soon)) {
    return net::retry_wait(report.retry_after, failures, whole, fraction);
  }
  if (!report.error && report.held) return kHeldPause;
  return scaled(whole, 1.0 - kJitter + 2.0 * kJitter * fraction);
}

Poller::Poller(Syncer& syncer, const Options& options, const base::Logger& logger, Synced synced)
    : syncer_(syncer),
      interval_(options.interval),
      long_poll_(options.long_poll),
      logger_(logger),
      synced_(std::move(synced)),
      thread_([this] { run(); }) {}

Poller::~Poller() { stop(); }

void Poller::sync_now(Synced done) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    SyncReport report;
    report.outcome = Outcome::Cancelled;
    if (done) done(report);
    return;
  }
  waiting_.push_back(std::move(done));
  if (holding_) attempt_.request_stop();
  wake_.notify_one();
}

void Poller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    attempt_.request_stop();
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void Poller::run() {
  unsigned failures = 0;
  bool confirmed = false;  // by the last sync: before, a gateway with nothing newer would hold back that it has nothing
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::vector<Synced> waiting = std::exchange(waiting_, {});
    const auto hold = waiting.empty() && confirmed ? long_poll_ : std::chrono::seconds(0);
    attempt_ = std::stop_source();
    holding_ = hold > std::chrono::seconds(0);
    const std::stop_token stop = attempt_.get_token();
    lock.unlock();
    std::chrono::milliseconds wait{};
    {
      const SyncReport report = turn({stop, hold}, waiting);
      if (report.outcome != Outcome::Cancelled) {
        confirmed = !report.error;
        // Not after a failure: a gateway that fails where it should hold would be asked without end.
        const bool hold_next = confirmed && long_poll_ > hold && failures == 0;
        failures = report.error && report.retry_soon ? failures + 1 : 0;
        wait = hold_next ? kHeldPause : next_wait(report, interval_, failures, base::random_fraction());
      }
    }
    // The report held what was active before it.
    syncer_.free_replaced(stop);
    lock.lock();
    holding_ = false;
    wake_.wait_for(lock, wait, [this] { return stopping_ || !waiting_.empty(); });
  }
  const std::vector<Synced> left = std::exchange(waiting_, {});
  lock.unlock();
  SyncReport report;
  report.outcome = Outcome::Cancelled;
  tell(left, report);
}

SyncReport Poller::turn(const Turn& how, const std::vector<Synced>& waiting) {
  SyncReport report = syncer_.sync_once(how);
  if (report.outcome != Outcome::Cancelled) {
    log_report(report);
    if (synced_) synced_(report);
  }
  tell(waiting, report);
  return report;
}

void Poller::log_report(const SyncReport& report) {
  const std::string active = version_of(report.active);
  const std::string next = report.active == nullptr ? "denying_without_bundle" : "keeping_" + active;
  if (report.error) {
    logger_.log(base::LogLevel::Warn, report.refused() ? "bundle_refused" : "sync_failed",
                {{"stage", std::string(to_string(report.stage))},
                 {"code", std::string(to_string(report.error->code()))},
                 {"reason", report.error->message()},
                 {"active", active},
                 {"action", next}});
  } else if (report.outcome == Outcome::Applied) {
    logger_.log(base::LogLevel::Info, "bundle_activated",
                {{"version", active},
                 {"before", version_of(report.before)},
                 {"source", "gateway"},
                 {"policies", std::to_string(report.active->bundle().payload().policies.size())},
                 {"agents", std::to_string(report.active->bundle().payload().agents.size())}});
  } else {
    logger_.log(base::LogLevel::Debug, "bundle_unchanged", {{"version", active}});
  }
  log_problems();
}

// Each is told when it comes or changes, not at every sync.
void Poller::log_problems() {
  const SyncStatus status = syncer_.status();
  if (status.first_uses != std::exchange(told_first_uses_, status.first_uses)) {
    logger_.log(base::LogLevel::Warn, "trust_on_first_use",
                {{"reason", "no TRUST_ROOT is configured"}, {"action", "pinned_the_gateway_s_root"}});
  }
  std::string trust_problem = status.trust_problem;
  if (trust_problem.empty() && status.waiting_root != 0) {
    trust_problem = "trust root " + std::to_string(status.waiting_root) + " waits for a bundle that it vouches for";
  }
  if (trust_problem != told_trust_problem_ && !trust_problem.empty()) {
    logger_.log(base::LogLevel::Warn, "trust_root_refused",
                {{"reason", trust_problem}, {"action", "keeping_root_" + std::to_string(status.root_version)}});
  }
  told_trust_problem_ = std::move(trust_problem);
  if (status.persist_problem != told_persist_problem_ && !status.persist_problem.empty()) {
    logger_.log(base::LogLevel::Warn, "bundle_not_persisted",
                {{"reason", status.persist_problem}, {"action", "enforcing_from_memory"}});
  }
  told_persist_problem_ = status.persist_problem;
}

}  // namespace guardian::sync
