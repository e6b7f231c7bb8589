// Good bundles broken in one way at a time: each way that bundle.md names has a name and the code it is refused with.
// The unit tests judge them in their own process; write_corruptions.cc writes them for the tests of the real binary.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/error.h"
#include "guardian/crypto/key.h"
#include "tests/support/bundle_builder.h"

namespace guardian::test {

// Who has to refuse it. Everything but dates and versions is refused by all; verify-bundle has seen no bundle before
// this one, and of what is in the cache only the past is judged.
enum class RefusedBy {
  All,
  AllButTheCache,     // expired, or too far ahead: stays in force from the cache
  AllButVerifyBundle  // against a version that was seen before: on its own it is a good bundle
};
[[nodiscard]] std::string_view to_string(RefusedBy refused_by) noexcept;  // `all`, `all_but_the_cache`, ...

// The trust root to judge by.
enum class Trusted {
  OneOfThree,  // threshold 1: the Ed25519, P-256 and RSA keys
  TwoOfTwo     // threshold 2: the Ed25519 and P-256 keys
};

struct Corruption {
  std::string name;
  std::string bytes;  // of the whole envelope
  base::ErrorCode code = base::ErrorCode::Malformed;
  RefusedBy refused_by = RefusedBy::All;
  Trusted trusted = Trusted::OneOfThree;
};

struct CorruptionKeys {
  crypto::PrivateKey ed25519;
  crypto::PrivateKey p256;
  crypto::PrivateKey rsa;
  crypto::PrivateKey stranger;  // Ed25519, trusted by nobody
};
[[nodiscard]] CorruptionKeys make_corruption_keys();
// A trust-root envelope that is valid until 2100.
[[nodiscard]] std::string corruption_root(const CorruptionKeys& keys, Trusted trusted);

// What MAX_BUNDLE_BYTES must be: one of the bundles is larger.
inline constexpr std::size_t kCorruptionMaxBytes = std::size_t{1} << 20;

// Two good bundles, signed by as many keys as either root asks for. The corruptions are newer than both, where it is
// not their version that is wrong; those count from kCurrentVersion.
inline constexpr std::string_view kPreviousVersion = "2026-04-18T09:00:00Z";
inline constexpr std::string_view kCurrentVersion = "2026-04-18T10:00:00Z";
[[nodiscard]] std::string good_bundle(const CorruptionKeys& keys, std::string_view version);

// By subject; names are unique over all of them.
[[nodiscard]] std::vector<Corruption> envelope_corruptions(const CorruptionKeys& keys);   // section 1: JSON, base64
[[nodiscard]] std::vector<Corruption> signature_corruptions(const CorruptionKeys& keys);  // section 1: signatures
[[nodiscard]] std::vector<Corruption> date_corruptions(const CorruptionKeys& keys);       // section 2: version, expiry
// Section 2, the content, signed as it should be.
[[nodiscard]] std::vector<Corruption> payload_corruptions(const CorruptionKeys& keys);
[[nodiscard]] std::vector<Corruption> agent_corruptions(const CorruptionKeys& keys);
[[nodiscard]] std::vector<Corruption> list_corruptions(const CorruptionKeys& keys);
[[nodiscard]] std::vector<Corruption> policy_corruptions(const CorruptionKeys& keys);
// The four above.
[[nodiscard]] std::vector<Corruption> content_corruptions(const CorruptionKeys& keys);
[[nodiscard]] std::vector<Corruption> all_corruptions(const CorruptionKeys& keys);

// A table of payloads that grows row by row, each signed by the Ed25519 key.
class ContentTable {
 public:
  explicit ContentTable(const CorruptionKeys& keys) : keys_(keys) {}

  void add(std::string name, std::string_view payload, base::ErrorCode code = base::ErrorCode::SchemaInvalid);
  void add(std::string name, const BundleBuilder& builder, base::ErrorCode code = base::ErrorCode::SchemaInvalid);
  // A good payload but for one top-level member.
  void member(std::string name, std::string_view member, std::string json,
              base::ErrorCode code = base::ErrorCode::SchemaInvalid);
  void without(std::string name, std::string_view member);
  // One more agent with these members, one more policy.
  void agent(std::string name, std::string_view members, base::ErrorCode code = base::ErrorCode::SchemaInvalid);
  void policy(std::string name, std::string json, base::ErrorCode code = base::ErrorCode::PolicyInvalid);

  [[nodiscard]] std::vector<Corruption> take() { return std::move(corruptions_); }

 private:
  const CorruptionKeys& keys_;
  std::vector<Corruption> corruptions_;
};

// A P-256 signature of 64 raw bytes as DER.
[[nodiscard]] std::string der_signature(std::string_view raw);
// `depth` lists, one in the other.
[[nodiscard]] std::string nested_lists(std::size_t depth);
// `text` with the first `from`, which must be there, replaced.
[[nodiscard]] std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace guardian::test
