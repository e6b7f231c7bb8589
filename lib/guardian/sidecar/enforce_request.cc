#include "guardian/sidecar/enforce_request.h"

#include <algorithm>
#include <span>
#include <string>

#include "guardian/base/text.h"
#include "guardian/json/reader.h"

namespace guardian::sidecar {

namespace {

using base::Error;
using base::ErrorCode;
using json::Kind;
using json::Value;

// Reads the members of one object, `where` naming it in errors (empty for the body itself). A null member is absent.
class Members {
 public:
  Members(const Value& object, std::string where) : object_(object), where_(std::move(where)) {}

  [[nodiscard]] base::Status allow_only(std::span<const std::string_view> names) const {
    for (const json::Member& member : object_.as_object()) {
      if (std::ranges::find(names, member.key) == names.end()) {
        return Error(ErrorCode::InvalidInput, place(base::printable(member.key)) + ": unknown member");
      }
    }
    return {};
  }

  // nullptr when absent.
  [[nodiscard]] base::Result<const Value*> optional(std::string_view name, Kind kind) const {
    const Value* const value = object_.find(name);
    if (value == nullptr || value->is_null()) return nullptr;
    if (value->kind() != kind) {
      return Error(ErrorCode::InvalidInput,
                   place(name) + ": must be " + article(kind) + ", not " + std::string(json::to_string(value->kind())));
    }
    return value;
  }

  [[nodiscard]] base::Result<const Value*> required(std::string_view name, Kind kind) const {
    GUARDIAN_ASSIGN(const Value* value, optional(name, kind));
    if (value == nullptr) return Error(ErrorCode::InvalidInput, place(name) + ": missing");
    return value;
  }

  [[nodiscard]] std::string place(std::string_view name) const {
    return "`" + (where_.empty() ? std::string(name) : where_ + "." + std::string(name)) + "`";
  }

 private:
  static std::string article(Kind kind) {
    const std::string name(json::to_string(kind));
    return (name.front() == 'o' ? "an " : kind == Kind::Text ? "" : "a ") + name;
  }

  const Value& object_;
  std::string where_;
};

base::Result<json::Document> parse_body(std::string_view body) {
  auto document = json::parse(body);
  if (!document) return std::move(document).error().within("body");
  if (!document->root().is_object()) return Error(ErrorCode::InvalidInput, "body: must be a JSON object");
  return document;
}

base::Result<policy::Request> read_action(const Members& members) {
  policy::Request request;
  GUARDIAN_ASSIGN(const Value* action, members.required("action", Kind::Text));
  request.action = action->as_text();
  if (!decision::is_valid_action(request.action)) {
    return Error(ErrorCode::InvalidInput, members.place("action") + ": must be 1 to " +
                                              std::to_string(decision::kMaxActionBytes) +
                                              " bytes without control characters");
  }
  GUARDIAN_ASSIGN(const Value* resource, members.optional("resource", Kind::Text));
  if (resource != nullptr) {
    if (resource->as_text().size() > decision::kMaxResourceBytes) {
      return Error(ErrorCode::InvalidInput, members.place("resource") + ": longer than " +
                                                std::to_string(decision::kMaxResourceBytes) + " bytes");
    }
    request.resource = resource->as_text();
  }
  GUARDIAN_ASSIGN(const Value* context, members.optional("context", Kind::Object));
  if (context != nullptr) request.context = *context;
  return request;
}

struct Common {
  decision::Asker asker;
  bool explain = false;
  std::optional<std::string_view> trace_id;
};

base::Result<Common> read_common(const Members& members, const Value& claims) {
  Common common;
  GUARDIAN_ASSIGN(const Value* agent_id, members.optional("agentId", Kind::Text));
  GUARDIAN_ASSIGN(const Value* explain, members.optional("explain", Kind::Boolean));
  common.explain = explain != nullptr && explain->as_boolean();
  GUARDIAN_ASSIGN(const Value* trace_id, members.optional("traceId", Kind::Text));
  if (trace_id != nullptr) common.trace_id = trace_id->as_text();
  GUARDIAN_ASSIGN(const Value* delegation, members.optional("delegation", Kind::Object));
  const auto named = agent_id == nullptr ? std::optional<std::string_view>() : agent_id->as_text();
  GUARDIAN_ASSIGN(common.asker, decision::read_asker(named, delegation == nullptr ? Value() : *delegation, claims));
  return common;
}

base::Status read_time(const Members& members, EnforceRequest& request) {
  GUARDIAN_ASSIGN(const Value* at, members.optional("at", Kind::Text));
  if (at != nullptr) {
    const auto instant = base::parse_rfc3339(at->as_text());
    if (!instant) return Error(ErrorCode::InvalidInput, members.place("at") + ": not an RFC 3339 date-time");
    request.at = base::to_time_point(*instant);
  }
  return {};
}

}  // namespace

base::Result<EnforceRequest> parse_enforce_request(std::string_view body, ExtraMembers extra) {
  EnforceRequest request;
  GUARDIAN_ASSIGN(request.document, parse_body(body));
  const Members members(request.document.root(), "");
  constexpr std::string_view kNames[] = {"agentId", "action",  "resource", "context", "delegation",
                                         "explain", "traceId", "at",       "token"};
  constexpr std::size_t kEvalNames = 2;
  const std::span<const std::string_view> names(kNames);
  GUARDIAN_TRY(members.allow_only(extra == ExtraMembers::Eval ? names : names.first(names.size() - kEvalNames)));
  const Value* claims = nullptr;
  if (extra == ExtraMembers::Eval) {
    GUARDIAN_ASSIGN(claims, members.optional("token", Kind::Object));
    GUARDIAN_TRY(read_time(members, request));
  }
  GUARDIAN_ASSIGN(Common common, read_common(members, claims == nullptr ? Value() : *claims));
  GUARDIAN_ASSIGN(request.question.request, read_action(members));
  if (claims != nullptr) request.question.request.token = *claims;
  request.question.agent_id = common.asker.agent_id;
  // The buffer stays where it is when the request is moved.
  request.chain = std::move(common.asker.chain);
  request.question.chain = request.chain;
  request.explain = common.explain;
  request.trace_id = common.trace_id;
  return request;
}

base::Result<BatchRequest> parse_batch_request(std::string_view body) {
  BatchRequest request;
  GUARDIAN_ASSIGN(request.document, parse_body(body));
  const Members members(request.document.root(), "");
  constexpr std::string_view kNames[] = {"agentId", "actions", "delegation", "explain", "traceId"};
  GUARDIAN_TRY(members.allow_only(kNames));
  GUARDIAN_ASSIGN(Common common, read_common(members, Value()));
  request.asker = std::move(common.asker);
  request.explain = common.explain;
  request.trace_id = common.trace_id;
  GUARDIAN_ASSIGN(const Value* actions, members.required("actions", Kind::List));
  const auto items = actions->as_list();
  if (items.empty()) return Error(ErrorCode::InvalidInput, "`actions`: empty");
  if (items.size() > kMaxBatchActions) {
    return Error(ErrorCode::TooLarge, "`actions`: more than " + std::to_string(kMaxBatchActions));
  }
  request.actions.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string where = "actions[" + std::to_string(i) + "]";
    if (!items[i].is_object()) return Error(ErrorCode::InvalidInput, "`" + where + "`: must be an object");
    const Members item(items[i], where);
    constexpr std::string_view kItemNames[] = {"action", "resource", "context"};
    GUARDIAN_TRY(item.allow_only(kItemNames));
    GUARDIAN_ASSIGN(policy::Request action, read_action(item));
    request.actions.push_back(action);
  }
  return request;
}

}  // namespace guardian::sidecar
