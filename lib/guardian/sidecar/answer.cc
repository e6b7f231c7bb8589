#include "guardian/sidecar/answer.h"

namespace guardian::sidecar {

namespace {

void write_optional(json::Writer& out, std::string_view name, std::optional<std::string_view> text) {
  out.key(name);
  if (text) {
    out.text(*text);
  } else {
    out.null();
  }
}

void write_verdict(json::Writer& out, const Told& told) {
  out.member("decision", told.decision.told_allow(told.mode) ? "allow" : "deny");
}

void write_policy_and_rule(json::Writer& out, const Told& told) {
  write_optional(out, "policy", told.decision.policy);
  write_optional(out, "rule", told.decision.rule);
}

void write_reason_and_latency(json::Writer& out, const Told& told) {
  if (told.decision.reason) out.member("reason", *told.decision.reason);
  if (told.latency_micros) {
    out.key("latencyMs");
    write_latency(out, *told.latency_micros);
  }
}

void write_extras(json::Writer& out, const Told& told) {
  if (told.decision.would_deny(told.mode)) out.key("wouldDeny").boolean(true);
  if (told.decision.requires_approval) out.key("requiresApproval").boolean(true);
  if (told.decision.approval_id) out.member("approvalId", *told.decision.approval_id);
  if (told.decision.retry_after_ms) out.key("retryAfterMs").integer(*told.decision.retry_after_ms);
  if (!told.explain.empty()) out.key("explain").raw(told.explain);
}

}  // namespace

void write_latency(json::Writer& out, std::int64_t micros) { out.number(static_cast<double>(micros) / 1000.0); }

std::string enforce_answer(const Told& told) {
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_verdict(out, told);
  write_policy_and_rule(out, told);
  write_reason_and_latency(out, told);
  write_optional(out, "bundleVersion", told.bundle_version);
  out.member("mode", decision::to_string(told.mode));
  write_extras(out, told);
  if (told.trace_id) out.member("traceId", *told.trace_id);
  out.end_object();
  return body;
}

void write_batch_result(json::Writer& out, std::string_view action, const Told& told) {
  out.begin_object();
  out.member("action", action);
  write_verdict(out, told);
  write_reason_and_latency(out, told);
  write_policy_and_rule(out, told);
  write_extras(out, told);
  out.end_object();
}

}  // namespace guardian::sidecar
