#include "guardian/sidecar/health.h"

#include "guardian/base/check.h"
#include "guardian/json/writer.h"
#include "guardian_version.h"

namespace guardian::sidecar {

namespace {

std::vector<std::string> find_problems(const HealthInput& input) {
  std::vector<std::string> problems = input.problems;
  if (input.snapshot == nullptr) {
    problems.emplace_back(decision::kReasonNoBundle);
  } else {
    const bundle::VerifiedBundle& bundle = input.snapshot->bundle();
    if (bundle.expired(base::to_instant(input.now))) {
      problems.push_back("the policy bundle expired at " +
                         base::format_rfc3339(base::to_time_point(*bundle.payload().expires_at)));
    }
    if (input.too_old) problems.emplace_back(decision::kReasonTooOld);
  }
  if (input.clock_behind) {
    problems.push_back("the clock is " + base::format_go_duration(*input.clock_behind) +
                       " behind the time floor, which is used in its place for every expiry");
  }
  if (input.sync.trust_expires_at && *input.sync.trust_expires_at <= base::to_instant(input.now)) {
    problems.emplace_back("the trust root has expired");
  }
  if (input.sync.waiting_root != 0) {
    problems.push_back("trust root " + std::to_string(input.sync.waiting_root) +
                       " waits for a bundle that it vouches for: trust root " +
                       std::to_string(input.sync.root_version) + " stays");
  }
  if (!input.sync.trust_problem.empty()) problems.push_back("trust root: " + input.sync.trust_problem);
  if (!input.sync.cache_problem.empty()) problems.push_back(input.sync.cache_problem);
  if (!input.sync.persist_problem.empty()) {
    problems.push_back("the bundle is not on the disk: " + input.sync.persist_problem);
  }
  return problems;
}

void write_text_or_null(json::Writer& out, std::string_view name, const std::string& text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.text(text);
  }
}

void write_bundle(json::Writer& out, const HealthInput& input) {
  const bool loaded = input.snapshot != nullptr;
  write_text_or_null(out, "bundleVersion", loaded ? input.snapshot->bundle().payload().version.text() : "");
  std::string age;
  if (loaded && input.age) age = base::format_go_duration(*input.age);
  write_text_or_null(out, "bundleAge", age);
}

void write_sync(json::Writer& out, const sync::SyncStatus& sync) {
  write_text_or_null(out, "lastSync", sync.last_sync ? base::format_rfc3339(*sync.last_sync) : "");
  out.key("lastSyncSuccess").boolean(sync.last_sync_success);
  out.key("gatewayReachable").boolean(sync.gateway_reachable);
}

}  // namespace

std::string_view to_string(HealthState state) noexcept {
  switch (state) {
    case HealthState::Healthy:
      return "healthy";
    case HealthState::Degraded:
      return "degraded";
    case HealthState::Unhealthy:
      return "unhealthy";
  }
  GUARDIAN_ASSERT(false);
}

Health judge_health(const HealthInput& input) {
  Health health;
  const std::vector<std::string> problems = find_problems(input);
  if (input.snapshot == nullptr) {
    health.state = HealthState::Unhealthy;
  } else {
    health.state = problems.empty() ? HealthState::Healthy : HealthState::Degraded;
  }
  json::Writer out(health.body);
  out.begin_object().member("status", to_string(health.state)).member("mode", decision::to_string(input.mode));
  write_bundle(out, input);
  write_sync(out, input.sync);
  const bundle::Payload* payload = input.snapshot == nullptr ? nullptr : &input.snapshot->bundle().payload();
  out.key("cachedPolicies").unsigned_integer(payload == nullptr ? 0 : payload->policies.size());
  out.key("cachedAgents").unsigned_integer(payload == nullptr ? 0 : payload->agents.size());
  out.key("uptimeSeconds").integer(input.uptime.count());
  out.member("version", GUARDIAN_VERSION).member("trust", sync::to_string(input.sync.trust));
  write_text_or_null(out, "lastSyncError", input.sync.last_error);
  out.key("auditPending").unsigned_integer(input.audit_pending);
  out.key("auditDropped").unsigned_integer(input.audit_dropped);
  out.key("problems").begin_list();
  for (const std::string& problem : problems) out.text(problem);
  out.end_list().end_object();
  return health;
}

}  // namespace guardian::sidecar
