#include "bundle_summary.h"

#include "decision_cost.h"
#include "guardian/base/text.h"
#include "guardian/json/writer.h"
#include "output.h"

namespace guardian::cmd {

namespace {

std::string time_text(base::Instant instant) { return base::format_rfc3339(base::to_time_point(instant)); }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + (text.empty() ? "(no key id)" : text);
  return all.empty() ? "none" : all;
}

void write_policy(json::Writer& out, const policy::Policy& policy) {
  out.begin_object().member("name", policy.name());
  if (!policy.version().empty()) out.member("version", policy.version());
  out.key("enabled").boolean(policy.enabled());
  out.member("enforcement", policy::to_string(policy.enforcement()));
  out.member("combining", policy::to_string(policy.combining()));
  out.key("rules").unsigned_integer(policy.rule_count()).end_object();
}

}  // namespace

std::string summary_text(const bundle::Payload& payload, const Trusted& trusted) {
  std::string text = trusted.verified ? coloured("verified", Colour::Green) + "\n"
                                      : coloured("NOT VERIFIED: signatures were not checked", Colour::Yellow) + "\n";
  text += row("version", payload.version.text());
  text += row("timestamp", time_text(payload.timestamp));
  text += row("expires", payload.expires_at ? time_text(*payload.expires_at) : "never");
  if (payload.issuer) text += row("issuer", *payload.issuer);
  if (payload.org_id) text += row("organisation", *payload.org_id);
  text += row(trusted.verified ? "signed by" : "key ids", joined(trusted.signers));
  text += row("agents", std::to_string(payload.agents.size()));
  text += row("trust tiers", std::to_string(payload.tiers.size()));
  text += row("approvals", std::to_string(payload.approvals.size()));
  text += row("revoked", std::to_string(payload.revocations.agents.size()) + " agents, " +
                             std::to_string(payload.revocations.tokens.size()) + " tokens, " +
                             std::to_string(payload.revocations.keys.size()) + " keys");
  text += cost_row(analysis::worst_decision(payload));
  text += row("policies", std::to_string(payload.policies.size()));
  for (const policy::Policy& policy : payload.policies) {
    text += "  " + std::string(policy.name());
    if (!policy.version().empty()) text += " " + base::printable(policy.version());
    text +=
        ": " + std::to_string(policy.rule_count()) + " rules, " + std::string(policy::to_string(policy.combining()));
    if (policy.enforcement() == policy::Enforcement::DryRun) text += ", dry-run";
    if (!policy.enabled()) text += ", disabled";
    text += "\n";
  }
  return text;
}

std::string summary_json(const bundle::Payload& payload, const Trusted& trusted) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("verified").boolean(trusted.verified);
  out.member("version", payload.version.text()).member("timestamp", time_text(payload.timestamp)).key("expiresAt");
  if (payload.expires_at) {
    out.text(time_text(*payload.expires_at));
  } else {
    out.null();
  }
  out.key(trusted.verified ? "signers" : "keyIds").begin_list();
  for (const std::string& signer : trusted.signers) out.text(signer);
  out.end_list().key("agents").unsigned_integer(payload.agents.size());
  out.key("trustTiers").unsigned_integer(payload.tiers.size());
  out.key("approvals").unsigned_integer(payload.approvals.size());
  write_cost(out, analysis::worst_decision(payload));
  out.key("policies").begin_list();
  for (const policy::Policy& policy : payload.policies) write_policy(out, policy);
  out.end_list().end_object();
  return text + "\n";
}

}  // namespace guardian::cmd
