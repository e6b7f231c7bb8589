#include "exit_code.h"

#include "guardian/base/check.h"

namespace guardian::cmd {

ExitCode exit_code_of(base::ErrorCode code) noexcept {
  using base::ErrorCode;
  switch (code) {
    case ErrorCode::Unauthorized:
      return kAuthentication;
    case ErrorCode::Network:
      return kNetwork;
    case ErrorCode::SignatureInvalid:
    case ErrorCode::ThresholdNotMet:
    case ErrorCode::TrustRootInvalid:
    case ErrorCode::Rollback:
    case ErrorCode::VersionKind:
    case ErrorCode::FutureVersion:
    case ErrorCode::Expired:
      return kFailure;
    case ErrorCode::Forbidden:
    case ErrorCode::InvalidInput:
    case ErrorCode::Malformed:
    case ErrorCode::TooLarge:
    case ErrorCode::NotFound:
    case ErrorCode::Io:
    case ErrorCode::Busy:
    case ErrorCode::NotSupported:
    case ErrorCode::SchemaInvalid:
    case ErrorCode::PolicyInvalid:
    case ErrorCode::KeyInvalid:
    case ErrorCode::NoTrustRoot:
      return kUsage;
  }
  GUARDIAN_ASSERT(false);
}

}  // namespace guardian::cmd
