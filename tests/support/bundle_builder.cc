#include "tests/support/bundle_builder.h"

#include <algorithm>
#include <iostream>

#include "guardian/base/check.h"
#include "guardian/json/writer.h"
#include "tests/support/fake_clock.h"

namespace guardian::test {

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string list = "[";
  for (const std::string& item : items) list += (list.size() > 1 ? "," : "") + item;
  return list + "]";
}

template <typename T>
T must(base::Result<T> result) {
  if (!result.ok()) std::cerr << result.error().message() << "\n";
  GUARDIAN_ASSERT(result.ok());
  return std::move(result).value();
}

}  // namespace

crypto::PrivateKey make_key() { return must(crypto::PrivateKey::generate(crypto::KeyType::Ed25519)); }

bundle::TrustRoot trust_in(Signers keys) {
  std::string set = R"({"keys":[)";
  for (const crypto::PrivateKey* key : keys) {
    if (set.back() != '[') set += ",";
    set += key->public_key().jwk();
  }
  return must(bundle::TrustRoot::parse(set + "]}"));
}

std::string root_bytes(Signers keys, const RootOptions& options) {
  bundle::TrustRootDraft draft;
  draft.version = options.version;
  draft.threshold = options.threshold;
  draft.expires_at = instant_of(options.expires_at);
  for (const crypto::PrivateKey* key : keys) draft.keys.push_back(key->public_key());
  auto envelope = must(bundle::make_trust_root(draft));
  for (const crypto::PrivateKey* key : keys) crypto::sign_envelope(envelope, *key);
  return crypto::write_envelope(envelope);
}

std::string sign_payload(std::string_view payload, Signers keys, std::string_view payload_type) {
  crypto::Envelope envelope;
  envelope.payload_type_untrusted = payload_type;
  envelope.payload_untrusted = payload;
  for (const crypto::PrivateKey* key : keys) crypto::sign_envelope(envelope, *key);
  return crypto::write_envelope(envelope);
}

BundleBuilder::BundleBuilder() {
  set("schema", quoted(bundle::kPayloadSchema));
  date(kBundleVersion);
  set("trustTiers", R"([{"name":"untrusted","rank":0},{"name":"verified","rank":1},{"name":"trusted","rank":2},)"
                    R"({"name":"privileged","rank":3}])");
  add_agent(R"({"id":"agent_abc123","name":"support-bot","trustTier":"verified","tags":["support"]})");
  add_policy(R"({"name":"base","version":"1.0","appliesTo":{"agentIds":["*"]},"rules":[)"
             R"({"id":"no-delete","effect":"deny","actions":["delete:*"],"reason":"Deleting is not permitted"},)"
             R"({"id":"reads","effect":"allow","actions":["read:*"]}]})");
}

BundleBuilder& BundleBuilder::set(std::string_view member, std::string json) {
  const auto found = std::ranges::find(members_, member, [](const auto& pair) { return std::string_view(pair.first); });
  if (found != members_.end()) {
    found->second = std::move(json);
  } else {
    members_.emplace_back(member, std::move(json));
  }
  return *this;
}

BundleBuilder& BundleBuilder::remove(std::string_view member) {
  std::erase_if(members_, [&](const auto& pair) { return pair.first == member; });
  return *this;
}

BundleBuilder& BundleBuilder::date(std::string_view rfc3339) {
  set("version", quoted(rfc3339));
  return set("timestamp", quoted(rfc3339));
}

BundleBuilder& BundleBuilder::add_agent(std::string json) {
  agents_.push_back(std::move(json));
  return set("agents", joined(agents_));
}

BundleBuilder& BundleBuilder::add_policy(std::string json) {
  policies_.push_back(std::move(json));
  return set("policies", joined(policies_));
}

BundleBuilder& BundleBuilder::clear_agents() {
  agents_.clear();
  return set("agents", "[]");
}

BundleBuilder& BundleBuilder::clear_policies() {
  policies_.clear();
  return set("policies", "[]");
}

std::string BundleBuilder::payload() const {
  std::string payload = "{";
  for (const auto& [name, json] : members_) payload += (payload.size() > 1 ? "," : "") + quoted(name) + ":" + json;
  return payload + "}";
}

std::string BundleBuilder::bytes(Signers keys) const { return sign_payload(payload(), keys); }

std::shared_ptr<const bundle::VerifiedBundle> BundleBuilder::verified(const crypto::PrivateKey& key) const {
  bundle::Admission admission;
  admission.origin = bundle::Origin::Cached;
  return must(bundle::verify(must(bundle::SealedBundle::open(bytes({&key}))), trust_in({&key}), admission));
}

}  // namespace guardian::test
