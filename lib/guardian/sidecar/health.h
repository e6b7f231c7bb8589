// GET /health (api.md): one look at snapshot and sync, told as JSON. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/time.h"
#include "guardian/decision/snapshot.h"
#include "guardian/sync/syncer.h"

namespace guardian::sidecar {

enum class HealthState { Healthy, Degraded, Unhealthy };
[[nodiscard]] std::string_view to_string(HealthState state) noexcept;  // `healthy`, ...

// What health is judged from.
struct HealthInput {
  const decision::Snapshot* snapshot = nullptr;  // what is enforced; nullptr: nothing
  sync::SyncStatus sync;
  decision::Mode mode = decision::Mode::Enforce;
  base::TimePoint now;                               // the later of clock and time floor
  std::optional<std::chrono::seconds> clock_behind;  // the time floor, where it is
  std::optional<std::chrono::seconds> age;           // since the gateway confirmed the bundle; nullopt: never
  bool too_old = false;                              // MAX_BUNDLE_AGE has passed: everything is denied
  std::chrono::seconds uptime{0};
  std::uint64_t audit_pending = 0;    // events that the gateway does not have
  std::uint64_t audit_dropped = 0;    // since the start
  std::vector<std::string> problems;  // found elsewhere; each makes health at least degraded
};

struct Health {
  HealthState state = HealthState::Unhealthy;
  std::string body;  // the document
  [[nodiscard]] int http_status() const noexcept { return state == HealthState::Unhealthy ? 503 : 200; }
};

// A gateway that is away is not by itself a problem; no bundle is unhealthy, every other problem degraded.
[[nodiscard]] Health judge_health(const HealthInput& input);

}  // namespace guardian::sidecar
