#include "guardian/base/text.h"
#include "guardian/bundle/payload_parts.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Kind;
using json::Value;

// Names that were seen and the element that used them, to refuse a second use.
class UniqueNames {
 public:
  explicit UniqueNames(std::string_view list) : list_(list) {}

  [[nodiscard]] Status add(const Members& members, std::string_view member, std::string_view name) {
    const auto [earlier, is_new] = seen_.emplace(name, seen_.size());
    if (is_new) return {};
    return members.error(member, members.object().find(member), "already used by " + element(list_, earlier->second));
  }

 private:
  std::string_view list_;
  std::unordered_map<std::string_view, std::size_t> seen_;
};

Result<Issuer> read_issuer(Members& members) {
  GUARDIAN_TRY(members.check({"issuer", "audience", "keys"}, Extensions::Accepted));
  Issuer issuer;
  GUARDIAN_ASSIGN(issuer.issuer, members.text_not_empty("issuer"));
  members.set_label(issuer.issuer);
  GUARDIAN_ASSIGN(issuer.audience, members.optional_text("audience"));
  GUARDIAN_ASSIGN(const auto keys, members.list("keys"));
  GUARDIAN_ASSIGN(issuer.keys, read_keys(members, "keys", keys));
  return issuer;
}

Result<std::optional<policy::Glob>> optional_glob(const Members& members, std::string_view name) {
  GUARDIAN_ASSIGN(const Value* const value, members.find(name, Kind::Text));
  if (value == nullptr) return std::optional<policy::Glob>();
  GUARDIAN_ASSIGN(policy::Glob glob, read_glob(members, name, *value));
  return std::optional<policy::Glob>(std::move(glob));
}

Result<Approval> read_approval(Members& members) {
  GUARDIAN_TRY(
      members.check({"id", "agentId", "action", "resource", "policy", "rule", "expiresAt"}, Extensions::Accepted));
  GUARDIAN_ASSIGN(const std::string_view id, members.text_not_empty("id"));
  members.set_label(id);
  GUARDIAN_ASSIGN(const std::string_view agent_id, members.text_not_empty("agentId"));
  GUARDIAN_ASSIGN(const Value* const action_value, members.get("action", Kind::Text));
  GUARDIAN_ASSIGN(policy::Glob action, read_glob(members, "action", *action_value));
  GUARDIAN_ASSIGN(auto resource, optional_glob(members, "resource"));
  GUARDIAN_ASSIGN(const auto policy, members.optional_text("policy"));
  GUARDIAN_ASSIGN(const auto rule, members.optional_text("rule"));
  GUARDIAN_ASSIGN(const base::Instant expires_at, members.instant("expiresAt"));
  return Approval{id, agent_id, std::move(action), std::move(resource), policy, rule, expires_at};
}

}  // namespace

Result<std::vector<crypto::PublicKey>> read_keys(const Members& members, std::string_view name,
                                                 std::span<const Value> keys) {
  std::vector<crypto::PublicKey> result;
  result.reserve(keys.size());
  for (const Value& jwk : keys) {
    Members place(jwk, members, name, result.size());
    if (const Value* const kid = jwk.find("kid"); kid != nullptr && kid->is_text()) place.set_label(kid->as_text());
    if (!jwk.is_object()) return place.error("", &jwk, "must be a JWK object");
    auto key = crypto::PublicKey::from_jwk(jwk);
    if (!key.ok()) return Error(key.error().code(), place.prefix(jwk.offset()) + key.error().message());
    // Its own members were refused; what is left are its extensions.
    if (holds_private_key(jwk)) return Error(ErrorCode::KeyInvalid, place.prefix(jwk.offset()) + "holds a private key");
    result.push_back(std::move(key).value());
  }
  return result;
}

Result<std::vector<std::string_view>> read_texts(const Members& members, std::string_view name) {
  GUARDIAN_ASSIGN(const auto values, members.optional_list(name));
  std::vector<std::string_view> texts;
  texts.reserve(values.size());
  for (const Value& value : values) {
    if (!value.is_text()) return members.error_at(name, texts.size(), value, "must be text");
    texts.push_back(value.as_text());
  }
  return texts;
}

Result<policy::Glob> read_glob(const Members& members, std::string_view name, const Value& pattern) {
  if (!pattern.is_text()) return members.error(name, &pattern, "must be text");
  auto glob = policy::Glob::compile(pattern.as_text());
  if (!glob.ok()) return members.error(name, &pattern, glob.error().message());
  return glob;
}

Status read_issuers(const Members& root, Payload& payload) {
  GUARDIAN_ASSIGN(const auto values, root.optional_list("issuers"));
  UniqueNames names("issuers");
  for (const Value& value : values) {
    Members members(value, root, "issuers", payload.issuers.size());
    GUARDIAN_ASSIGN(Issuer issuer, read_issuer(members));
    GUARDIAN_TRY(names.add(members, "issuer", issuer.issuer));
    payload.issuers.push_back(std::move(issuer));
  }
  return {};
}

Status read_revocations(const Members& root, Payload& payload) {
  GUARDIAN_ASSIGN(const Value* const value, root.find("revocations", Kind::Object));
  if (value == nullptr) return {};
  const Members members(*value, root, "revocations");
  GUARDIAN_TRY(members.check({"agents", "tokens", "keys"}, Extensions::Accepted));
  GUARDIAN_ASSIGN(payload.revocations.agents, read_texts(members, "agents"));
  GUARDIAN_ASSIGN(payload.revocations.tokens, read_texts(members, "tokens"));
  GUARDIAN_ASSIGN(payload.revocations.keys, read_texts(members, "keys"));
  return {};
}

Status read_approvals(const Members& root, Payload& payload) {
  GUARDIAN_ASSIGN(const auto values, root.optional_list("approvals"));
  UniqueNames ids("approvals");
  for (const Value& value : values) {
    Members members(value, root, "approvals", payload.approvals.size());
    GUARDIAN_ASSIGN(Approval approval, read_approval(members));
    GUARDIAN_TRY(ids.add(members, "id", approval.id));
    payload.approvals.push_back(std::move(approval));
  }
  return {};
}

}  // namespace guardian::bundle
