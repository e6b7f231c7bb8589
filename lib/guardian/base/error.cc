#include "guardian/base/error.h"

#include "guardian/base/check.h"

namespace guardian::base {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::InvalidInput:
      return "invalid_input";
    case ErrorCode::Malformed:
      return "malformed";
    case ErrorCode::TooLarge:
      return "too_large";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::Io:
      return "io";
    case ErrorCode::Busy:
      return "busy";
    case ErrorCode::NotSupported:
      return "not_supported";
    case ErrorCode::Network:
      return "network";
    case ErrorCode::Forbidden:
      return "forbidden";
    case ErrorCode::Unauthorized:
      return "unauthorized";
    case ErrorCode::SchemaInvalid:
      return "schema_invalid";
    case ErrorCode::PolicyInvalid:
      return "policy_invalid";
    case ErrorCode::KeyInvalid:
      return "key_invalid";
    case ErrorCode::SignatureInvalid:
      return "signature_invalid";
    case ErrorCode::ThresholdNotMet:
      return "threshold_not_met";
    case ErrorCode::TrustRootInvalid:
      return "trust_root_invalid";
    case ErrorCode::NoTrustRoot:
      return "no_trust_root";
    case ErrorCode::Rollback:
      return "rollback";
    case ErrorCode::VersionKind:
      return "version_kind";
    case ErrorCode::FutureVersion:
      return "future_version";
    case ErrorCode::Expired:
      return "expired";
  }
  GUARDIAN_ASSERT(false);
}

Error Error::within(std::string_view context) && {
  std::string message;
  message.reserve(context.size() + 2 + message_.size());
  message.append(context).append(": ").append(message_);
  return Error(code_, std::move(message));
}

}  // namespace guardian::base
