#include "guardian/bundle/trust_root.h"

#include <unordered_set>

#include "guardian/base/text.h"
#include "guardian/bundle/members.h"
#include "guardian/bundle/payload_parts.h"
#include "guardian/json/reader.h"
#include "guardian/json/writer.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using json::Kind;
using json::Value;

constexpr std::uint64_t kMaxRootVersion = std::uint64_t{1} << 53;

// The content of an envelope of a trust root, before it has proved itself.
struct RootContent {
  std::uint64_t version = 0;
  base::Instant expires_at;
  std::size_t threshold = 0;
  std::vector<crypto::PublicKey> keys;
};

Result<std::uint64_t> positive(const Members& root, std::string_view name) {
  GUARDIAN_ASSIGN(const std::int64_t number, root.integer(name));
  if (number < 1) return root.error(name, root.object().find(name), "must be at least 1");
  return static_cast<std::uint64_t>(number);
}

Status check_distinct(const std::vector<crypto::PublicKey>& keys, const Members& root) {
  std::unordered_set<std::string_view> thumbprints;
  std::size_t index = 0;
  for (const crypto::PublicKey& key : keys) {
    if (!thumbprints.insert(key.thumbprint()).second) {
      return root.error(element("keys", index), nullptr, "the same key comes twice");
    }
    ++index;
  }
  return {};
}

Result<RootContent> read_content(const Value& value) {
  const policy::Source nowhere;
  const Members root(value, ErrorCode::SchemaInvalid, nowhere);
  GUARDIAN_TRY(root.check({"schema", "version", "expiresAt", "threshold", "keys"}, Extensions::Refused));
  GUARDIAN_ASSIGN(const std::string_view schema, root.text("schema"));
  if (schema != kTrustRootSchema) {
    return root.error("schema", nullptr,
                      "`" + base::printable(schema) + "` is not `" + std::string(kTrustRootSchema) + "`");
  }
  RootContent content;
  GUARDIAN_ASSIGN(content.version, positive(root, "version"));
  GUARDIAN_ASSIGN(content.expires_at, root.instant("expiresAt"));
  GUARDIAN_ASSIGN(content.threshold, positive(root, "threshold"));
  GUARDIAN_ASSIGN(const auto keys, root.list("keys"));
  GUARDIAN_ASSIGN(content.keys, read_keys(root, "keys", keys));
  GUARDIAN_TRY(check_distinct(content.keys, root));
  if (content.threshold > content.keys.size()) {
    return root.error("threshold", nullptr, "is larger than the number of keys");
  }
  return content;
}

}  // namespace

Result<TrustRoot> TrustRoot::parse_root_envelope(std::string_view text) {
  GUARDIAN_ASSIGN(const crypto::Envelope envelope, crypto::parse_envelope(text, kMaxTrustRootBytes));
  if (envelope.payload_type_untrusted != kTrustRootType) {
    return Error(ErrorCode::SchemaInvalid,
                 "payloadType `" + base::printable(envelope.payload_type_untrusted) + "` is not a trust root's");
  }
  json::ReadLimits limits;
  limits.max_bytes = kMaxTrustRootBytes;
  auto document = json::parse(envelope.payload_untrusted, limits);
  if (!document.ok()) return std::move(document).error().within("payload");
  GUARDIAN_ASSIGN(RootContent content, read_content(document->root()));
  const auto signers = crypto::verify_envelope(envelope, content.keys, content.threshold);
  if (!signers.ok()) {
    return Error(ErrorCode::TrustRootInvalid, "not signed by its own keys: " + signers.error().message());
  }
  TrustRoot root;
  root.version_ = content.version;
  root.threshold_ = content.threshold;
  root.keys_ = std::move(content.keys);
  root.expires_at_ = content.expires_at;
  root.source_ = std::string(text);
  root.digest_ = crypto::sha256(envelope.payload_untrusted);
  return root;
}

Result<TrustRoot> TrustRoot::parse(std::string_view text) {
  if (text.size() > kMaxTrustRootBytes) {
    return Error(ErrorCode::TooLarge, "larger than " + std::to_string(kMaxTrustRootBytes) + " bytes");
  }
  if (base::trim(text).starts_with('{')) {
    GUARDIAN_ASSIGN(const json::Document document, json::parse(text));
    if (document.root().find("payloadType") != nullptr) return parse_root_envelope(text);
  }
  TrustRoot root;
  GUARDIAN_ASSIGN(root.keys_, crypto::parse_public_keys(text));
  root.source_ = std::string(text);
  root.digest_ = crypto::sha256(text);
  return root;
}

Status TrustRoot::vouches_for(const crypto::Envelope& envelope) const {
  const auto signers = crypto::verify_envelope(envelope, keys_, threshold_);
  return signers.ok() ? Status() : Status(signers.error());
}

Status check_succession(const TrustRoot& root, const TrustRoot& next) {
  const std::string versions =
      "trust root " + std::to_string(next.version()) + " after " + std::to_string(root.version());
  if (!root.can_rotate()) return Error(ErrorCode::TrustRootInvalid, "bare keys are not followed by a trust root");
  if (next.version() != root.version() + 1) {
    return Error(ErrorCode::TrustRootInvalid, versions + ": is not the next version");
  }
  GUARDIAN_ASSIGN(const crypto::Envelope envelope, crypto::parse_envelope(next.source(), kMaxTrustRootBytes));
  if (const auto vouched = root.vouches_for(envelope); !vouched) {
    return Error(ErrorCode::TrustRootInvalid,
                 versions + ": not signed by the keys of the one before: " + vouched.error().message());
  }
  return {};
}

Result<crypto::Envelope> make_trust_root(const TrustRootDraft& draft) {
  if (draft.version < 1 || draft.version > kMaxRootVersion) {
    return Error(ErrorCode::InvalidInput, "the version of a trust root must be 1 to 2^53");
  }
  if (draft.threshold < 1 || draft.threshold > draft.keys.size()) {
    return Error(ErrorCode::InvalidInput, "threshold " + std::to_string(draft.threshold) + " is not 1 to " +
                                              std::to_string(draft.keys.size()) + ", the number of keys");
  }
  std::unordered_set<std::string_view> thumbprints;
  for (const crypto::PublicKey& key : draft.keys) {
    if (!thumbprints.insert(key.thumbprint()).second) {
      return Error(ErrorCode::InvalidInput, "key `" + key.thumbprint() + "` comes twice");
    }
  }
  crypto::Envelope envelope;
  envelope.payload_type_untrusted = kTrustRootType;
  json::Writer writer(envelope.payload_untrusted);
  writer.begin_object().member("schema", kTrustRootSchema);
  writer.key("version").unsigned_integer(draft.version);
  writer.member("expiresAt", base::format_rfc3339(base::to_time_point(draft.expires_at)));
  writer.key("threshold").unsigned_integer(draft.threshold);
  writer.key("keys").begin_list();
  for (const crypto::PublicKey& key : draft.keys) writer.raw(key.jwk());
  writer.end_list().end_object();
  return envelope;
}

}  // namespace guardian::bundle
