#include "guardian/sidecar/audit_trail.h"

#include <utility>

#include "guardian/base/file_system.h"
#include "guardian/crypto/digest.h"
#include "guardian/sync/gateway_request.h"
#include "guardian_version.h"

namespace guardian::sidecar {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::chrono::seconds kFlushGrace{3};

std::optional<std::string> version_or_none(const std::shared_ptr<const decision::Snapshot>& snapshot) {
  if (snapshot == nullptr) return std::nullopt;
  return snapshot->bundle().payload().version.text();
}

// A key that cannot be kept is one for this run: values cannot be compared over runs then, and none can be read.
std::string load_key(const std::string& path) {
  base::SystemFileSystem files;
  const auto kept = files.read_file(path, kKeyBytes);
  if (kept && kept->size() == kKeyBytes) return *kept;
  std::string made = crypto::random_bytes(kKeyBytes);
  static_cast<void>(base::replace_file(files, path, made));
  return made;
}

}  // namespace

AuditTrail::AuditTrail(audit::StoreOptions options, const base::Clock& clock, const base::Logger& logger)
    : options_(std::move(options)), clock_(clock), logger_(logger) {}

base::Result<std::unique_ptr<AuditTrail>> AuditTrail::open(const audit::StoreOptions& options, bool usable,
                                                           const Start& start, const base::Clock& clock,
                                                           const base::Logger& logger) {
  std::unique_ptr<AuditTrail> trail(new AuditTrail(options, clock, logger));
  trail->root_version_ = start.root_version;
  auto started = trail->event("sidecar.started");
  started.text_or_null("bundleVersion", start.bundle_version);
  started.text("durability", audit::to_string(options.durability)).text("mode", decision::to_string(start.mode));
  started.text("version", GUARDIAN_VERSION);
  if (usable) {
    auto store = audit::Store::open(options, clock, logger, started.finish());
    if (store) {
      trail->store_ = std::move(store).value();
    } else {
      trail->problem_ = store.error().message();
    }
  } else {
    trail->problem_ = "CACHE_DIR cannot be written";
  }
  if (trail->store_ == nullptr) {
    const std::string why = "audit store: " + trail->problem_;
    if (options.when_full == audit::WhenFull::Deny) return base::Error(base::ErrorCode::Io, why);
    logger.log(base::LogLevel::Error, "audit_not_recorded", {{"reason", why}, {"action", "counting_what_is_lost"}});
  }
  trail->redaction_key_ = trail->store_ != nullptr ? load_key(options.key_file) : crypto::random_bytes(kKeyBytes);
  return trail;
}

AuditTrail::~AuditTrail() { stop(); }

void AuditTrail::start_forwarding(net::HttpClient& client, const sync::Options& options) {
  if (store_ == nullptr || !options_.forwards) return;
  audit::ForwarderOptions forwarding;
  forwarding.sidecar_id = options_.sidecar;
  forwarding.interval = options.interval;
  forwarding.notice = [this](const audit::ForwardingNotice& notice) { log_forwarding(notice); };
  token_ = options.admin_token;
  forwarding.call = [options, sidecar = options_.sidecar](std::string body) {
    return sync::audit_call(options, sidecar, std::move(body));
  };
  forwarder_ = std::make_unique<audit::Forwarder>(*store_, client, std::move(forwarding));
}

void AuditTrail::stop() {
  if (std::exchange(stopped_, true)) return;
  record(event("sidecar.stopped").finish());
  if (forwarder_ != nullptr) forwarder_->stop(kFlushGrace);
}

audit::Sink& AuditTrail::sink() noexcept {
  if (store_ != nullptr) return *store_;
  return no_store_;
}

audit::DraftBuilder AuditTrail::event(std::string_view type) const { return {type, options_.sidecar, clock_.now()}; }

void AuditTrail::record(audit::Draft event) {
  if (store_ != nullptr) store_->append_now(std::move(event));
}

AuditState AuditTrail::state() const {
  if (store_ == nullptr) return {0, 0, no_store_.dropped(), {"audit events are not recorded: " + problem_}};
  auto state = store_->state();
  std::vector<std::string> problems = forwarding_problems();
  if (!state.problem.empty()) problems.insert(problems.begin(), std::move(state.problem));
  return {state.appended, state.pending, state.dropped, std::move(problems)};
}

// A gateway that is away is no problem of ours: events wait.
std::vector<std::string> AuditTrail::forwarding_problems() const {
  std::vector<std::string> problems;
  if (forwarder_ == nullptr) return problems;
  const auto forwarding = forwarder_->state();
  if (forwarding.held) problems.push_back("audit events are not forwarded: " + without_token(forwarding.problem));
  if (forwarding.rejected != 0) {
    problems.push_back("audit events refused by the gateway for good since the start: " +
                       std::to_string(forwarding.rejected) + "; the last: " + without_token(forwarding.rejection));
  }
  return problems;
}

void AuditTrail::log_forwarding(const audit::ForwardingNotice& notice) const {
  using What = audit::ForwardingNotice::What;
  const std::string reason = without_token(notice.reason);
  switch (notice.what) {
    case What::Held:
      logger_.log(base::LogLevel::Warn, "audit_not_forwarded",
                  {{"reason", reason}, {"action", notice.paused ? "asking_hourly" : "trying_at_the_sync_interval"}});
      break;
    case What::GoingOn:
      logger_.log(base::LogLevel::Info, "audit_forwarding", {{"action", "sending_what_waited"}});
      break;
    case What::Rejected:
      logger_.log(base::LogLevel::Warn, "audit_events_rejected",
                  {{"count", std::to_string(notice.rejected)}, {"reason", reason}, {"action", "counting_as_dropped"}});
      break;
  }
}

std::string AuditTrail::without_token(std::string text) const {
  constexpr std::string_view kHidden = "[token]";
  if (token_.empty()) return text;
  for (std::size_t at = 0; (at = text.find(token_, at)) != std::string::npos; at += kHidden.size()) {
    text.replace(at, token_.size(), kHidden);
  }
  return text;
}

void AuditTrail::synced(const sync::SyncReport& report, std::uint64_t root_version) {
  if (report.cache_cleared && store_ != nullptr) store_->tell_cleared();
  if (root_version != root_version_) {
    auto rotated = event("trust.rotated");
    if (root_version_ != 0) rotated.number("from", static_cast<double>(root_version_));
    rotated.number("to", static_cast<double>(root_version));
    if (std::exchange(root_version_, root_version) != 0) record(rotated.finish());
  }
  if (report.outcome == sync::Outcome::Applied) {
    auto activated = event("bundle.activated");
    activated.text_or_null("bundleVersion", version_or_none(report.active));
    activated.text_or_null("previous", version_or_none(report.before));
    record(activated.finish());
  }
  if (!report.refused()) return;
  auto refused = event("bundle.refused");
  refused.text_or_null("bundleVersion", version_or_none(report.active));
  refused.text("code", to_string(report.error->code())).text("reason", report.error->message());
  refused.text("stage", sync::to_string(report.stage));
  record(refused.finish());
}

}  // namespace guardian::sidecar
