#include "guardian/audit/event.h"

#include <algorithm>

#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

void write_optional(json::Writer& out, std::string_view name, std::optional<std::string_view> text) {
  if (text) out.member(name, *text);
}

void write_null_or(json::Writer& out, std::string_view name, std::optional<std::string_view> text) {
  out.key(name);
  if (text) {
    out.text(*text);
  } else {
    out.null();
  }
}

void write_question(json::Writer& out, const DecisionEvent& event, const Redactor& redactor) {
  out.member("agentId", event.agent_id);
  if (event.agent != nullptr) {
    if (event.agent->name.is_text()) out.member("agentName", event.agent->name.as_text());
    out.member("trustTier", event.agent->trust_tier);
  }
  out.key("authenticated").boolean(false);
  out.member("action", event.request.action);
  write_optional(out, "resource", event.request.resource);
  if (!event.request.context.is_null()) {
    json::Document copy;
    out.member("context", redactor.redact(copy, event.request.context));
  }
}

constexpr std::size_t kMaxChainTold = decision::kMaxDelegationDepth + 1;

void write_delegation(json::Writer& out, std::span<const std::string_view> chain) {
  out.key("delegation").begin_object().key("chain").begin_list();
  // A longer chain is denied for its depth, which says enough.
  for (const std::string_view member : chain.first(std::min(chain.size(), kMaxChainTold))) out.text(member);
  out.end_list().key("depth").unsigned_integer(chain.size()).end_object();
}

void write_decision(json::Writer& out, const DecisionEvent& event) {
  const decision::Decision& decided = event.decision;
  out.member("decision", decided.told_allow(event.mode) ? "allow" : "deny");
  if (decided.would_deny(event.mode)) out.key("wouldDeny").boolean(true);
  write_null_or(out, "policy", decided.policy);
  write_null_or(out, "rule", decided.rule);
  write_optional(out, "reason", decided.reason);
  if (decided.requires_approval) out.key("requiresApproval").boolean(true);
  write_optional(out, "approvalId", decided.approval_id);
  if (decided.alert != policy::Alert::None) out.member("alert", policy::to_string(decided.alert));
  out.key("dryRun").begin_list();
  for (const decision::DryRun& entry : decided.dry_run) {
    out.begin_object().member("policy", entry.policy).member("rule", entry.rule);
    out.member("decision", entry.allow ? "allow" : "deny").end_object();
  }
  out.end_list();
}

}  // namespace

std::string write_event(const DecisionEvent& event, const Redactor& redactor) {
  std::string line;
  json::Writer out(line);
  out.begin_object().member("type", "decision").member("time", base::format_rfc3339_millis(event.time));
  out.member("mode", decision::to_string(event.mode));
  write_null_or(out, "bundleVersion", event.bundle_version);
  write_question(out, event, redactor);
  write_decision(out, event);
  out.key("latencyMs").number(static_cast<double>(event.latency_micros) / 1000.0);
  write_optional(out, "traceId", event.trace_id);
  write_delegation(out, event.chain);
  if (!event.explain.empty()) out.key("explain").raw(event.explain);
  out.end_object();
  return line;
}

}  // namespace guardian::audit
