#include "guardian/tools/drills.h"

namespace guardian::tools {

namespace {

constexpr unsigned kRounds = 25;

base::Status check_unchanged(Subject& sidecar, const std::string& before, std::string_view when) {
  for (unsigned round = 0; round < kRounds; ++round) {
    GUARDIAN_ASSIGN(const std::string now, sidecar.decisions());
    GUARDIAN_TRY(expect(now == before, "decisions changed " + std::string(when) + ": " + now));
  }
  return {};
}

// The gateway is away, and that alone is no reason to be degraded.
base::Status await_gateway_missed(Scene& scene, Subject& sidecar) {
  return scene.await_health(sidecar, "health to be healthy with gatewayReachable false", [](const HealthSeen& health) {
    return health.http_status == 200 && health.status == "healthy" && !health.gateway_reachable &&
           !health.last_sync_error.empty();
  });
}

}  // namespace

base::Status play_gateway_down(Scene& scene) {
  GUARDIAN_TRY(scene.publish(scene.bundle(1), nullptr));
  GUARDIAN_ASSIGN(RunningGateway gateway, scene.start_gateway({}));
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(1)));
  GUARDIAN_ASSIGN(const std::string before, sidecar.decisions());

  gateway.process.kill();
  GUARDIAN_TRY(await_gateway_missed(scene, sidecar));
  GUARDIAN_TRY(check_unchanged(sidecar, before, "while the gateway was down"));
  scene.saw("gateway killed: decisions go on unchanged, health is healthy with gatewayReachable false");

  GUARDIAN_TRY(scene.stop(sidecar));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(check_unchanged(sidecar, before, "after a restart without the gateway"));
  GUARDIAN_TRY(await_gateway_missed(scene, sidecar));
  scene.saw("restarted without the gateway: the cached bundle is enforced from the first request on");

  GUARDIAN_TRY(scene.publish(scene.bundle(2), nullptr));
  GatewayOptions same_place;
  same_place.port = gateway.port;
  GUARDIAN_ASSIGN(gateway, scene.start_gateway(same_place));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(2)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  scene.saw("gateway back with a newer bundle: applied without being asked to");
  return {};
}

}  // namespace guardian::tools
