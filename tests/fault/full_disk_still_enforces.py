"""When only writing fails the verified bundle is enforced all the same, and health is degraded and says so."""

import resource
import signal

from harness import check, check_equal, main, wait_for


def no_room():
    # Writes past a few bytes fail with EFBIG, as a full disk fails with ENOSPC; the log goes to a file of its own.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port, preexec=no_room)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    health = sidecar.health()
    check_equal(health["status"], "degraded", "status")
    check(any("not on the disk" in problem for problem in health["problems"]), f"problems: {health['problems']}")
    answer = sidecar.enforce({"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"})
    check_equal(answer["decision"], "allow", "decision")
    check(not (world.cache / "current.bundle.json").exists(), "nothing half-written stands for the bundle")
    check_equal(sidecar.stop(), 0, "exit code")

    healed = world.serve(gateway.port)
    wait_for("a healthy sidecar", lambda: healed.health()["status"] == "healthy")
    check((world.cache / "current.bundle.json").exists(), "the bundle is on the disk")


main(test)
