#include "expectation.h"

#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::testing {
namespace {

using json::Value;

// The answer as JSON, null for what is not there.
json::Document told(const Reply& reply, decision::Mode mode) {
  const NaiveAnswer& answer = reply.answer;
  std::string text;
  json::Writer out(text);
  const auto put_text = [&](std::string_view name, const std::optional<std::string>& value) {
    out.key(name);
    value ? out.text(*value) : out.null();
  };
  const bool audit = mode == decision::Mode::Audit;
  out.begin_object();
  put_text("decision", answer.allow || audit ? "allow" : "deny");
  put_text("policy", answer.policy);
  put_text("rule", answer.rule);
  put_text("reason", answer.reason);
  put_text("approvalId", answer.approval_id);
  out.key("requiresApproval").boolean(answer.requires_approval);
  out.key("wouldDeny").boolean(!answer.allow && audit);
  out.key("dryRun").begin_list();
  for (const auto& [policy, rule, allow] : answer.dry_run) {
    out.begin_object();
    out.member("policy", policy).member("rule", rule).member("decision", allow ? "allow" : "deny");
    out.end_object();
  }
  out.end_list().member("explain", reply.explain.root()).end_object();
  return json::parse(text).value();
}

std::string retry_text(const Reply& reply) {
  if (!reply.retry_ms) return "null";
  return std::to_string(reply.retry_ms->first) + " to " + std::to_string(reply.retry_ms->second);
}

// A side that says one number must say one of those expected; the oracle's range must hold all of them.
bool meets_retry(const Value& expected, const Reply& reply) {
  if (expected.is_null() || !reply.retry_ms) return expected.is_null() && !reply.retry_ms;
  const Value& least = expected.is_list() ? expected.as_list().front() : expected;
  const Value& most = expected.is_list() ? expected.as_list().back() : expected;
  const auto [low, high] = *reply.retry_ms;
  const auto from = static_cast<std::int64_t>(least.as_number());
  const auto to = static_cast<std::int64_t>(most.as_number());
  return low == high ? from <= low && low <= to : low <= from && to <= high;
}

}  // namespace

std::vector<std::string> unmet(const Value& expect, const Reply& reply, decision::Mode mode) {
  std::vector<std::string> faults;
  if (!reply.certain) faults.emplace_back("the specification leaves it open");
  const json::Document answer = told(reply, mode);
  for (const json::Member& expected : expect.as_object()) {
    if (expected.key == "retryAfterMs") {
      if (!meets_retry(expected.value, reply)) faults.push_back("`retryAfterMs` is " + retry_text(reply));
      continue;
    }
    const Value* actual = answer.root().find(expected.key);
    if (actual == nullptr) {
      faults.push_back("unknown member `" + std::string(expected.key) + "` of `expect`");
    } else if (!json::equal(*actual, expected.value)) {
      faults.push_back("`" + std::string(expected.key) + "` is " + json::write(*actual));
    }
  }
  return faults;
}

}  // namespace guardian::testing
