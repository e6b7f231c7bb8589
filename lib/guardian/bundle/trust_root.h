// Who may sign (bundle.md section 3). A TrustRoot is a set of keys and a threshold that has proved itself: an envelope
// signed by enough of its own keys, or keys that the operator handed over directly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/base/time.h"
#include "guardian/crypto/dsse.h"
#include "guardian/crypto/key.h"

namespace guardian::bundle {

inline constexpr std::string_view kTrustRootType = "application/vnd.meshguard.trust.v1+json";
inline constexpr std::string_view kTrustRootSchema = "meshguard.trust/v1";
inline constexpr std::size_t kMaxTrustRootBytes = std::size_t{1} << 20;

class TrustRoot {
 public:
  // A trust-root envelope, PEM public keys, a JWK or a JWK set; the latter three mean version 0, threshold 1, no expiry
  // and no rotation. Errors: SchemaInvalid for members that break bundle.md, TrustRootInvalid when too few of its own
  // keys signed, KeyInvalid, Malformed, TooLarge. Expiry is not judged here: see expires_at.
  [[nodiscard]] static base::Result<TrustRoot> parse(std::string_view text);
  // A trust-root envelope only: what a gateway answers.
  [[nodiscard]] static base::Result<TrustRoot> parse_root_envelope(std::string_view text);

  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  [[nodiscard]] std::size_t threshold() const noexcept { return threshold_; }
  [[nodiscard]] const std::vector<crypto::PublicKey>& keys() const noexcept { return keys_; }
  [[nodiscard]] const std::optional<base::Instant>& expires_at() const noexcept { return expires_at_; }
  // The bytes it was parsed from.
  [[nodiscard]] const std::string& source() const noexcept { return source_; }

 private:
  TrustRoot() = default;
  std::uint64_t version_ = 0;
  std::size_t threshold_ = 1;
  std::vector<crypto::PublicKey> keys_;
  std::optional<base::Instant> expires_at_;
  std::string source_;
};

// What `guardian keys root` writes: the payload of a new root, to be wrapped and signed with crypto::sign_envelope.
// InvalidInput when the threshold is not 1 to the number of keys, a key comes twice, or the version is not 1 to 2^53.
struct TrustRootDraft {
  std::uint64_t version = 1;
  base::Instant expires_at;
  std::size_t threshold = 1;
  std::vector<crypto::PublicKey> keys;
};
[[nodiscard]] base::Result<crypto::Envelope> make_trust_root(const TrustRootDraft& draft);

}  // namespace guardian::bundle
