"""SIGKILL at random instants of syncing: at each restart the cache holds the old or the new bundle whole, never older."""

import random
import time

from harness import check, check_equal, expect, main, wait_for

ROUNDS = 40


def version_in_cache(world):
    """What a restarted sidecar enforces before it has reached any gateway."""
    sidecar = world.start("serve", "--offline", env={"TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache),
                                                     "PORT": "0"})
    health = sidecar.health()
    check_equal(health["problems"], [] if health["bundleVersion"] else ["No policy bundle is loaded"], "problems")
    sidecar.kill()
    return health["bundleVersion"]


def test(world):
    chance = random.Random(7)
    gateway = world.gateway()
    newest = None
    for number in range(ROUNDS):
        (world.policies / "policies" / "99-round.yaml").write_text(
            f"name: round\nversion: '{number}'\nappliesTo: {{agentIds: ['*']}}\n"
            f"rules: [{{effect: deny, actions: ['round:{number}']}}]\n")
        sidecar = world.start("serve", env=world.settings(gateway.port))
        time.sleep(chance.random() * 0.05 if number % 2 else chance.random() * 1.2)
        sidecar.kill()
        found = version_in_cache(world)
        check(newest is None or (found is not None and found >= newest), f"round {number}: {found} after {newest}")
        newest = found
    check(newest is not None, "some round got a bundle")
    leftover = [entry.name for entry in world.cache.iterdir() if entry.name.endswith(".tmp")]
    sidecar = world.serve(gateway.port)
    wait_for("a sync", lambda: sidecar.health()["lastSyncSuccess"])
    expect(0, "cache", "show", env=world.settings(gateway.port))
    check(len(leftover) <= 2, f"temporary files do not pile up: {leftover}")


main(test)
