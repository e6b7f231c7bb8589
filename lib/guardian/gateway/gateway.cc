#include "guardian/gateway/gateway.h"

#include <mutex>
#include <utility>

#include "guardian/gateway/audit_store.h"
#include "guardian/gateway/board.h"
#include "guardian/gateway/endpoints.h"
#include "guardian/gateway/published.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMaxWarningsLogged = 10;

void log_warnings(const base::Logger& logger, const Published& published) {
  std::size_t logged = 0;
  for (const std::string& warning : published.warnings) {
    if (++logged > kMaxWarningsLogged) break;
    logger.log(base::LogLevel::Warn, "lint_warning", {{"finding", warning}});
  }
  if (published.warnings.size() > kMaxWarningsLogged) {
    logger.log(base::LogLevel::Warn, "lint_warnings", {{"count", std::to_string(published.warnings.size())}});
  }
}

// It still verifies what it signed, so that it is said and served (bundle.md section 3).
void warn_if_expired(const base::Logger& logger, const bundle::TrustRoot& root, base::TimePoint now) {
  if (!root.expires_at() || base::to_instant(now) < *root.expires_at()) return;
  logger.log(base::LogLevel::Warn, "trust_root_expired",
             {{"version", std::to_string(root.version())}, {"action", "serving_it_until_there_is_a_newer"}});
}

}  // namespace

struct Gateway::State {
  State(Options chosen, KeySource source, std::shared_ptr<const Published> first, std::unique_ptr<AuditStore> events,
        base::FileSystem& file_system, const base::Clock& time, const base::Logger& log)
      : options(std::move(chosen)),
        keys(std::move(source)),
        files(file_system),
        clock(time),
        logger(log),
        board(std::move(first), options.max_held, time),
        audit(std::move(events)),
        endpoints(options.admin_token, options.max_wait, board, audit.get(), log) {}

  const Options options;
  const KeySource keys;
  base::FileSystem& files;
  const base::Clock& clock;
  const base::Logger& logger;
  std::mutex rebuilding;  // one at a time: two would give one version two contents
  Board board;
  const std::unique_ptr<AuditStore> audit;  // null: no events are taken
  Endpoints endpoints;
};

base::Result<std::unique_ptr<Gateway>> Gateway::open(Options options, KeySource keys, base::FileSystem& files,
                                                     const base::Clock& clock, const base::Logger& logger) {
  if (options.admin_token.empty()) return Error(ErrorCode::InvalidInput, "an admin token is required");
  const base::TimePoint now = clock.now();
  GUARDIAN_ASSIGN(auto authority, load_authority(files, keys, options.trust_roots, nullptr, now));
  GUARDIAN_ASSIGN(auto first, publish(files, options.directory, std::move(authority), nullptr, now));
  std::unique_ptr<AuditStore> audit;
  if (!options.audit_directory.empty()) {
    auto opened = AuditStore::open(options.audit_directory, files);
    if (!opened) return std::move(opened).error().within("events of sidecars");
    audit = std::move(opened).value();
  }
  log_warnings(logger, *first);
  warn_if_expired(logger, first->authority->roots.newest(), now);
  return std::unique_ptr<Gateway>(new Gateway(std::make_unique<State>(
      std::move(options), std::move(keys), std::move(first), std::move(audit), files, clock, logger)));
}

Gateway::Gateway(std::unique_ptr<State> state) : state_(std::move(state)) {}

Gateway::~Gateway() = default;

base::Result<Rebuilt> Gateway::rebuild() {
  State& state = *state_;
  const std::lock_guard one_at_a_time(state.rebuilding);
  const auto before = state.board.current();
  const base::TimePoint now = state.clock.now();
  GUARDIAN_ASSIGN(auto authority,
                  load_authority(state.files, state.keys, state.options.trust_roots, before->authority, now));
  GUARDIAN_ASSIGN(auto next, publish(state.files, state.options.directory, std::move(authority), before.get(), now));
  const bool published = next != nullptr;
  if (published) {
    state.board.publish(next);
    log_warnings(state.logger, *next);
  }
  const Published& shown = published ? *next : *before;
  return Rebuilt{published, shown.version.text(), shown.policies, before->policies, shown.agents, before->agents};
}

std::vector<net::Route> Gateway::routes() { return state_->endpoints.routes(); }

void Gateway::stop_holding() { state_->board.close(); }

std::string Gateway::bundle_version() const { return state_->board.current()->version.text(); }

std::size_t Gateway::held() const { return state_->board.held(); }

}  // namespace guardian::gateway
