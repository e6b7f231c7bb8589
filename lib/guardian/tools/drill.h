// Fault drills: what the fault tests do, for an operator to run on the machine that matters. Each drill plays on a
// scene of its own and says what was seen; `guardian drill` prints it.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guardian/base/result.h"
#include "guardian/tools/scene.h"

namespace guardian::tools {

struct Drill {
  std::string_view name;
  std::string_view shows;  // one sentence
  base::Status (*play)(Scene& scene);
};

// In the order in which `all` runs them. Static storage.
[[nodiscard]] std::span<const Drill> drills() noexcept;

struct DrillResult {
  const Drill* drill = nullptr;
  std::vector<std::string> seen;       // up to the failure
  std::optional<std::string> failure;  // one line; nullopt: passed
  std::string logs;                    // of a failed one: what gateway and sidecar said last
  std::chrono::nanoseconds duration{0};
};

// Sets the scene, plays, strikes the scene. Main thread; the children of a drill die with it.
[[nodiscard]] DrillResult run_drill(const Drill& drill, const World& world);

}  // namespace guardian::tools
