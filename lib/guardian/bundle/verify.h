// The only way from bytes that somebody sent to a bundle that may be enforced: SealedBundle -> verify ->
// VerifiedBundle. The constructors are private to the step that proves them, so that using what was not verified does
// not compile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/bundle/payload.h"
#include "guardian/bundle/trust_root.h"
#include "guardian/crypto/digest.h"
#include "guardian/crypto/dsse.h"

namespace guardian::bundle {

// A well-formed envelope of a bundle whose content nobody has vouched for yet.
class SealedBundle {
 public:
  // Malformed, TooLarge, or SchemaInvalid when the payload type is not a bundle's. What it was opened from can be had
  // again.
  [[nodiscard]] static base::Result<SealedBundle> open(std::string bytes,
                                                       std::size_t max_bytes = kDefaultMaxBundleBytes);

  [[nodiscard]] const crypto::Envelope& envelope() const noexcept { return opened_.envelope; }
  // Exactly as received; put together for the call.
  [[nodiscard]] std::string bytes() const { return opened_.wrapping.around(opened_.envelope.payload_untrusted); }
  // Gives all away; nothing else of this may be used afterwards.
  [[nodiscard]] crypto::OpenedEnvelope take() && noexcept { return std::move(opened_); }

 private:
  explicit SealedBundle(crypto::OpenedEnvelope opened) : opened_(std::move(opened)) {}
  crypto::OpenedEnvelope opened_;
};

// The newest bundle that was ever accepted: nothing older replaces it (bundle.md section 2).
struct VersionFloor {
  Version version;
  crypto::Digest payload_digest;  // SHA-256 of the payload bytes
};

// Where a bundle came from decides how strict its age is judged.
enum class Origin {
  Fetched,   // from the network or given to verify-bundle: refused when expired or too far ahead of the clock
  Provided,  // a file of the operator's to begin with: may be expired, but not too far ahead
  Cached     // read back from our own cache: stays in force though expired
};

struct Admission {
  Origin origin = Origin::Fetched;
  base::Instant now;                  // the later of the clock and the time floor
  std::optional<VersionFloor> floor;  // nullopt: no bundle was ever accepted
};

enum class Freshness { Newer, Unchanged };  // Unchanged: the floor's own version and payload

// A bundle whose signatures, schema, policies, version and dates all hold. Immutable; shared by pointer.
class VerifiedBundle {
 public:
  [[nodiscard]] const Payload& payload() const noexcept { return payload_; }
  // Exactly as received; put together for the call, so that a bundle in force is not held in two forms.
  [[nodiscard]] std::string bytes() const { return wrapping_.around(payload_.text()); }
  [[nodiscard]] VersionFloor as_floor() const { return {payload_.version, payload_digest_}; }
  [[nodiscard]] Freshness freshness() const noexcept { return freshness_; }
  [[nodiscard]] const std::vector<std::string>& signers() const noexcept { return signers_; }  // thumbprints
  // As of `now` or the bundle's own timestamp, whichever is later: a clock that is behind revives nothing.
  [[nodiscard]] bool expired(base::Instant now) const noexcept;

 private:
  VerifiedBundle(Payload payload, crypto::Wrapping wrapping, crypto::Digest digest, Freshness freshness,
                 std::vector<std::string> signers)
      : payload_(std::move(payload)),
        wrapping_(std::move(wrapping)),
        payload_digest_(digest),
        freshness_(freshness),
        signers_(std::move(signers)) {}
  Payload payload_;
  crypto::Wrapping wrapping_;
  crypto::Digest payload_digest_;
  Freshness freshness_;
  std::vector<std::string> signers_;
  friend base::Result<std::shared_ptr<const VerifiedBundle>> verify(SealedBundle, const TrustRoot&, const Admission&);
};

// In order: signatures (SignatureInvalid, ThresholdNotMet), payload and policies (parse_payload's errors), version kind
// (VersionKind), rollback (Rollback: older than the floor, or its version with another payload), too far ahead
// (FutureVersion, not when Cached: version date or timestamp more than 24 hours past `now`), expiry (Expired, Fetched
// only). The payload is not parsed before the signatures hold. Pure; any thread.
[[nodiscard]] base::Result<std::shared_ptr<const VerifiedBundle>> verify(SealedBundle sealed, const TrustRoot& trust,
                                                                         const Admission& admission);

}  // namespace guardian::bundle
