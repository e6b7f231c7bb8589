// What each sidecar last said of itself (`POST /status`), in bounded memory: of those past the bound the one that has
// been silent for longest is forgotten. Any thread may call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "guardian/base/mutex.h"
#include "guardian/base/result.h"

namespace guardian::gateway {

inline constexpr std::size_t kMaxSidecars = 10'000;
inline constexpr std::size_t kMaxStatusBytes = std::size_t{256} << 10;
inline constexpr std::size_t kMaxStatusText = 128;  // of an id and of what is kept

struct SidecarStatus {
  std::string status;          // `healthy`, `degraded`, `unhealthy`; empty where it said none
  std::string bundle_version;  // empty: none
};

// The body of the request: the sidecar's health document. Members that are not known are ignored. Malformed or TooLarge
// for what is no JSON object within the limits, InvalidInput where a known member is no text.
[[nodiscard]] base::Result<SidecarStatus> parse_status(std::string_view body);

class SidecarStatuses {
 public:
  explicit SidecarStatuses(std::size_t max_sidecars = kMaxSidecars) : max_sidecars_(max_sidecars) {}

  // Returns what the sidecar said before, or nullopt.
  std::optional<SidecarStatus> record(std::string_view sidecar, SidecarStatus status);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry {
    SidecarStatus status;
    std::uint64_t heard = 0;
  };

  const std::size_t max_sidecars_;
  mutable base::Mutex mutex_;
  std::uint64_t reports_ GUARDIAN_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Entry, std::less<>> sidecars_ GUARDIAN_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::string> by_report_ GUARDIAN_GUARDED_BY(mutex_);  // the one silent for longest first
};

}  // namespace guardian::gateway
