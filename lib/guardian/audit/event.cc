#include "guardian/audit/event.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "guardian/crypto/digest.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::audit {

namespace {

constexpr std::size_t kMaxExplainBytes = std::size_t{64} << 10;
constexpr std::size_t kMarkerBytes = 256;  // a smaller context is not what makes an event large
constexpr std::size_t kDryRunsTold = 100;  // where all of them are too many; a name has at most 1 KiB
constexpr std::size_t kMaxChainTold = decision::kMaxDelegationDepth + 1;

void write_delegation(std::string& text, std::span<const std::string_view> chain) {
  json::Writer out(text);
  out.begin_object().key("chain").begin_list();
  // A longer chain is denied for its depth, which says enough.
  for (const std::string_view member : chain.first(std::min(chain.size(), kMaxChainTold))) out.text(member);
  out.end_list().key("depth").unsigned_integer(chain.size()).end_object();
}

void write_dry_runs(std::string& text, std::span<const decision::DryRun> entries) {
  json::Writer out(text);
  out.begin_list();
  for (const decision::DryRun& entry : entries) {
    out.begin_object().member("decision", entry.allow ? "allow" : "deny");
    out.member("policy", entry.policy).member("rule", entry.rule).end_object();
  }
  out.end_list();
}

std::string marker_of(std::string_view context) {
  std::string marker = R"({"truncated":{"bytes":)";
  marker.append(std::to_string(context.size())).append(R"(,"sha256":")");
  return marker.append(crypto::hex(crypto::sha256(context))).append("\"}}");
}

// What an event may be large by.
struct Large {
  std::string context = "null";
  std::string explain;
  bool explain_cut = false;
  std::size_t max_dry_runs = std::numeric_limits<std::size_t>::max();
};

Draft build(const DecisionEvent& event, const Large& large) {
  const decision::Decision& decided = event.decision;
  DraftBuilder builder("decision", event.sidecar, event.time);
  builder.text("action", event.request.action).text("agentId", event.agent_id);
  const bool named = event.agent != nullptr && event.agent->name.is_text();
  builder.text_or_null("agentName", named ? std::optional(event.agent->name.as_text()) : std::nullopt);
  const bool alerts = decided.alert != policy::Alert::None;
  builder.text_or_null("alert", alerts ? std::optional(policy::to_string(decided.alert)) : std::nullopt);
  if (decided.approval_id) builder.text("approvalId", *decided.approval_id);
  builder.boolean("authenticated", false);
  builder.text_or_null("batchId", event.batch_id);
  builder.text_or_null("bundleVersion", event.bundle_version);
  builder.raw("context", large.context);
  builder.text("decision", decided.told_allow(event.mode) ? "allow" : "deny");
  write_delegation(builder.key("delegation"), event.chain);
  const std::span<const decision::DryRun> dry_runs(decided.dry_run);
  const bool all = dry_runs.size() <= large.max_dry_runs;
  write_dry_runs(builder.key("dryRun"), all ? dry_runs : dry_runs.first(large.max_dry_runs));
  if (!all) builder.boolean("dryRunCut", true);
  if (!large.explain.empty()) builder.raw("explain", large.explain);
  if (large.explain_cut) builder.boolean("explainCut", true);
  builder.number("latencyMs", static_cast<double>(event.latency_micros) / 1000.0);
  builder.text("mode", decision::to_string(event.mode));
  builder.text_or_null("policy", decided.policy);
  builder.text_or_null("reason", decided.reason);
  if (decided.requires_approval) builder.boolean("requiresApproval", true);
  builder.text_or_null("resource", event.request.resource);
  if (decided.retry_after_ms) builder.number("retryAfterMs", static_cast<double>(*decided.retry_after_ms));
  builder.text_or_null("rule", decided.rule);
  builder.null("spanId").null("token");
  builder.text_or_null("traceId", event.trace_id);
  builder.text_or_null(
      "trustTier", event.agent != nullptr ? std::optional(std::string_view(event.agent->trust_tier)) : std::nullopt);
  builder.boolean("wouldDeny", decided.would_deny(event.mode));
  return builder.urgent(alerts).finish();
}

bool is_deciding_or_undecided(const json::Value& rule) {
  const json::Value* const matched = rule.find("matched");
  const json::Value* const undecided = rule.find("undecided");
  const bool matches = matched != nullptr && matched->is_boolean() && matched->as_boolean();
  return matches || (undecided != nullptr && undecided->is_list() && !undecided->as_list().empty());
}

json::Value cut_entry(json::Document& document, const json::Value& entry) {
  std::vector<json::Member> members(entry.as_object().begin(), entry.as_object().end());
  for (json::Member& member : members) {
    if (member.key != "rules" || !member.value.is_list()) continue;
    std::vector<json::Value> kept;
    for (const json::Value& rule : member.value.as_list()) {
      if (is_deciding_or_undecided(rule)) kept.push_back(rule);
    }
    member.value = document.add_list(kept);
  }
  return document.add_object(members);
}

}  // namespace

std::string canonical_explain(std::string_view explain, std::size_t max_bytes, bool& cut) {
  json::ReadLimits limits;
  limits.max_bytes = std::size_t{256} << 20;
  limits.max_depth = 160;
  auto parsed = json::parse(explain, limits);
  cut = !parsed || !parsed->root().is_list();
  if (cut) return "[]";
  std::string text = json::canonical(parsed->root());
  if (text.size() <= max_bytes) return text;
  cut = true;
  std::vector<json::Value> entries;
  for (const json::Value& entry : parsed->root().as_list()) {
    if (entry.is_object()) entries.push_back(cut_entry(*parsed, entry));
  }
  text = json::canonical(parsed->add_list(entries));
  return text.size() <= max_bytes ? text : "[]";
}

Draft draft_decision(const DecisionEvent& event, const Redactor& redactor) {
  Large large;
  if (!event.request.context.is_null()) {
    large.context.clear();
    redactor.append(large.context, "context", event.request.context);
  }
  if (!event.explain.empty()) large.explain = canonical_explain(event.explain, kMaxExplainBytes, large.explain_cut);
  Draft draft = build(event, large);
  if (draft.bytes() <= kMaxEventBytes) return draft;
  if (large.context.size() > kMarkerBytes) large.context = marker_of(large.context);
  draft = build(event, large);
  if (draft.bytes() <= kMaxEventBytes) return draft;
  large.max_dry_runs = kDryRunsTold;
  return build(event, large);
}

}  // namespace guardian::audit
