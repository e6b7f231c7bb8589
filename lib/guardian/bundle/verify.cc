#include "guardian/bundle/verify.h"

#include <algorithm>

#include "guardian/base/text.h"

namespace guardian::bundle {

namespace {

using base::Error;
using base::ErrorCode;
using base::Instant;
using base::Result;
using base::Status;

constexpr std::int64_t kMaxSecondsAhead = 24 * 60 * 60;

bool too_far_ahead(Instant instant, Instant now) {
  return instant > Instant{now.seconds + kMaxSecondsAhead, now.nanoseconds};
}

Result<Freshness> judge_version(const Version& version, const crypto::Digest& payload_digest,
                                const std::optional<VersionFloor>& floor) {
  if (!floor) return Freshness::Newer;
  const std::string versions = "version `" + version.text() + "` against `" + floor->version.text() + "`";
  if (!version.same_kind(floor->version)) {
    return Error(ErrorCode::VersionKind, versions + ": one is a date, the other an integer");
  }
  const int order = version.compare(floor->version);
  if (order < 0) return Error(ErrorCode::Rollback, versions + ": older than what was already accepted");
  if (order > 0) return Freshness::Newer;
  if (payload_digest == floor->payload_digest) return Freshness::Unchanged;
  return Error(ErrorCode::Rollback, versions + ": the same version with another payload");
}

Status judge_dates(const Payload& payload, Instant now) {
  const auto date = payload.version.date();
  if (date && too_far_ahead(*date, now)) {
    return Error(ErrorCode::FutureVersion, "version `" + payload.version.text() + "` is more than 24 hours ahead");
  }
  if (too_far_ahead(payload.timestamp, now)) {
    return Error(ErrorCode::FutureVersion, "timestamp is more than 24 hours ahead");
  }
  return {};
}

Status judge_expiry(const Payload& payload, Instant now) {
  if (payload.expires_at && *payload.expires_at <= now) {
    return Error(ErrorCode::Expired, "bundle `" + payload.version.text() + "` has expired");
  }
  return {};
}

}  // namespace

Result<SealedBundle> SealedBundle::open(std::string bytes, std::size_t max_bytes) {
  GUARDIAN_ASSIGN(crypto::OpenedEnvelope opened, crypto::open_envelope(std::move(bytes), max_bytes));
  const std::string& type = opened.envelope.payload_type_untrusted;
  if (type != kPayloadType) {
    return Error(ErrorCode::SchemaInvalid, "payloadType `" + base::printable(type) + "` is not a bundle's");
  }
  return SealedBundle(std::move(opened));
}

bool VerifiedBundle::expired(Instant now) const noexcept {
  return payload_.expires_at && *payload_.expires_at <= std::max(now, payload_.timestamp);
}

Result<std::shared_ptr<const VerifiedBundle>> verify(SealedBundle sealed, const TrustRoot& trust,
                                                     const Admission& admission) {
  GUARDIAN_ASSIGN(std::vector<std::string> signers,
                  crypto::verify_envelope(sealed.envelope(), trust.keys(), trust.threshold()));
  crypto::OpenedEnvelope opened = std::move(sealed).take();
  const crypto::Digest digest = crypto::sha256(opened.envelope.payload_untrusted);
  GUARDIAN_ASSIGN(Payload payload, read_payload(std::move(opened.envelope.payload_untrusted)));
  GUARDIAN_ASSIGN(const Freshness freshness, judge_version(payload.version, digest, admission.floor));
  switch (admission.origin) {
    case Origin::Fetched:
      GUARDIAN_TRY(judge_dates(payload, admission.now));
      GUARDIAN_TRY(judge_expiry(payload, admission.now));
      break;
    case Origin::Provided:
      GUARDIAN_TRY(judge_dates(payload, admission.now));
      break;
    case Origin::Cached:
      break;
  }
  return std::shared_ptr<const VerifiedBundle>(std::make_shared<VerifiedBundle>(
      VerifiedBundle(std::move(payload), std::move(opened.wrapping), digest, freshness, std::move(signers))));
}

}  // namespace guardian::bundle
