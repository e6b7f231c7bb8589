#include "guardian/tools/drills.h"
#include "guardian/tools/offering.h"

namespace guardian::tools {

namespace {

// Three roots of two keys each; each takes one key of the one before along and replaces the other.
struct Chain {
  std::vector<const crypto::PrivateKey*> keys;
  std::vector<std::string> roots;
};

base::Result<Chain> make_chain(Scene& scene) {
  Chain chain;
  chain.keys.push_back(&scene.key());
  for (const char* const name : {"key-2", "key-3", "key-4"}) {
    GUARDIAN_ASSIGN(const auto* const key, scene.add_key(name));
    chain.keys.push_back(key);
  }
  for (unsigned version = 1; version <= 3; ++version) {
    const Scene::Keys keys = {chain.keys[version - 1], chain.keys[version]};
    // The key that both roots have signs for both; the first root is on its own.
    const Scene::Keys signers = {chain.keys[version - 1]};
    GUARDIAN_ASSIGN(auto root,
                    scene.add_root(version == 1 ? "root" : "root-" + std::to_string(version), version, keys, signers));
    chain.roots.push_back(std::move(root));
  }
  return chain;
}

// The gateway as an operator rotates it: stopped, and started with one more root and the newer key.
base::Status restart_gateway(Scene& scene, RunningGateway& gateway, unsigned roots) {
  gateway.process.kill();
  GatewayOptions options;
  options.port = gateway.port;
  options.key_files = {scene.path(roots == 1 ? "key.pem" : "key-" + std::to_string(roots + 1) + ".pem")};
  options.root_files = {scene.path("root.json")};
  for (unsigned version = 2; version <= roots; ++version) {
    options.root_files.push_back(scene.path("root-" + std::to_string(version) + ".json"));
  }
  GUARDIAN_TRY(scene.publish(scene.bundle(roots), nullptr));
  GUARDIAN_ASSIGN(gateway, scene.start_gateway(options));
  return {};
}

}  // namespace

base::Status play_key_rotate(Scene& scene) {
  GUARDIAN_ASSIGN(const Chain chain, make_chain(scene));
  RunningGateway gateway;
  GUARDIAN_TRY(restart_gateway(scene, gateway, 1));
  GUARDIAN_ASSIGN(Subject sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(1)));
  for (unsigned roots = 2; roots <= 3; ++roots) {
    GUARDIAN_TRY(restart_gateway(scene, gateway, roots));
    GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(roots)));
    GUARDIAN_TRY(scene.await_healthy(sidecar));
    scene.saw("trust root " + std::to_string(roots) + ": followed over the network, its new key's bundle enforced");
  }
  GUARDIAN_TRY(scene.stop(sidecar));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(std::nullopt));
  GUARDIAN_TRY(scene.check_enforces(sidecar, scene.bundle(3)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  GUARDIAN_TRY(scene.stop(sidecar));
  scene.saw("restarted without the gateway, TRUST_ROOT still naming root 1: the cached chain holds");

  GUARDIAN_TRY(scene.world().files.remove_all(scene.path("cache")));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(gateway.port));
  GUARDIAN_TRY(scene.await_enforced(sidecar, scene.bundle(3)));
  GUARDIAN_TRY(scene.stop(sidecar));
  scene.saw("a new sidecar that knows root 1 alone: reaches root 3 in its first sync");

  GUARDIAN_ASSIGN(const auto hostile, Offering::open());
  for (unsigned version = 1; version <= 3; ++version) hostile->trust_root(version, chain.roots[version - 1]);
  hostile->bundle(sealed(scene.bundle(4), *chain.keys[0]));
  GUARDIAN_ASSIGN(sidecar, scene.start_sidecar(hostile->port()));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "threshold_not_met", scene.bundle(3)));
  hostile->bundle(sealed(scene.bundle(4), *chain.keys[1]));
  GUARDIAN_TRY(scene.check_refuses(sidecar, "threshold_not_met", scene.bundle(3)));
  scene.saw("a newer bundle signed by a retired key alone: refused, for each of the two");

  hostile->bundle(sealed(scene.bundle(4), *chain.keys[2]));
  GUARDIAN_TRY(scene.check_applies(sidecar, scene.bundle(4)));
  GUARDIAN_TRY(scene.await_healthy(sidecar));
  scene.saw("the same one signed by the key that stayed: applied");
  return {};
}

}  // namespace guardian::tools
