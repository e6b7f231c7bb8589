#include "audit_event_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "guardian/audit/line_cursor.h"
#include "output.h"

namespace guardian::cmd {

namespace {

using audit::EventLine;

constexpr std::size_t kDecisionWidth = 10;

// The columns; what an event has beside them is in `other`.
constexpr std::array<std::string_view, 26> kColumns = {
    "seq",        "time",      "type",          "id",     "sidecar",   "mode",    "bundleVersion", "agentId",
    "agentName",  "trustTier", "authenticated", "action", "resource",  "context", "decision",      "wouldDeny",
    "policy",     "rule",      "reason",        "alert",  "latencyMs", "traceId", "spanId",        "batchId",
    "delegation", "token"};
constexpr std::array<std::string_view, 2> kChain = {"prev", "hash"};

std::string_view without_quotes(std::string_view raw) {
  return raw.size() >= 2 && raw.front() == '"' ? raw.substr(1, raw.size() - 2) : raw;
}

std::string_view find_member(const EventLine& event, std::string_view wanted) {
  audit::LineMembers members(event.text);
  std::string_view name;
  std::string_view raw;
  while (members.next(name, raw)) {
    if (without_quotes(name) == wanted) return raw;
  }
  return {};
}

// A text as it is, anything else as JSON; null and what is not there empty.
std::string shown(std::string_view raw) {
  if (raw.empty() || raw == "null") return {};
  return audit::text_of_member(raw).value_or(std::string(raw));
}

std::string decision_text(const EventLine& event) {
  const std::string resource = shown(find_member(event, "resource"));
  const std::string reason = shown(find_member(event, "reason"));
  const std::string policy = shown(event.policy);
  const std::string rule = shown(event.rule);
  std::string text = shown(event.agent_id) + "  " + shown(event.action);
  if (!resource.empty()) text += " " + resource;
  text += "  " + (policy.empty() ? "no policy" : policy);
  if (!rule.empty()) text += " / " + rule;
  if (!reason.empty()) text += ": " + reason;
  return text;
}

// What an event that is no decision has to say: all members that not every event has.
std::string other_text(const EventLine& event) {
  constexpr std::array<std::string_view, 8> kCommon = {"id", "seq", "type", "time", "sidecar", "mode", "prev", "hash"};
  std::string text;
  audit::LineMembers members(event.text);
  std::string_view name;
  std::string_view raw;
  while (members.next(name, raw)) {
    const std::string_view plain = without_quotes(name);
    if (std::ranges::find(kCommon, plain) != kCommon.end() || raw == "null") continue;
    text += (text.empty() ? "" : "  ") + std::string(plain) + " " + shown(raw);
  }
  return text;
}

std::string padded(std::string_view text) {
  return std::string(text) + std::string(kDecisionWidth - std::min(text.size(), kDecisionWidth), ' ');
}

std::string verdict_text(const EventLine& event) {
  if (event.would_deny == "true" && event.decision == "\"allow\"")
    return coloured(padded("would-deny"), Colour::Yellow);
  const bool allowed = event.decision == "\"allow\"";
  return coloured(padded(shown(event.decision)), allowed ? Colour::Green : Colour::Red);
}

bool looks_like_formula(std::string_view text) {
  constexpr std::string_view kStarts = "=+-@\t\r";
  return !text.empty() && kStarts.find(text.front()) != std::string_view::npos;
}

std::string csv_field(std::string_view raw) {
  const auto text = audit::text_of_member(raw);
  std::string field = text ? *text : raw == "null" ? std::string() : std::string(raw);
  if (text && looks_like_formula(field)) field.insert(field.begin(), '\'');
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string event_text(const EventLine& event) {
  const std::string time = printable_line(event.time);
  std::string text = time.substr(0, time.size() - 1) + "  ";
  if (event.type == "decision") return text + verdict_text(event) + "  " + printable_line(decision_text(event));
  return text + coloured(padded(event.type), Colour::Dim) + "  " + printable_line(other_text(event));
}

std::string csv_header() {
  std::string header;
  for (const std::string_view column : kColumns) header.append(column).append(",");
  header += "other";
  for (const std::string_view column : kChain) header.append(",").append(column);
  return header + "\r\n";
}

std::string csv_record(const EventLine& event) {
  std::array<std::string, kColumns.size()> fields;
  std::string other;
  audit::LineMembers members(event.text);
  std::string_view name;
  std::string_view raw;
  while (members.next(name, raw)) {
    const std::string_view plain = without_quotes(name);
    const auto* const column = std::ranges::find(kColumns, plain);
    if (column != kColumns.end()) {
      fields[static_cast<std::size_t>(column - kColumns.begin())] = csv_field(raw);
    } else if (std::ranges::find(kChain, plain) == kChain.end()) {
      other.append(other.empty() ? "{" : ",").append(name).append(":").append(raw);
    }
  }
  std::string record;
  for (const std::string& field : fields) record.append(field).append(",");
  record += csv_field(other.empty() ? other : other + "}");
  return record.append(",").append(event.prev).append(",").append(event.hash).append("\r\n");
}

}  // namespace guardian::cmd
