#include "guardian/tools/drill.h"

#include <array>

#include "guardian/tools/drills.h"

namespace guardian::tools {

namespace {

constexpr std::array<Drill, 7> kDrills = {{
    {"gateway-down", "decisions go on without the gateway, across a restart, and catch up when it is back",
     play_gateway_down},
    {"corrupt-cache", "a damaged cache is put aside and said, an earlier bundle enforced, nothing older accepted",
     play_corrupt_cache},
    {"disk-full", "a bundle that cannot be written is enforced all the same, and written as soon as it can",
     play_disk_full},
    {"key-rotate", "the sidecar follows trust roots over the network; a retired key no longer signs", play_key_rotate},
    {"clock-back", "a clock behind the newest bundle is said, and expiry judged by the bundle's time", play_clock_back},
    {"rollback", "an older bundle, and another one of the same version, are refused", play_rollback},
    {"kill", "killed at any instant, the cache holds the old bundle or the new one, whole", play_kill},
}};

}  // namespace

std::span<const Drill> drills() noexcept { return kDrills; }

DrillResult run_drill(const Drill& drill, const World& world) {
  DrillResult result;
  result.drill = &drill;
  const auto began = world.clock.monotonic();
  if (auto scene = Scene::make(world); !scene) {
    result.failure = std::move(scene).error().within("setting the scene").message();
  } else {
    if (const auto played = drill.play(**scene); !played) {
      result.failure = played.error().message();
      result.logs = (*scene)->logs();
    }
    result.seen = (*scene)->seen();
  }
  result.duration = world.clock.monotonic() - began;
  return result;
}

}  // namespace guardian::tools
