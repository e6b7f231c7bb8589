#include <random>

#include "guardian/tools/drills.h"
#include "guardian/tools/offering.h"

namespace guardian::tools {

namespace {

constexpr unsigned kRounds = 25;
constexpr double kBeyond = 1.2;  // of a whole sync's time, so that some rounds end after it

// Starts a sidecar on the gateway's bundle and returns how long it takes until the bundle is on the disk.
base::Result<std::chrono::nanoseconds> measure(Scene& scene, std::uint16_t port, const std::string& bundle) {
  const base::Clock& clock = scene.world().clock;
  const auto began = clock.monotonic();
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(port));
  GUARDIAN_TRY(
      scene.world().interrupt.wait_until("a first sync", std::chrono::seconds(30), [&]() -> base::Result<bool> {
        const auto found = scene.world().files.read_file(scene.cache("current.bundle.json"), bundle.size());
        return found.ok() && *found == bundle;
      }));
  const auto taken = clock.monotonic() - began;
  GUARDIAN_TRY(scene.stop(sidecar));
  return taken;
}

base::Result<unsigned> generation_in_cache(Scene& scene, unsigned before, unsigned offered) {
  GUARDIAN_ASSIGN(Subject restarted, scene.start_sidecar(std::nullopt));
  GUARDIAN_ASSIGN(const HealthSeen health, restarted.health());
  GUARDIAN_TRY(expect(health.status == "healthy", "after a kill health says " + health.text()));
  const bool is_new = health.version == base::format_rfc3339(scene.bundle(offered).version);
  const unsigned found = is_new ? offered : before;
  GUARDIAN_TRY(scene.check_enforces(restarted, scene.bundle(found)));
  restarted.process().kill();
  return found;
}

}  // namespace

base::Status play_kill(Scene& scene) {
  GUARDIAN_ASSIGN(const auto gateway, Offering::open());
  gateway->trust_root(1, scene.root());
  const std::string first = sealed(scene.bundle(1), scene.key());
  gateway->bundle(first);
  GUARDIAN_ASSIGN(const auto whole, measure(scene, gateway->port(), first));

  std::mt19937_64 chance(scene.world().seed);
  unsigned held = 1;
  unsigned moved = 0;
  for (unsigned round = 1; round <= kRounds; ++round) {
    const unsigned offered = held + 1;
    gateway->bundle(sealed(scene.bundle(offered), scene.key()));
    const double share = std::uniform_real_distribution<double>(0, kBeyond)(chance);
    GUARDIAN_ASSIGN(Child sidecar, scene.launch_sidecar(gateway->port()));
    const auto alive = std::chrono::duration_cast<std::chrono::microseconds>(whole * share);
    if (!scene.world().interrupt.pause(alive)) return unexpected("interrupted");
    sidecar.kill();
    GUARDIAN_ASSIGN(const unsigned found, generation_in_cache(scene, held, offered));
    moved += found == offered ? 1 : 0;
    held = found;
  }
  scene.saw(std::to_string(kRounds) + " kills at random instants of " +
            std::to_string(whole / std::chrono::milliseconds(1)) + " ms (seed " + std::to_string(scene.world().seed) +
            "): the old bundle whole " + std::to_string(kRounds - moved) + " times, the new one " +
            std::to_string(moved) + " times, never older");
  return {};
}

}  // namespace guardian::tools
