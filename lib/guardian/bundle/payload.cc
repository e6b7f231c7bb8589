#include "guardian/bundle/payload.h"

#include <algorithm>
#include <array>

#include "guardian/base/text.h"
#include "guardian/bundle/payload_parts.h"
#include "guardian/json/reader.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Kind;
using json::Value;

Status check_schema(const Members& root) {
  if (!root.object().is_object()) return root.check({}, Extensions::Refused);
  GUARDIAN_ASSIGN(const std::string_view schema, root.text("schema"));
  if (schema != kPayloadSchema) {
    return root.error("schema", root.object().find("schema"),
                      "`" + base::printable(schema) + "` is not `" + std::string(kPayloadSchema) + "`");
  }
  return root.check({"schema", "version", "timestamp", "issuer", "orgId", "expiresAt", "defaultCombining",
                     "unknownAgents", "trustTiers", "agents", "issuers", "revocations", "approvals", "policies"},
                    Extensions::Accepted);
}

// How the payload's own JSON is read, the whole or an element. The envelope's limit has already bounded its size; the
// operator may have set that one above the default.
json::ReadLimits limits_of(std::string_view text) {
  json::ReadLimits limits;
  limits.max_bytes = std::max(text.size(), kDefaultMaxBundleBytes);
  limits.integers = json::Integers::Unsigned64;
  return limits;
}

// Only `version` may be an integer that a double cannot hold; agents and policies have their own checks.
Status check_integers(const Members& root) {
  for (const json::Member& member : root.object().as_object()) {
    if (member.key == "version" || member.key == "agents" || member.key == "policies") continue;
    const auto inexact = find_inexact_integer(member.value, base::printable(member.key));
    if (!inexact) continue;
    const Value place = Value().at_offset(inexact->offset);
    return root.error(inexact->path, &place, "integers beyond 2^53 are not exact");
  }
  return {};
}

Result<Version> read_version(const Members& root) {
  const Value* const value = root.object().find("version");
  if (value == nullptr) return root.error("version", nullptr, "missing");
  auto version = Version::from_json(*value);
  if (!version.ok()) return root.error("version", value, version.error().message());
  return version;
}

Status read_combining(const Members& root, Payload& payload) {
  GUARDIAN_ASSIGN(const Value* const value, root.find("defaultCombining", Kind::Text));
  if (value == nullptr) return {};
  const auto combining = policy::parse_combining(value->as_text());
  if (!combining) {
    return root.error("defaultCombining", value,
                      "`" + base::printable(value->as_text()) + "` is neither `deny-overrides` nor `first-applicable`");
  }
  payload.default_combining = *combining;
  return {};
}

Status read_unknown_agents(const Members& root, const TierIndex& tiers, Payload& payload) {
  GUARDIAN_ASSIGN(const Value* const value, root.find("unknownAgents", Kind::Object));
  if (value == nullptr) return {};
  const Members members(*value, root, "unknownAgents");
  GUARDIAN_TRY(members.check({"trustTier"}, Extensions::Accepted));
  GUARDIAN_ASSIGN(payload.unknown_agents_tier, read_tier_reference(members, tiers));
  return {};
}

}  // namespace

std::optional<InexactInteger> find_inexact_integer(const Value& value, std::string_view path) {
  if (value.is_beyond_exact()) return InexactInteger{std::string(path), value.offset()};
  // The path is put together on the way back: a tree without a culprit costs no memory.
  const auto below = [&](const Value& child, const auto& segment) -> std::optional<InexactInteger> {
    auto found = find_inexact_integer(child, "");
    if (found) found->path = std::string(path) + segment() + found->path;
    return found;
  };
  if (value.is_list()) {
    std::size_t index = 0;
    for (const Value& item : value.as_list()) {
      if (auto found = below(item, [&] { return element("", index); })) return found;
      ++index;
    }
  } else if (value.is_object()) {
    for (const json::Member& member : value.as_object()) {
      if (auto found = below(member.value, [&] { return "." + base::printable(member.key); })) return found;
    }
  }
  return std::nullopt;
}

Result<Elements> Elements::of(const Members& root, std::string_view name, std::string_view text,
                              const json::LeftList* left) {
  Elements elements;
  GUARDIAN_ASSIGN(elements.tree_, root.list(name));
  elements.size_ = elements.tree_.size();
  if (elements.tree_.empty() && left != nullptr) {
    elements.size_ = left->items.size();
    elements.left_.emplace(text, *left, limits_of(text));
  }
  return elements;
}

Result<Value> Elements::get(std::size_t index) {
  if (!left_) return tree_[index];
  auto read = left_->read(index);
  if (!read.ok()) return std::move(read).error().within("payload");
  return read;
}

namespace {

// What read_payload left in its text; nothing of a tree.
struct Left {
  std::unique_ptr<const std::string> text;
  std::array<json::LeftList, 2> lists{{{"agents", {}}, {"policies", {}}}};
};

Result<Payload> check(json::Document document, const PayloadSources& sources, Left left) {
  const Value root_value = document.root();
  const Members root(root_value, ErrorCode::SchemaInvalid, sources.members);
  GUARDIAN_TRY(check_schema(root));
  GUARDIAN_TRY(check_integers(root));
  GUARDIAN_ASSIGN(Version version, read_version(root));
  Payload payload(std::move(document), std::move(version));
  payload.source = std::move(left.text);
  GUARDIAN_ASSIGN(payload.timestamp, root.instant("timestamp"));
  GUARDIAN_ASSIGN(payload.issuer, root.optional_text("issuer"));
  GUARDIAN_ASSIGN(payload.org_id, root.optional_text("orgId"));
  GUARDIAN_ASSIGN(payload.expires_at, root.optional_instant("expiresAt"));
  GUARDIAN_TRY(read_combining(root, payload));

  const Members tiers_root(root_value, ErrorCode::SchemaInvalid, sources.tiers);
  GUARDIAN_ASSIGN(const TierIndex tiers, read_tiers(tiers_root, payload));
  GUARDIAN_TRY(read_unknown_agents(root, tiers, payload));
  const Members agents_root(root_value, ErrorCode::SchemaInvalid, sources.agents);
  const bool in_place = payload.source != nullptr;
  GUARDIAN_ASSIGN(auto agents,
                  Elements::of(agents_root, "agents", payload.text(), in_place ? &left.lists[0] : nullptr));
  GUARDIAN_TRY(read_agents(agents_root, std::move(agents), tiers, payload));
  GUARDIAN_TRY(read_issuers(root, payload));
  GUARDIAN_TRY(read_revocations(root, payload));
  GUARDIAN_TRY(read_approvals(root, payload));
  GUARDIAN_ASSIGN(auto policies, Elements::of(root, "policies", payload.text(), in_place ? &left.lists[1] : nullptr));
  GUARDIAN_TRY(read_policies(std::move(policies), sources.policies, payload));
  return payload;
}

}  // namespace

Result<Payload> check_payload_from(json::Document document, const PayloadSources& sources) {
  return check(std::move(document), sources, {});
}

Result<Payload> check_payload(json::Document document, const PolicySources& sources) {
  PayloadSources all;
  all.policies = sources;
  return check_payload_from(std::move(document), all);
}

Result<Payload> parse_payload(std::string_view bytes) {
  auto document = json::parse(bytes, limits_of(bytes));
  if (!document.ok()) return std::move(document).error().within("payload");
  return check_payload_from(std::move(document).value(), {});
}

Result<Payload> read_payload(std::string text) {
  Left left;
  // On the heap, where views into it survive the moves of its owner.
  left.text = std::make_unique<const std::string>(std::move(text));
  auto document = json::parse_in_place(*left.text, limits_of(*left.text), left.lists);
  if (!document.ok()) return std::move(document).error().within("payload");
  return check(std::move(document).value(), {}, std::move(left));
}

}  // namespace guardian::bundle
