// The checked content of a bundle (bundle.md section 2): every member read, every policy compiled, every reference
// resolved. Says nothing about who signed it: that is VerifiedBundle. Immutable after parse; any thread may read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/bundle/version.h"
#include "guardian/crypto/key.h"
#include "guardian/json/document.h"
#include "guardian/policy/program.h"
#include "guardian/policy/types.h"

namespace guardian::bundle {

inline constexpr std::string_view kPayloadType = "application/vnd.meshguard.bundle.v1+json";
inline constexpr std::string_view kPayloadSchema = "meshguard.bundle/v1";
inline constexpr std::size_t kDefaultMaxBundleBytes = std::size_t{64} << 20;

struct TrustTier {
  std::string_view name;
  std::int64_t rank = 0;
  std::vector<policy::Glob> ceiling;  // empty: no ceiling
};

struct AgentRecord {
  policy::Agent view;
  std::size_t tier = 0;  // index into Payload::tiers
  std::vector<crypto::PublicKey> public_keys;
};

struct Issuer {
  std::string_view issuer;
  std::optional<std::string_view> audience;
  std::vector<crypto::PublicKey> keys;
};

struct Revocations {
  std::vector<std::string_view> agents;
  std::vector<std::string_view> tokens;
  std::vector<std::string_view> keys;
};

struct Approval {
  std::string_view id;
  std::string_view agent_id;
  policy::Glob action;
  std::optional<policy::Glob> resource;
  std::optional<std::string_view> policy;
  std::optional<std::string_view> rule;
  base::Instant expires_at;
};

// Views point into `document` and `source`, so a Payload is moved, never copied.
struct Payload {
  Payload(json::Document read, Version named) : document(std::move(read)), version(std::move(named)) {}

  json::Document document;
  std::unique_ptr<const std::string> source;  // the JSON it was read from, of read_payload only
  Version version;
  base::Instant timestamp;
  std::optional<std::string_view> issuer;
  std::optional<std::string_view> org_id;
  std::optional<base::Instant> expires_at;
  policy::Combining default_combining = policy::Combining::DenyOverrides;
  std::optional<std::size_t> unknown_agents_tier;  // index into tiers
  std::vector<TrustTier> tiers;
  std::vector<AgentRecord> agents;
  std::vector<Issuer> issuers;
  Revocations revocations;
  std::vector<Approval> approvals;
  std::vector<policy::Policy> policies;

  // The JSON of read_payload; empty for other payloads.
  [[nodiscard]] std::string_view text() const noexcept { return source ? std::string_view(*source) : ""; }
};

// Where each policy came from, for errors: payload_from_directory names files; parse_payload uses `policies[<n>]`.
using PolicySources = std::vector<policy::Source>;

// Strict JSON of the payload to a Payload. Errors: Malformed, TooLarge (depth 64), SchemaInvalid naming the member
// (`agents[3] (agent_x): trustTier: ...`), PolicyInvalid from policies, KeyInvalid. Unknown members
// are refused at every level except `x-...` and inside an agent's metadata. Pure; any thread.
[[nodiscard]] base::Result<Payload> parse_payload(std::string_view bytes);
// The same for what will be enforced, in a third of the memory: the text is kept and viewed, agents and policies are
// read one at a time. `document` lacks both, so that what shows or compares them as written needs parse_payload.
[[nodiscard]] base::Result<Payload> read_payload(std::string text);

// The same from a tree already read; `document.root()` is the payload. `sources`, when not empty, has one entry per
// policy.
[[nodiscard]] base::Result<Payload> check_payload(json::Document document, const PolicySources& sources);

}  // namespace guardian::bundle
