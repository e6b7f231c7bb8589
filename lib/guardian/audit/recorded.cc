#include "guardian/audit/recorded.h"

#include <algorithm>
#include <string>

#include "guardian/base/check.h"
#include "guardian/json/reader.h"

namespace guardian::audit {

namespace {

using base::Error;
using base::ErrorCode;
using json::Kind;
using json::Value;

// An event holds a context, or an operand of a policy, that was itself admitted at depth 64.
constexpr std::size_t kMaxDepth = 160;
constexpr std::size_t kMaxExactDigits = 15;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// RFC 8785 writes a double such as 1e20 as an integer of 21 digits, which is an integer beyond what a double holds
// exactly to whoever reads it. The same text with an exponent is the double again.
std::string with_doubles_marked(std::string_view line) {
  constexpr std::string_view kNumber = "-+.0123456789eE";
  constexpr std::string_view kInteger = "-0123456789";
  std::string marked;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t end = i + 1;
    if (line[i] == '"') {
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, line.size());
    } else if (is_digit(line[i]) || line[i] == '-') {
      end = std::min(line.find_first_not_of(kNumber, i), line.size());
    }
    const std::string_view token = line.substr(i, end - i);
    marked += token;
    const bool integer = is_digit(token.back()) && token.find_first_not_of(kInteger) == std::string_view::npos;
    if (integer && token.size() > kMaxExactDigits) marked += "e0";
    i = end;
  }
  return marked;
}

base::Result<json::Document> parse_line(std::string_view line) {
  json::ReadLimits limits;
  limits.max_bytes = 2 * kMaxLineBytes;
  limits.max_depth = kMaxDepth;
  auto parsed = json::parse(line, limits);
  if (parsed) return parsed;
  return json::parse(with_doubles_marked(line), limits);
}

Error wrong(std::string_view member) {
  return {ErrorCode::Malformed, "`" + std::string(member) + "`: missing, or not what a decision has there"};
}

// The members of an event, by the kinds that audit.md gives them.
class Members {
 public:
  explicit Members(const Value& event) noexcept : event_(event) {}

  [[nodiscard]] base::Result<Value> required(std::string_view name, Kind kind) const {
    const Value* const value = event_.find(name);
    if (value == nullptr || value->kind() != kind) return wrong(name);
    return *value;
  }
  // Null where it is absent.
  [[nodiscard]] base::Result<Value> optional(std::string_view name, Kind kind) const {
    const Value* const value = event_.find(name);
    if (value == nullptr || value->is_null()) return Value();
    if (value->kind() != kind) return wrong(name);
    return *value;
  }
  [[nodiscard]] base::Result<std::optional<std::string_view>> optional_text(std::string_view name) const {
    GUARDIAN_ASSIGN(const Value value, optional(name, Kind::Text));
    if (value.is_null()) return std::optional<std::string_view>();
    return std::optional(value.as_text());
  }

 private:
  const Value& event_;
};

// `[redacted:01234567]`.
bool is_redacted(std::string_view text) noexcept {
  constexpr std::string_view kBegin = "[redacted:";
  constexpr std::size_t kHexDigits = 8;
  if (text.size() != kBegin.size() + kHexDigits + 1 || !text.starts_with(kBegin) || text.back() != ']') return false;
  return std::ranges::all_of(text.substr(kBegin.size(), kHexDigits),
                             [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// Recursive as deep as a context may be.
bool holds_redacted(const Value& value) noexcept {
  if (value.is_text()) return is_redacted(value.as_text());
  if (value.is_list()) return std::ranges::any_of(value.as_list(), holds_redacted);
  if (!value.is_object()) return false;
  return std::ranges::any_of(value.as_object(),
                             [](const json::Member& member) { return holds_redacted(member.value); });
}

// The one member of an object with one.
const Value* only_member(const Value& value, std::string_view name) noexcept {
  return value.is_object() && value.as_object().size() == 1 ? value.find(name) : nullptr;
}

bool is_left_out(const Value& value) noexcept {
  const Value* const omitted = only_member(value, "omitted");
  return omitted != nullptr && omitted->is_boolean() && omitted->as_boolean();
}

bool is_cut(const Value& value) noexcept {
  const Value* const truncated = only_member(value, "truncated");
  return truncated != nullptr && truncated->find("bytes") != nullptr && truncated->find("sha256") != nullptr;
}

Inputs inputs_of(const policy::Request& request, bool authenticated, bool whole_chain) noexcept {
  if (is_left_out(request.context)) return Inputs::ContextLeftOut;
  if (is_cut(request.context)) return Inputs::ContextCut;
  if (holds_redacted(request.context)) return Inputs::ContextRedacted;
  const bool claims_missing =
      request.token.is_null() ? authenticated : is_left_out(request.token) || is_cut(request.token);
  if (claims_missing) return Inputs::TokenMissing;
  if (holds_redacted(request.token)) return Inputs::TokenRedacted;
  return whole_chain ? Inputs::Whole : Inputs::ChainCut;
}

// True where all delegators are told.
base::Result<bool> read_chain(const Members& members, std::vector<std::string_view>& chain) {
  GUARDIAN_ASSIGN(const Value delegation, members.required("delegation", Kind::Object));
  GUARDIAN_ASSIGN(const Value told, Members(delegation).required("chain", Kind::List));
  GUARDIAN_ASSIGN(const Value depth, Members(delegation).required("depth", Kind::Number));
  for (const Value& member : told.as_list()) {
    if (!member.is_text()) return wrong("delegation.chain");
    chain.push_back(member.as_text());
  }
  return depth.as_unsigned() == chain.size();
}

base::Result<Decided> read_decided(const Members& members) {
  Decided decided;
  GUARDIAN_ASSIGN(const Value told, members.required("decision", Kind::Text));
  GUARDIAN_ASSIGN(const Value would_deny, members.required("wouldDeny", Kind::Boolean));
  if (told.as_text() != "allow" && told.as_text() != "deny") return wrong("decision");
  decided.allow = told.as_text() == "allow" && !would_deny.as_boolean();
  GUARDIAN_ASSIGN(decided.policy, members.optional_text("policy"));
  GUARDIAN_ASSIGN(decided.rule, members.optional_text("rule"));
  GUARDIAN_ASSIGN(decided.reason, members.optional_text("reason"));
  GUARDIAN_ASSIGN(decided.approval_id, members.optional_text("approvalId"));
  GUARDIAN_ASSIGN(const Value requires_approval, members.optional("requiresApproval", Kind::Boolean));
  decided.requires_approval = requires_approval.is_boolean() && requires_approval.as_boolean();
  GUARDIAN_ASSIGN(const Value retry_after, members.optional("retryAfterMs", Kind::Number));
  if (retry_after.is_number()) {
    if (!retry_after.as_unsigned()) return wrong("retryAfterMs");
    decided.retry_after_ms = static_cast<std::int64_t>(*retry_after.as_unsigned());
  }
  return decided;
}

base::Status read_asked(const Members& members, RecordedDecision& recorded) {
  GUARDIAN_ASSIGN(const Value agent_id, members.required("agentId", Kind::Text));
  recorded.agent_id = agent_id.as_text();
  GUARDIAN_ASSIGN(const Value action, members.required("action", Kind::Text));
  recorded.request.action = action.as_text();
  if (!decision::is_valid_action(recorded.request.action)) return wrong("action");
  GUARDIAN_ASSIGN(recorded.request.resource, members.optional_text("resource"));
  GUARDIAN_ASSIGN(recorded.request.context, members.optional("context", Kind::Object));
  GUARDIAN_ASSIGN(recorded.request.token, members.optional("token", Kind::Object));
  GUARDIAN_ASSIGN(const Value authenticated, members.required("authenticated", Kind::Boolean));
  GUARDIAN_ASSIGN(const bool whole_chain, read_chain(members, recorded.chain));
  recorded.inputs = inputs_of(recorded.request, authenticated.as_boolean(), whole_chain);
  return {};
}

}  // namespace

std::string_view to_string(Inputs inputs) noexcept {
  switch (inputs) {
    case Inputs::Whole:
      return "whole";
    case Inputs::ContextLeftOut:
      return "context not recorded";
    case Inputs::ContextCut:
      return "context too large to be recorded";
    case Inputs::ContextRedacted:
      return "context redacted";
    case Inputs::TokenMissing:
      return "token claims not recorded";
    case Inputs::TokenRedacted:
      return "token claims redacted";
    case Inputs::ChainCut:
      return "delegation chain recorded in part";
  }
  GUARDIAN_ASSERT(false);
}

base::Result<RecordedDecision> read_recorded_decision(const EventLine& event) {
  RecordedDecision recorded;
  GUARDIAN_ASSIGN(recorded.document, parse_line(event.text));
  const Members members(recorded.document.root());
  recorded.seq = event.seq;
  GUARDIAN_ASSIGN(const Value id, members.required("id", Kind::Text));
  recorded.id = id.as_text();
  GUARDIAN_ASSIGN(const Value time, members.required("time", Kind::Text));
  const auto instant = base::parse_rfc3339(time.as_text());
  if (!instant) return wrong("time");
  recorded.time = base::to_time_point(*instant);
  GUARDIAN_ASSIGN(const Value mode, members.required("mode", Kind::Text));
  const auto known_mode = decision::parse_mode(mode.as_text());
  if (!known_mode) return wrong("mode");
  recorded.mode = *known_mode;
  GUARDIAN_ASSIGN(recorded.bundle_version, members.optional_text("bundleVersion"));
  GUARDIAN_ASSIGN(const Value latency, members.optional("latencyMs", Kind::Number));
  constexpr double kMaxLatencyMs = 3'600'000.0;
  if (latency.is_number()) {
    recorded.latency_micros = static_cast<std::int64_t>(std::clamp(latency.as_number(), 0.0, kMaxLatencyMs) * 1000.0);
  }
  GUARDIAN_TRY(read_asked(members, recorded));
  GUARDIAN_ASSIGN(recorded.decided, read_decided(members));
  return recorded;
}

}  // namespace guardian::audit
