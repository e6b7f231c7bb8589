#include "guardian/sync/status.h"

#include "guardian/base/check.h"

namespace guardian::sync {

std::string_view to_string(TrustSource source) noexcept {
  switch (source) {
    case TrustSource::Configured:
      return "configured";
    case TrustSource::Pinned:
      return "pinned";
    case TrustSource::FirstUse:
      return "first-use";
  }
  GUARDIAN_ASSERT(false);
}

std::string_view to_string(Stage stage) noexcept {
  switch (stage) {
    case Stage::Trust:
      return "trust";
    case Stage::Fetch:
      return "fetch";
    case Stage::Verify:
      return "verify";
    case Stage::Done:
      return "done";
  }
  GUARDIAN_ASSERT(false);
}

bool SyncReport::refused() const noexcept {
  return error && error->code() != base::ErrorCode::Network && error->code() != base::ErrorCode::Unauthorized;
}

std::string version_of(const std::shared_ptr<const decision::Snapshot>& snapshot) {
  return snapshot == nullptr ? "none" : snapshot->bundle().payload().version.text();
}

}  // namespace guardian::sync
