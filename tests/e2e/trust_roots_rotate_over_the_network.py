"""Root 1 to 2 to 3 with another key each time: a sidecar follows, also one that was away since root 1; a gap is refused.

With a threshold of two one signature is refused, the same key twice is refused, two keys pass.
"""

import json

from harness import TOKEN, StaticGateway, check, check_equal, expect, main, wait_for


def make_roots(world):
    """Root n names key n and is signed by key n - 1 beside it."""
    keys, roots = {}, {}
    for number in (1, 2, 3):
        keys[number], roots[number] = world.path / f"key-{number}.pem", world.path / f"root-{number}.json"
        expect(0, "keys", "generate", "-o", keys[number])
        expect(0, "keys", "root", "--version", number, "--key", keys[number], "-o", roots[number])
        if number > 1:
            expect(0, "bundle", "sign", roots[number], "--key", keys[number - 1])
    return keys, roots


def rotates(world, keys, roots):
    def gateway(port, key, *versions):
        arguments = [text for version in versions for text in ("--trust-root", roots[version])]
        return world.start("gateway", "--dir", world.policies, "--key", keys[key], *arguments, "--port", port,
                           env={"ADMIN_TOKEN": TOKEN})

    first = gateway(0, 1, 1)
    anchored = {"TRUST_ROOT": str(roots[1])}
    follower = world.serve(first.port, **anchored, CACHE_DIR=str(world.path / "follower"))
    away = world.serve(first.port, **anchored, CACHE_DIR=str(world.path / "away"))
    for sidecar in (follower, away):
        wait_for("a bundle", lambda sidecar=sidecar: sidecar.health()["bundleVersion"])
    old = follower.health()["bundleVersion"]
    check_equal(away.stop(), 0, "exit code")
    check_equal(first.stop(), 0, "exit code of the gateway")

    gap = gateway(first.port, 3, 3)
    wait_for("the gap is said", lambda: any("gap" in problem for problem in follower.health()["problems"]))
    check_equal(follower.health()["status"], "degraded", "status")
    check_equal(follower.health()["bundleVersion"], old, "the bundle that only root 3 vouches for is not taken")
    check_equal(gap.stop(), 0, "exit code of the gateway")

    second = gateway(first.port, 2, 1, 2)
    wait_for("a bundle under root 2", lambda: follower.health()["bundleVersion"] > old)
    wait_for("no problem", lambda: not follower.health()["problems"])
    under_second = follower.health()["bundleVersion"]
    check_equal(second.stop(), 0, "exit code of the gateway")

    gateway(first.port, 3, 1, 2, 3)
    wait_for("a bundle under root 3", lambda: follower.health()["bundleVersion"] > under_second)
    for name in ("follower", "away"):
        env = world.settings(first.port, **anchored, CACHE_DIR=str(world.path / name))
        report = json.loads(expect(0, "sync", "--json", env=env).stdout)
        check_equal(report["active"], follower.health()["bundleVersion"], f"{name}: version")
        roots_held = sorted(entry.name for entry in (world.path / name / "roots").iterdir())
        check_equal(roots_held, ["1.json", "2.json", "3.json"], f"{name}: roots in the cache")


def two_people(world, keys):
    root = world.path / "two.json"
    expect(0, "keys", "root", "--threshold", 2, "--key", keys[1], "--key", keys[2], "-o", root)
    alone = world.build("alone.json", key=keys[1])
    twice = world.path / "twice.json"
    envelope = json.loads(alone.read_text())
    envelope["signatures"] *= 2
    twice.write_text(json.dumps(envelope))
    both = world.path / "both.json"
    both.write_bytes(alone.read_bytes())
    expect(0, "bundle", "sign", both, "--key", keys[2])

    gateway = StaticGateway()
    env = world.settings(gateway.port, TRUST_ROOT=str(root), CACHE_DIR=str(world.path / "two-people"))
    for bundle, code in ((alone, 1), (twice, 1), (both, 0)):
        expect(code, "verify-bundle", bundle, "--trust", root)
        gateway.answers(200, bundle.read_bytes())
        done = expect(code, "sync", "--json", env=env)
        check(code == 0 or json.loads(done.stdout)["code"] == "threshold_not_met", f"{bundle.name}: {done.stdout}")
    gateway.close()


def test(world):
    keys, roots = make_roots(world)
    rotates(world, keys, roots)
    two_people(world, keys)


main(test)
