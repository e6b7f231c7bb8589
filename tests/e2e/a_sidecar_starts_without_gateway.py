"""BOOTSTRAP_BUNDLE, WAIT_FOR_BUNDLE, MAX_BUNDLE_AGE, BUNDLE_HISTORY, and a cache that is damaged or cannot be written."""

import signal

from harness import StaticGateway, check, check_equal, expect, main, wait_for

REQUEST = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}


def bootstraps(world, gateway, bundle):
    cache = world.path / "bootstrap-cache"
    sidecar = world.serve(gateway.port, BOOTSTRAP_BUNDLE=str(bundle), CACHE_DIR=str(cache), WAIT_FOR_BUNDLE="60")
    check_equal(sidecar.enforce(REQUEST)["decision"], "allow", "decision from the bootstrap bundle")
    check('"source":"bootstrap"' in sidecar.log(), "the log says where the bundle is from")
    check(not (cache / "current.bundle.json").exists(), "it is not written to the cache")
    sidecar.kill()
    broken = world.path / "broken.json"
    broken.write_text("{")
    sidecar = world.serve(gateway.port, BOOTSTRAP_BUNDLE=str(broken), CACHE_DIR=str(cache))
    check_equal(sidecar.health()["status"], "unhealthy", "a broken bootstrap bundle is no bundle")
    check(any("BOOTSTRAP_BUNDLE" in problem for problem in sidecar.health()["problems"]), "and is said")
    gateway.answers(200, bundle.read_bytes())
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    check_equal(sidecar.health()["status"], "healthy", "it does not matter once there is another bundle")
    gateway.answers(404)
    sidecar.kill()


def waits(world, gateway, bundle):
    def start(seconds):
        sidecar = world.launch("serve", env=world.settings(
            gateway.port, WAIT_FOR_BUNDLE=seconds, CACHE_DIR=str(world.path / "wait-cache"), LOG_FORMAT="json"))
        wait_for("a sync", lambda: "sync_failed" in sidecar.log() or "bundle_activated" in sidecar.log())
        return sidecar

    sidecar = start("3600")
    check(not sidecar.port_file.exists(), "it does not listen yet")
    sidecar.process.send_signal(signal.SIGTERM)
    check_equal(sidecar.process.wait(60), 0, "exit code when told to end while it waits")
    sidecar = start("1").ready()
    check_equal(sidecar.enforce(REQUEST)["reason"], "No policy bundle is loaded", "after the wait it denies")
    sidecar.kill()
    sidecar = start("3600")
    gateway.answers(200, bundle.read_bytes())
    sidecar.ready()
    check_equal(sidecar.enforce(REQUEST)["decision"], "allow", "it listens once there is a bundle")
    sidecar.kill()


def ages(world, gateway):
    cache = {"CACHE_DIR": str(world.path / "wait-cache")}
    gateway.answers(500)
    sidecar = world.serve(gateway.port, MAX_BUNDLE_AGE="2s", **cache)
    wait_for("a bundle too old", lambda: sidecar.enforce(REQUEST).get("reason") == "Policy bundle is too old")
    check_equal(sidecar.health()["status"], "degraded", "status")
    sidecar.kill()


def recovers(world, gateway):
    """The second bundle is damaged on the disk: the first stands in, until the gateway has the second again."""
    cache = world.path / "damaged"
    env = {"CACHE_DIR": str(cache)}
    for _ in (1, 2):
        # Each a second newer than the one that it replaces.
        gateway.answers(200, world.build("history.json").read_bytes())
        expect(0, "sync", env=world.settings(gateway.port, **env))
    current = cache / "current.bundle.json"
    newest = current.read_bytes()
    current.write_bytes(newest[:-400])
    gateway.answers(503)
    sidecar = world.serve(gateway.port, **env)
    check_equal(sidecar.enforce(REQUEST)["decision"], "allow", "decision from the one before")
    check(any("quarantine" in problem for problem in sidecar.health()["problems"]), f"{sidecar.health()}")
    check_equal([entry.name for entry in (cache / "quarantine").iterdir()], ["1-malformed.bundle.json"], "quarantine")
    gateway.answers(200, newest)
    wait_for("a healthy sidecar", lambda: sidecar.health()["status"] == "healthy")
    check_equal(current.read_bytes(), newest, "the newest is in the cache again")
    sidecar.kill()


def goes_on_without_a_cache(world, gateway, bundle):
    in_the_way = world.path / "file"
    in_the_way.write_text("")
    settings = {"CACHE_DIR": str(in_the_way / "cache")}
    expect(2, "serve", env=world.settings(gateway.port, **settings))
    sidecar = world.serve(gateway.port, BOOTSTRAP_BUNDLE=str(bundle), **settings)
    check_equal(sidecar.health()["status"], "degraded", "status without a cache")
    check_equal(sidecar.enforce(REQUEST)["decision"], "allow", "decision without a cache")
    sidecar.kill()


def test(world):
    gateway = StaticGateway()
    bundle = world.build("bundle.json")
    bootstraps(world, gateway, bundle)
    waits(world, gateway, bundle)
    ages(world, gateway)
    recovers(world, gateway)
    goes_on_without_a_cache(world, gateway, bundle)
    gateway.close()


main(test)
