// The audit trail of a sidecar: its store, what is put on record beside decisions, and how it stands. Where CACHE_DIR
// cannot be written and AUDIT_FULL=drop-oldest lets it be, there is no store: events are counted as dropped.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guardian/audit/forwarder.h"
#include "guardian/audit/store.h"
#include "guardian/base/clock.h"
#include "guardian/base/log.h"
#include "guardian/base/result.h"
#include "guardian/decision/decision.h"
#include "guardian/net/client.h"
#include "guardian/sync/options.h"
#include "guardian/sync/status.h"

namespace guardian::sidecar {

struct AuditState {
  std::uint64_t appended = 0;
  std::uint64_t pending = 0;
  std::uint64_t dropped = 0;
  std::vector<std::string> problems;  // for health
};

class AuditTrail {
 public:
  struct Start {
    decision::Mode mode = decision::Mode::Enforce;
    std::optional<std::string> bundle_version;  // what is enforced from the start
    std::uint64_t root_version = 0;             // of the trust root in force; 0: none yet
  };
  // `usable` says whether CACHE_DIR is ours to write. Errors: Io where the store cannot be had and AUDIT_FULL=deny.
  // `clock` and `logger` must outlive it.
  [[nodiscard]] static base::Result<std::unique_ptr<AuditTrail>> open(const audit::StoreOptions& options, bool usable,
                                                                      const Start& start, const base::Clock& clock,
                                                                      const base::Logger& logger);
  // Stops as stop() does.
  ~AuditTrail();
  AuditTrail(const AuditTrail&) = delete;
  AuditTrail& operator=(const AuditTrail&) = delete;

  // Sends what is recorded to the gateway from now on, where that is wanted. `client` must outlive this.
  void start_forwarding(net::HttpClient& client, const sync::Options& options);
  // Puts `sidecar.stopped` on record and sends what is left for a moment. Idempotent; nothing may be appended after it.
  void stop();

  [[nodiscard]] audit::Sink& sink() noexcept;
  // nullptr where there is none.
  [[nodiscard]] audit::Store* store() noexcept { return store_.get(); }
  // The per-install key of redaction, kept beside the store's directory: it outlives a clear.
  [[nodiscard]] const std::string& redaction_key() const noexcept { return redaction_key_; }
  [[nodiscard]] AuditState state() const;

  // What a sync changed or refused. Of the sync's thread.
  void synced(const sync::SyncReport& report, std::uint64_t root_version);

 private:
  AuditTrail(audit::StoreOptions options, const base::Clock& clock, const base::Logger& logger);
  [[nodiscard]] std::vector<std::string> forwarding_problems() const;
  void log_forwarding(const audit::ForwardingNotice& notice) const;
  // What a gateway says, which may be the token that it was sent.
  [[nodiscard]] std::string without_token(std::string text) const;
  void record(audit::Draft event);
  [[nodiscard]] audit::DraftBuilder event(std::string_view type) const;

  const audit::StoreOptions options_;
  const base::Clock& clock_;
  const base::Logger& logger_;
  std::string redaction_key_;
  audit::NoStore no_store_;
  std::unique_ptr<audit::Store> store_;
  std::string token_;  // a secret: what the gateway is asked with
  std::unique_ptr<audit::Forwarder> forwarder_;
  bool stopped_ = false;
  std::string problem_;  // why there is no store
  std::uint64_t root_version_ = 0;
};

}  // namespace guardian::sidecar
