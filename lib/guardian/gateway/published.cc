#include "guardian/gateway/published.h"

#include <algorithm>
#include <utility>

#include "guardian/crypto/digest.h"
#include "guardian/crypto/dsse.h"
#include "guardian/json/writer.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;

std::string content_of(const json::Value& payload) {
  std::vector<json::Member> members;
  for (const json::Member& member : payload.as_object()) {
    if (member.key != "version" && member.key != "timestamp") members.push_back(member);
  }
  return json::canonical(json::Value::object(members));
}

base::Status check_newer(const bundle::Version& next, const bundle::Version& previous) {
  if (next.same_kind(previous) && next.compare(previous) > 0) return {};
  return Error(ErrorCode::InvalidInput, "the content changed but version `" + next.text() + "` is not newer than `" +
                                            previous.text() + "`: leave `version` out of bundle.yaml");
}

// A key outside the root would sign in vain, and its owner would not learn of it.
base::Status check_keys(const std::vector<crypto::PrivateKey>& keys, const bundle::TrustRoot& root) {
  for (const crypto::PrivateKey& key : keys) {
    const std::string& thumbprint = key.public_key().thumbprint();
    if (std::ranges::find(root.keys(), thumbprint, &crypto::PublicKey::thumbprint) == root.keys().end()) {
      return Error(ErrorCode::InvalidInput, "signing key `" + thumbprint + "` is not in the newest trust root");
    }
  }
  return {};
}

// What every sidecar would refuse is not published.
base::Status check_unexpired(const bundle::Payload& payload, base::TimePoint now) {
  if (!payload.expires_at || base::to_instant(now) < *payload.expires_at) return {};
  return Error(ErrorCode::Expired, "bundle.yaml: `expiresAt` has passed");
}

}  // namespace

base::Result<std::optional<Published>> publish(base::FileSystem& files, const std::string& directory,
                                               const std::vector<crypto::PrivateKey>& keys,
                                               const bundle::TrustRoot& root, const Published* previous,
                                               base::TimePoint now) {
  bundle::BuildOptions options;
  options.now = now;
  if (previous != nullptr) options.previous = previous->version;
  GUARDIAN_ASSIGN(const bundle::BuiltPayload built, bundle::payload_from_directory(files, directory, options));
  std::string content = content_of(built.payload.document.root());
  if (previous != nullptr) {
    if (content == previous->content) return std::optional<Published>();
    GUARDIAN_TRY(check_newer(built.payload.version, previous->version));
  }
  GUARDIAN_TRY(check_keys(keys, root));
  GUARDIAN_TRY(check_unexpired(built.payload, now));
  crypto::Envelope envelope = bundle::seal(built);
  for (const crypto::PrivateKey& key : keys) crypto::sign_envelope(envelope, key);
  auto signers = crypto::verify_envelope(envelope, root.keys(), root.threshold());
  if (!signers) return std::move(signers).error().within("the signing keys do not satisfy the trust root");
  std::string bytes = crypto::write_envelope(envelope);
  std::string etag = "\"" + crypto::hex(crypto::sha256(bytes)) + "\"";
  return std::optional<Published>(
      Published{std::move(bytes), std::move(etag), built.payload.version, std::move(content)});
}

}  // namespace guardian::gateway
