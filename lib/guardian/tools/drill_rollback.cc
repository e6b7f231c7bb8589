#include "guardian/tools/drills.h"
#include "guardian/tools/offering.h"

namespace guardian::tools {

base::Status play_rollback(Scene& scene) {
  GUARDIAN_ASSIGN(const auto gateway, Offering::open());
  gateway->trust_root(1, scene.root());
  const SampleBundle newest = scene.bundle(3);
  gateway->bundle(sealed(newest, scene.key()));
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(gateway->port()));
  GUARDIAN_TRY(scene.await_enforced(sidecar, newest));

  gateway->bundle(sealed(scene.bundle(2), scene.key()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "rollback", newest));
  scene.saw("an older bundle, well signed: refused (rollback)");

  SampleBundle altered = newest;
  altered.note = ", altered";
  gateway->bundle(sealed(altered, scene.key()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "rollback", newest));
  GUARDIAN_TRY(scene.await_health(sidecar, "health to tell of the refusal",
                                  [](const HealthSeen& health) { return !health.last_sync_error.empty(); }));
  scene.saw("the same version with another payload: refused (rollback)");

  GUARDIAN_TRY(scene.stop(sidecar));
  gateway->bundle(sealed(scene.bundle(2), scene.key()));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(gateway->port()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "rollback", newest));
  scene.saw("the older one again after a restart: refused (rollback)");

  gateway->bundle(sealed(scene.bundle(4), scene.key()));
  GUARDIAN_TRY(scene.check_applies(sidecar, scene.bundle(4)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  scene.saw("a newer one after all that: applied");
  return {};
}

}  // namespace guardian::tools
