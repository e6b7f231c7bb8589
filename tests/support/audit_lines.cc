#include "support/audit_lines.h"

#include <fstream>

#include "guardian/audit/segment.h"
#include "guardian/base/check.h"
#include "guardian/crypto/digest.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::test {

namespace {

constexpr std::size_t kMaxDepth = 160;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }
std::string quoted_or_null(std::string_view text) { return text.empty() ? "null" : quoted(text); }

void append(const std::string& path, std::string_view text, std::ios::openmode mode) {
  std::ofstream file(path, mode | std::ios::binary);
  file << text;
  GUARDIAN_ASSERT(file.flush().good());
}

}  // namespace

std::string make_line(std::string_view members, std::uint64_t seq, std::string_view prev) {
  std::string text = "{" + std::string(members) + (members.empty() ? "" : ",");
  text += "\"seq\":" + std::to_string(seq) + ",\"prev\":" + quoted(prev);
  json::ReadLimits limits;
  limits.max_depth = kMaxDepth;
  auto parsed = json::parse(text + "}", limits);
  GUARDIAN_ASSERT(parsed.ok());
  if (parsed->root().find("id") == nullptr) {
    parsed = json::parse(text + ",\"id\":\"event-" + std::to_string(seq) + "\"}", limits);
    GUARDIAN_ASSERT(parsed.ok());
  }
  std::string line = json::canonical(parsed->root());
  const std::string hash = crypto::hex(crypto::sha256(line));
  line.insert(line.size() - 1, ",\"hash\":" + quoted(hash));
  return line;
}

std::string decision_members(const DecisionFields& fields) {
  std::string text = R"("type":"decision","sidecar":"test","bundleVersion":"1","agentName":null,"alert":null,)"
                     R"("authenticated":false,"batchId":null,"dryRun":[],"latencyMs":0.031,"spanId":null,)"
                     R"("trustTier":"verified","delegation":{"chain":[],"depth":0})";
  const auto member = [&text](std::string_view name, std::string_view json) {
    text.append(",\"").append(name).append("\":").append(json);
  };
  if (!fields.id.empty()) member("id", quoted(fields.id));
  member("time", quoted(fields.time));
  member("agentId", quoted(fields.agent_id));
  member("action", quoted(fields.action));
  member("resource", quoted_or_null(fields.resource));
  member("context", fields.context_json);
  member("decision", quoted(fields.decision));
  member("wouldDeny", fields.would_deny ? "true" : "false");
  member("policy", quoted_or_null(fields.policy));
  member("rule", quoted_or_null(fields.rule));
  member("reason", quoted_or_null(fields.reason));
  member("mode", quoted(fields.mode));
  member("traceId", quoted_or_null(fields.trace_id));
  member("token", fields.token_json);
  return fields.extra.empty() ? text : text + "," + fields.extra;
}

AuditLines::AuditLines(std::string directory, std::uint64_t first_seq, std::string_view first_prev)
    : directory_(std::move(directory)) {
  head.first_seq = first_seq;
  head.first_prev = first_prev;
  head.last_seq = first_seq - 1;
  head.last_hash = first_prev;
}

std::string AuditLines::add(std::string_view members) {
  const std::uint64_t seq = head.last_seq + 1;
  const std::string line = make_line(members, seq, head.last_hash);
  if (segment_.empty()) segment_ = directory_ + "/" + audit::segment_name(seq);
  append(segment_, line + "\n", std::ios::app);
  const auto event = audit::read_event_line(line);
  GUARDIAN_ASSERT(event.has_value());
  head.last_seq = seq;
  head.last_hash = event->hash;
  return line;
}

void AuditLines::write_head() const { append(audit::head_path(directory_), audit::write_head(head), std::ios::trunc); }

}  // namespace guardian::test
