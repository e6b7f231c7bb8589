// The request path (house.md): strict request -> decide -> count -> record -> answer. No snapshot and every error deny
// in enforce mode; audit mode lets them pass and says so. Thread-safe: routes of many connections call it at once.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/audit/redaction.h"
#include "guardian/audit/sink.h"
#include "guardian/base/clock.h"
#include "guardian/bundle/time_floor.h"
#include "guardian/decision/snapshot.h"
#include "guardian/limits/store.h"
#include "guardian/net/http.h"
#include "guardian/net/reply.h"
#include "guardian/sidecar/enforce_request.h"
#include "guardian/sync/bundle_age.h"

namespace guardian::sidecar {

struct GuardOptions {
  decision::Mode mode = decision::Mode::Enforce;
  bool enforce_expiry = false;
  std::optional<std::chrono::seconds> max_bundle_age;  // since the gateway confirmed the bundle
  std::string sidecar;                                 // its id, for the record
};

// What tells whether the active bundle may still be enforced, beside itself. Both must outlive their users.
struct BundleTimes {
  const bundle::TimeFloor& floor;
  const sync::BundleAge& age;
};

class RequestGuard {
 public:
  // All references must outlive it, and the replies that it owes.
  RequestGuard(GuardOptions options, const decision::ActiveSnapshot& active, BundleTimes times, limits::Store& limits,
               const base::Clock& clock, audit::Sink& sink, audit::Redactor redactor);

  // POST /enforce and POST /enforce/batch. The reply is sent when the decision is on record: before they return, by
  // another request's thread that writes both, or by the thread of a store of rate limits that has to ask elsewhere.
  void enforce(const net::Request& request, net::Reply reply) const;
  void enforce_batch(const net::Request& request, net::Reply reply) const;

 private:
  class Exchange;
  struct Judged;

  // Agent tokens cannot be verified yet, so that one that is sent counts as one that does not verify.
  [[nodiscard]] static bool carries_token(const net::Request& request);
  [[nodiscard]] decision::Decision decide(const Exchange& exchange, const decision::Question& question,
                                          base::TimePoint now) const;
  // Decides all questions of an exchange, has the allows counted, and sees to it that it is finished.
  void run(std::shared_ptr<Exchange> exchange) const;
  // Redacted; empty where none is wanted.
  [[nodiscard]] std::string explanation_of(const Exchange& exchange, const Judged& judged) const;
  // A decision as its event.
  [[nodiscard]] audit::Draft draft(const Exchange& exchange, const Judged& judged) const;
  [[nodiscard]] std::string body_of(Exchange& exchange) const;
  [[nodiscard]] std::string single_answer(Exchange& exchange) const;
  [[nodiscard]] std::string batch_answer(Exchange& exchange) const;

  GuardOptions options_;
  const decision::ActiveSnapshot& active_;
  BundleTimes times_;
  limits::Store& limits_;
  const base::Clock& clock_;
  audit::Sink& sink_;
  audit::Redactor redactor_;
};

}  // namespace guardian::sidecar
