#include "guardian/sync/poller.h"

#include <algorithm>
#include <string>
#include <utility>

#include "guardian/base/random.h"

namespace guardian::sync {

namespace {

constexpr double kJitter = 0.1;
constexpr std::chrono::milliseconds kFirstBackoff{500};
constexpr unsigned kMaxDoublings = 20;

std::string version_of(const std::shared_ptr<const decision::Snapshot>& snapshot) {
  return snapshot == nullptr ? "none" : snapshot->bundle().payload().version.text();
}

std::chrono::milliseconds scaled(std::chrono::milliseconds duration, double factor) noexcept {
  return std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

std::chrono::milliseconds next_wait(const SyncReport& report, std::chrono::seconds interval, unsigned failures,
                                    double fraction) noexcept {
  const std::chrono::milliseconds whole = interval;
  // Never less than the first backoff: `Retry-After: 0` must not become a busy loop.
  if (report.error && report.retry_after)
    return std::max<std::chrono::milliseconds>(*report.retry_after, kFirstBackoff);
  if (report.error && report.retry_soon) {
    const auto doublings = std::min(failures > 0 ? failures - 1 : 0, kMaxDoublings);
    const std::chrono::milliseconds ceiling = std::min(whole, kFirstBackoff * (std::int64_t{1} << doublings));
    return std::max(scaled(ceiling, fraction), std::chrono::milliseconds(10));
  }
  return scaled(whole, 1.0 - kJitter + 2.0 * kJitter * fraction);
}

Poller::Poller(Syncer& syncer, std::chrono::seconds interval, const base::Logger& logger, Activated activated)
    : syncer_(syncer),
      interval_(interval),
      logger_(logger),
      activated_(std::move(activated)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Poller::run(const std::stop_token& stop) {
  unsigned failures = 0;
  while (!stop.stop_requested()) {
    const SyncReport report = syncer_.sync_once(stop);
    if (stop.stop_requested()) return;
    log_report(report);
    if (activated_ && report.outcome == Outcome::Applied) activated_(*report.active);
    failures = report.error && report.retry_soon ? failures + 1 : 0;
    std::unique_lock lock(wait_mutex_);
    wake_.wait_for(lock, stop, next_wait(report, interval_, failures, base::random_fraction()), [] { return false; });
  }
}

void Poller::log_report(const SyncReport& report) const {
  const std::string active = version_of(report.active);
  const std::string next = report.active == nullptr ? "denying_without_bundle" : "keeping_" + active;
  if (report.error) {
    const bool refused =
        report.error->code() != base::ErrorCode::Network && report.error->code() != base::ErrorCode::Unauthorized;
    logger_.log(base::LogLevel::Warn, refused ? "bundle_refused" : "sync_failed",
                {{"code", std::string(to_string(report.error->code()))},
                 {"reason", report.error->message()},
                 {"active", active},
                 {"action", next}});
  } else if (report.outcome == Outcome::Applied) {
    logger_.log(base::LogLevel::Info, "bundle_activated",
                {{"version", active},
                 {"before", version_of(report.before)},
                 {"policies", std::to_string(report.active->bundle().payload().policies.size())},
                 {"agents", std::to_string(report.active->bundle().payload().agents.size())}});
  } else {
    logger_.log(base::LogLevel::Debug, "bundle_unchanged", {{"version", active}});
  }
  const SyncStatus status = syncer_.status();
  if (status.trust == TrustSource::FirstUse && report.before == nullptr && report.outcome == Outcome::Applied) {
    logger_.log(base::LogLevel::Warn, "trust_on_first_use",
                {{"reason", "no TRUST_ROOT is configured"}, {"action", "pinned_the_gateway_s_root"}});
  }
  if (!status.persist_error.empty()) {
    logger_.log(base::LogLevel::Warn, "bundle_not_persisted",
                {{"reason", status.persist_error}, {"action", "enforcing_from_memory"}});
  }
}

}  // namespace guardian::sync
