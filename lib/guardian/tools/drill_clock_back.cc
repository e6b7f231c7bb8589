// A clock set back looks, to the sidecar, like a bundle stamped ahead of the clock: so no clock needs to be touched.
#include "guardian/tools/drills.h"
#include "guardian/tools/offering.h"

namespace guardian::tools {

namespace {

constexpr std::chrono::hours kAhead{12};   // within the 24 hours that a bundle may be ahead
constexpr std::chrono::hours kBetween{6};  // after the clock, before the floor
constexpr std::chrono::hours kTooFar{25};

base::Status await_clock_said(Scene& scene, Subject& sidecar) {
  return scene.await_health(sidecar, "health to be degraded by the clock", [](const HealthSeen& health) {
    return health.http_status == 200 && health.status == "degraded" && health.names("clock");
  });
}

}  // namespace

base::Status play_clock_back(Scene& scene) {
  GUARDIAN_ASSIGN(const auto gateway, Offering::open());
  gateway->trust_root(1, scene.root());
  gateway->bundle(sealed(scene.bundle(1), scene.key()));
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(gateway->port()));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(1)));

  const auto now = std::chrono::floor<std::chrono::seconds>(scene.world().clock.now());
  SampleBundle ahead = scene.bundle(2);
  ahead.version = now + kAhead;
  gateway->bundle(sealed(ahead, scene.key()));
  GUARDIAN_TRY(scene.check_applies(sidecar, ahead));
  GUARDIAN_TRY(await_clock_said(scene, sidecar));
  scene.saw("a bundle stamped 12 h ahead of the clock: enforced, health says that the clock is behind");

  SampleBundle expired = scene.bundle(3);
  expired.version = ahead.version + std::chrono::hours(1);
  expired.expires_at = now + kBetween;
  gateway->bundle(sealed(expired, scene.key()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "expired", ahead));
  scene.saw("a bundle that expires in 6 h, before the time already seen: refused (expired)");

  GUARDIAN_TRY(scene.stop(sidecar));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(gateway->port()));
  GUARDIAN_TRY(await_clock_said(scene, sidecar));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "expired", ahead));
  scene.saw("restarted: the time already seen is remembered, refused again");

  SampleBundle far = scene.bundle(4);
  far.version = ahead.version + kTooFar;
  gateway->bundle(sealed(far, scene.key()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "future_version", ahead));
  scene.saw("a bundle stamped 25 h after that time: refused (future_version)");

  SampleBundle next = scene.bundle(5);
  next.version = ahead.version + std::chrono::hours(1);
  gateway->bundle(sealed(next, scene.key()));
  GUARDIAN_TRY(scene.check_applies(sidecar, next));
  scene.saw("a newer bundle without those faults: applied");
  return {};
}

}  // namespace guardian::tools
