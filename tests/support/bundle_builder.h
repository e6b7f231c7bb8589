// Makes bundles for tests: starts from a small good payload, changes what a test is about, signs. Members are given as
// JSON text so that a test can also give wrong ones.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/bundle/trust_root.h"
#include "guardian/bundle/verify.h"
#include "guardian/crypto/key.h"

namespace guardian::test {

// The builder's version and timestamp, and a moment soon after.
inline constexpr std::string_view kBundleVersion = "2026-04-18T10:30:00Z";
inline constexpr std::string_view kSoonAfter = "2026-04-18T12:00:00Z";

using Signers = std::initializer_list<const crypto::PrivateKey*>;

// An Ed25519 key.
[[nodiscard]] crypto::PrivateKey make_key();
// Trusts these keys alone; threshold 1.
[[nodiscard]] bundle::TrustRoot trust_in(Signers keys);
// A signed trust-root envelope.
struct RootOptions {
  std::uint64_t version = 1;
  std::size_t threshold = 1;
  std::string_view expires_at = "2027-01-01T00:00:00Z";
};
[[nodiscard]] std::string root_bytes(Signers keys, const RootOptions& options = {});
// An envelope of any payload, signed by `keys`.
[[nodiscard]] std::string sign_payload(std::string_view payload, Signers keys,
                                       std::string_view payload_type = bundle::kPayloadType);

class BundleBuilder {
 public:
  // Tiers untrusted, verified, trusted, privileged; agent `agent_abc123` (verified, tag support); policy `base` for all
  // agents: allows `read:*`, denies `delete:*` (rule `no-delete`).
  BundleBuilder();

  // Sets a top-level member, in the place of the old one or at the end.
  BundleBuilder& set(std::string_view member, std::string json);
  BundleBuilder& remove(std::string_view member);
  // Quoted; sets version and timestamp to the same date.
  BundleBuilder& date(std::string_view rfc3339);
  BundleBuilder& add_agent(std::string json);
  BundleBuilder& add_policy(std::string json);
  // Leaves out the agents or policies so far.
  BundleBuilder& clear_agents();
  BundleBuilder& clear_policies();

  [[nodiscard]] std::string payload() const;
  [[nodiscard]] std::string bytes(Signers keys) const;
  // Signed, opened and verified; aborts when it is no good bundle.
  [[nodiscard]] std::shared_ptr<const bundle::VerifiedBundle> verified(const crypto::PrivateKey& key) const;

 private:
  std::vector<std::pair<std::string, std::string>> members_;
  std::vector<std::string> agents_;
  std::vector<std::string> policies_;
};

}  // namespace guardian::test
