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
#include "guardian/crypto/digest.h"
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
  // SHA-256 of the signed content, or of the text for bare keys: two roots with one digest say the same.
  [[nodiscard]] const crypto::Digest& digest() const noexcept { return digest_; }
  // Bare keys have no successor.
  [[nodiscard]] bool can_rotate() const noexcept { return version_ != 0; }
  // Whether `envelope` carries what this root asks for. Errors of crypto::verify_envelope.
  [[nodiscard]] base::Status vouches_for(const crypto::Envelope& envelope) const;

 private:
  TrustRoot() = default;
  std::uint64_t version_ = 0;
  std::size_t threshold_ = 1;
  std::vector<crypto::PublicKey> keys_;
  std::optional<base::Instant> expires_at_;
  std::string source_;
  crypto::Digest digest_{};
};

// Whether `next` may take the place of `root`: its version is one more, and enough keys of `root` signed it beside its
// own, which it has proved by being parsed. TrustRootInvalid otherwise.
[[nodiscard]] base::Status check_succession(const TrustRoot& root, const TrustRoot& next);

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
