"""A CACHE_DIR of 16 MiB fills up: decisions go on, or are denied where that is asked for; what is not on record is told
exactly; health says degraded; all recovers when there is space again."""

import contextlib
import json
import pathlib
import subprocess

from harness import StaticGateway, check, check_equal, expect, main, wait_for

ASK = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db",
       "context": {"note": "x" * 8000}}


class SmallDisk:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0700", "none", self.path], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)

    def fill(self):
        """Takes all that is left."""
        with open(self.path / "ballast", "ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        ballast.write(b"x" * size)
                except OSError:
                    pass

    def free(self):
        (self.path / "ballast").unlink()


def events_of(directory):
    found = []
    for segment in sorted((directory / "audit").glob("*.jsonl")):
        found += [json.loads(line) for line in segment.read_bytes().split(b"\n")[:-1]]
    return found


def degraded(sidecar):
    health = sidecar.health()
    return health["status"] == "degraded" and any("audit" in problem for problem in health["problems"])


def drop_oldest(world, gateway):
    with SmallDisk(world.path / "small") as disk:
        sidecar = world.serve(gateway, CACHE_DIR=str(disk.path), AUDIT_FULL="drop-oldest")
        wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
        for _ in range(2500):
            check_equal(sidecar.enforce(ASK)["decision"], "allow", "decisions go on")
        check(degraded(sidecar), "health says that events were pushed out")
        check(sidecar.health()["auditDropped"] > 0, "what was pushed out is counted")
        events = events_of(disk.path)
        gaps = [event["gap"] for event in events if event["type"] == "audit.gap"]
        check(gaps and all(gap["cause"] == "dropped-oldest" for gap in gaps), f"gaps: {gaps[:2]}")
        check_equal(gaps[-1]["to"] + 1, events[0]["seq"], "the last gap ends before the first event that is left")
        check_equal(gaps[-1]["lastHash"], events[0]["prev"], "and proves it")
        check_equal(gaps[-1]["count"], gaps[-1]["to"] - gaps[-1]["from"] + 1, "count")
        expect(0, "audit", "verify", disk.path / "audit")
        # Nothing left but what the store has: it goes on in its own space.
        disk.fill()
        for _ in range(50):
            check_equal(sidecar.enforce(ASK)["decision"], "allow", "decisions go on")
        disk.free()
        check_equal(sidecar.enforce(ASK)["decision"], "allow", "decisions go on")
        check(degraded(sidecar), "that events were pushed out is told for a minute")
        check_equal(sidecar.stop(), 0, "exit code")
        expect(0, "audit", "verify", disk.path / "audit")


def deny(world, gateway):
    with SmallDisk(world.path / "denying") as disk:
        sidecar = world.serve(gateway, CACHE_DIR=str(disk.path), AUDIT_FULL="deny")
        wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
        before = sum(1 for event in events_of(disk.path) if event["type"] == "decision")
        allowed = denied = 0
        disk.fill()
        for _ in range(300):
            answer = sidecar.enforce(ASK)
            if answer["decision"] == "allow":
                allowed += 1
                continue
            check_equal((answer["reason"], answer["policy"], answer["rule"]), ("Audit log is full", None, None), "denial")
            denied += 1
        check(denied > 100, f"denied {denied}")
        check(degraded(sidecar), "degraded")
        check_equal(sidecar.health()["auditDropped"], denied, "each denial is counted")
        gaps = [event["gap"] for event in events_of(disk.path) if event["type"] == "audit.gap"]
        check(gaps and gaps[0]["cause"] == "unwritable", "a full disk has recorded that it is full")
        disk.free()
        wait_for("health to recover", lambda: sidecar.health()["status"] == "healthy")
        check_equal(sidecar.enforce(ASK)["decision"], "allow", "allowed again")
        events = events_of(disk.path)
        gaps = [event["gap"] for event in events if event["type"] == "audit.gap"]
        check_equal(sum(gap["count"] for gap in gaps), denied, "the gaps tell of each")
        check_equal(sum(1 for event in events if event["type"] == "decision") - before, allowed + 1, "the others are there")
        check_equal(sidecar.stop(), 0, "exit code")
        expect(0, "audit", "verify", disk.path / "audit")


def test(world):
    # It has the bundle and takes no events for now, so that all are unsent.
    gateway = StaticGateway()
    gateway.post_status = 503
    gateway.answers(200, world.build("policies.bundle.json").read_bytes())
    with contextlib.closing(gateway):
        drop_oldest(world, gateway.port)
        deny(world, gateway.port)


main(test)
