// The request path (house.md): strict request -> decide -> record -> answer. No snapshot and every error deny in
// enforce mode; audit mode lets them pass and says so. Thread-safe: routes of many connections call it at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "guardian/audit/redaction.h"
#include "guardian/base/clock.h"
#include "guardian/base/log.h"
#include "guardian/decision/snapshot.h"
#include "guardian/net/http.h"
#include "guardian/sidecar/enforce_request.h"

namespace guardian::sidecar {

struct GuardOptions {
  decision::Mode mode = decision::Mode::Enforce;
  bool enforce_expiry = false;
};

class RequestGuard {
 public:
  // All references must outlive it.
  RequestGuard(GuardOptions options, const decision::ActiveSnapshot& active, const base::Clock& clock,
               const base::Logger& logger, audit::Redactor redactor);

  // POST /enforce and POST /enforce/batch.
  [[nodiscard]] net::Response enforce(const net::Request& request) const;
  [[nodiscard]] net::Response enforce_batch(const net::Request& request) const;

 private:
  // What holds for every action of one request.
  struct Asked {
    const decision::Snapshot* snapshot = nullptr;
    bool bad_token = false;
    bool explain = false;
    std::size_t max_explain_bytes = 0;  // of each decision
    std::optional<std::string_view> trace_id;
  };
  struct Recorded;

  // Agent tokens cannot be verified yet, so that one that is sent counts as one that does not verify.
  [[nodiscard]] static bool carries_token(const net::Request& request);
  [[nodiscard]] static net::Response refuse_token();
  [[nodiscard]] decision::Decision decide(const Asked& asked, const decision::Question& question,
                                          base::TimePoint now) const;
  // One decision, in the record before it is returned.
  [[nodiscard]] Recorded decide_and_record(const Asked& asked, const decision::Question& question,
                                           std::chrono::nanoseconds began) const;

  GuardOptions options_;
  const decision::ActiveSnapshot& active_;
  const base::Clock& clock_;
  const base::Logger& logger_;
  audit::Redactor redactor_;
};

}  // namespace guardian::sidecar
