#include "guardian/tools/drills.h"

namespace guardian::tools {

namespace {

// Files of the size of a bundle find no place; small ones, such as the state, still do: the harder case, because state
// and bundle can part.
constexpr std::uint64_t kRoom = std::uint64_t{32} << 10;
constexpr std::size_t kPadding = std::size_t{64} << 10;

SampleBundle large(const Scene& scene, unsigned generation) {
  SampleBundle bundle = scene.bundle(generation);
  bundle.padding = kPadding;
  return bundle;
}

base::Status await_not_on_disk(Scene& scene, Subject& sidecar) {
  return scene.await_health(
      sidecar, "health to be degraded by a bundle that is not on the disk", [](const HealthSeen& health) {
        return health.http_status == 200 && health.status == "degraded" && health.names("not on the disk");
      });
}

// What a sidecar that starts now, without a gateway, enforces.
base::Status check_persisted(Scene& scene, const SampleBundle& bundle) {
  GUARDIAN_ASSIGN(Subject restarted, scene.start_sidecar(std::nullopt));
  GUARDIAN_TRY(scene.check_enforces(restarted, bundle));
  GUARDIAN_TRY(scene.await_healthy(restarted));
  return scene.stop(restarted);
}

}  // namespace

base::Status play_disk_full(Scene& scene) {
  GUARDIAN_TRY(scene.publish(scene.bundle(1), nullptr));
  GUARDIAN_ASSIGN(RunningGateway gateway, scene.start_gateway({}));
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(1)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));

  GUARDIAN_TRY(sidecar.process().limit_file_size(kRoom));
  GUARDIAN_TRY(scene.publish(large(scene, 2), &gateway));
  GUARDIAN_TRY(scene.await_enforced(sidecar, large(scene, 2)));
  GUARDIAN_TRY(await_not_on_disk(scene, sidecar));
  scene.saw("no room for the new bundle: enforced all the same, health is degraded and says so");

  // The gateway confirms what is enforced; that must not make the disk look newer than it is.
  for (unsigned round = 0; round < 2; ++round) {
    GUARDIAN_ASSIGN(const SyncSeen confirmed, sidecar.sync());
    GUARDIAN_TRY(expect(confirmed.outcome == "unchanged", "the sync should be unchanged, but was " + confirmed.text()));
  }
  GUARDIAN_TRY(await_not_on_disk(scene, sidecar));
  sidecar.process().kill();
  GUARDIAN_TRY(check_persisted(scene, scene.bundle(1)));
  scene.saw("killed and restarted without the gateway: back to the last bundle that was written");

  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(scene.await_enforced(sidecar, large(scene, 2)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  GUARDIAN_TRY(sidecar.process().limit_file_size(kRoom));
  GUARDIAN_TRY(scene.publish(large(scene, 3), &gateway));
  GUARDIAN_TRY(scene.await_enforced(sidecar, large(scene, 3)));
  GUARDIAN_TRY(await_not_on_disk(scene, sidecar));
  GUARDIAN_TRY(sidecar.process().limit_file_size(std::nullopt));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  sidecar.process().kill();
  GUARDIAN_TRY(check_persisted(scene, large(scene, 3)));
  scene.saw("room again while it runs: written with the next sync, healthy, and there after a kill");
  return {};
}

}  // namespace guardian::tools
