#include "guardian/gateway/published.h"

#include <utility>

#include "guardian/crypto/dsse.h"
#include "guardian/gateway/lint_gate.h"
#include "guardian/json/writer.h"
#include "guardian/net/gzip.h"

namespace guardian::gateway {

namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

crypto::Digest content_of(const json::Value& payload) {
  std::vector<json::Member> members;
  for (const json::Member& member : payload.as_object()) {
    if (member.key != "version" && member.key != "timestamp") members.push_back(member);
  }
  return crypto::sha256(json::canonical(json::Value::object(members)));
}

base::Status check_newer(const bundle::Version& next, const bundle::Version& previous) {
  if (next.same_kind(previous) && next.compare(previous) > 0) return {};
  return Error(ErrorCode::InvalidInput, "the content or its signers changed but version `" + next.text() +
                                            "` is not newer than `" + previous.text() +
                                            "`: leave `version` out of bundle.yaml");
}

// What every sidecar would refuse is not published.
base::Status check_unexpired(const bundle::Payload& payload, base::TimePoint now) {
  if (!payload.expires_at || base::to_instant(now) < *payload.expires_at) return {};
  return Error(ErrorCode::Expired, "bundle.yaml: `expiresAt` has passed");
}

// The linter says all that is wrong, with places; building stops at the first.
Result<bundle::BuiltPayload> build(base::FileSystem& files, const std::string& directory,
                                   const bundle::BuildOptions& options) {
  auto built = bundle::payload_from_directory(files, directory, options);
  if (built.ok()) return built;
  const auto warnings = lint_warnings(files, directory, options.now);
  if (!warnings && warnings.error().code() == ErrorCode::PolicyInvalid) return warnings.error();
  return std::move(built).error();
}

Result<std::string> sign(const bundle::BuiltPayload& built, const Authority& authority) {
  crypto::Envelope envelope = bundle::seal(built);
  for (const crypto::PrivateKey& key : authority.keys) crypto::sign_envelope(envelope, key);
  const bundle::TrustRoot& root = authority.roots.newest();
  const auto signers = crypto::verify_envelope(envelope, root.keys(), root.threshold());
  if (!signers) {
    return Error(ErrorCode::InvalidInput,
                 "the signing keys do not satisfy the trust root: " + signers.error().message());
  }
  return crypto::write_envelope(envelope);
}

}  // namespace

Result<std::shared_ptr<const Published>> publish(base::FileSystem& files, const std::string& directory,
                                                 std::shared_ptr<const Authority> authority, const Published* previous,
                                                 base::TimePoint now) {
  bundle::BuildOptions options;
  options.now = now;
  if (previous != nullptr) options.previous = previous->version;
  GUARDIAN_ASSIGN(const bundle::BuiltPayload built, build(files, directory, options));
  const crypto::Digest content = content_of(built.payload.document.root());
  if (previous != nullptr) {
    if (content == previous->content && authority == previous->authority) return std::shared_ptr<const Published>();
    GUARDIAN_TRY(check_newer(built.payload.version, previous->version));
  }
  GUARDIAN_ASSIGN(auto warnings, lint_warnings(files, directory, now));
  GUARDIAN_TRY(check_unexpired(built.payload, now));
  GUARDIAN_ASSIGN(std::string bytes, sign(built, *authority));
  GUARDIAN_ASSIGN(std::string compressed, net::gzip(bytes));
  const std::string digest = crypto::hex(crypto::sha256(bytes));
  return std::make_shared<const Published>(
      Published{{std::make_shared<const std::string>(std::move(bytes)), "\"" + digest + "\""},
                {std::make_shared<const std::string>(std::move(compressed)), "\"" + digest + "-gzip\""},
                built.payload.version,
                content,
                built.payload.policies.size(),
                built.payload.agents.size(),
                std::move(warnings),
                std::move(authority)});
}

}  // namespace guardian::gateway
