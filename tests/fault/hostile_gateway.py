"""Whatever a gateway answers, or does not: the active bundle decides on, health and log say what happened, memory stays
bounded, and the sidecar takes the next good bundle by itself.

Each case has a gateway and a sidecar of its own; they run beside each other, as two of them wait out thirty seconds.
"""

import concurrent.futures
import contextlib
import os
import pathlib
import threading
import time

from harness import TOKEN, check, check_equal, main, wait_for
from hostile import HostileGateway, body, gzip_bomb, head, raw, silence, status, trickle

REQUEST = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}
INTERVAL_SECONDS = 1
RECOVERY_SECONDS = 1.1 * INTERVAL_SECONDS + 40
RETRY_AFTER_SECONDS = 3
# A body is one text that grows: the old and the new copy for a moment, each at most the limit (decoded) long. What is
# above twice the limit is for everything else, threads and the allocator's habits included.
MAX_BUNDLE_BYTES = 16 << 20
MAX_GROWTH_BYTES = 100 << 20
BOMB_BYTES = 10 << 30


def memory(process, field):
    for line in pathlib.Path(f"/proc/{process.process.pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) << 10
    raise AssertionError(f"no {field}")


class Asking:
    """Asks for decisions all the time, on a thread; whatever is not an allow is a failure at the end."""

    def __init__(self, sidecar):
        self.sidecar, self.asked, self.failure, self.over = sidecar, 0, None, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.over.wait(0.05):
            try:
                answer = self.sidecar.enforce(REQUEST)
                check_equal(answer["decision"], "allow", "decision")
                self.asked += 1
            except (AssertionError, OSError, ValueError) as failure:
                self.failure = repr(failure)
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Case:
    """`words`: one of them is in `lastSyncError` and in a log line. `reachable` None: either may be said."""

    def __init__(self, name, behaviour, words, *, reachable=None, prepare=None):
        self.name, self.behaviour, self.words, self.reachable, self.prepare = name, behaviour, words, reachable, prepare

    def begin(self, gateway):
        gateway.behaviour = self.behaviour

    def end(self, gateway):
        """The gateway is well again, as after a restart."""
        gateway.behaviour = None
        gateway.drop()

    def check_failing(self, gateway, sidecar):
        """The first failure is known, and the gateway goes on as before."""
        seen = {}

        def told():
            seen.update(sidecar.health())
            return not seen["lastSyncSuccess"] and any(word in (seen["lastSyncError"] or "") for word in self.words)

        try:
            # A gateway that is silent is so for the trust root and then for the bundle, thirty seconds each.
            wait_for("the failure in health", told, 90)
        except AssertionError as failure:
            raise AssertionError(f"{failure}: {seen}") from failure
        check_equal(seen["bundleVersion"], OLD, "version meanwhile")
        if self.reachable is not None:
            check_equal(seen["gatewayReachable"], self.reachable, f"gatewayReachable: {seen['lastSyncError']}")
        self.check_log(sidecar)

    def check_log(self, sidecar):
        lines = [line for line in sidecar.log().splitlines() if any(word in line for word in self.words)]
        check(lines, f"nothing of {self.words} in the log")


class Refusing(Case):
    def begin(self, gateway):
        gateway.refuse()

    def end(self, gateway):
        gateway.listen()


class Repeated(Case):
    """Goes on until the gateway was asked some times: what grows does so each time."""

    def check_failing(self, gateway, sidecar):
        super().check_failing(gateway, sidecar)
        asked = len(gateway.visits)
        wait_for("more requests", lambda: len(gateway.visits) >= asked + 4)


class Waiting(Case):
    """503 with Retry-After: the gateway is left alone as long as it asked for."""

    def check_failing(self, gateway, sidecar):
        super().check_failing(gateway, sidecar)
        asked = len(gateway.visits)
        wait_for("three more requests", lambda: len(gateway.visits) >= asked + 3)
        visits = gateway.visits[asked - 1:]
        # One sync may ask for several things at once.
        pauses = [later - earlier for earlier, later in zip(visits, visits[1:]) if later - earlier > 0.5]
        check(pauses and min(pauses) >= RETRY_AFTER_SECONDS * 0.9, f"asked again after {pauses} seconds")


class Swallowed(Case):
    """The gateway is well again while a request of before still hangs, and nothing ever ends that connection."""

    def begin(self, gateway):
        came = len(gateway.visits)
        super().begin(gateway)
        wait_for("a request that hangs", lambda: len(gateway.visits) > came)

    def end(self, gateway):
        gateway.behaviour = None

    def check_failing(self, gateway, sidecar):
        check_equal(sidecar.health()["bundleVersion"], OLD, "version meanwhile")

    def check_recovered(self, sidecar):
        self.check_log(sidecar)


OLD, NEW = "2026-04-18T10:30:00Z", "2026-04-19T10:30:00Z"


def cases(good):
    cut = len(good) // 2
    chunked = head(200, "Transfer-Encoding: chunked")
    endless = head(200, length=1 << 20) + good[:100]
    return [
        Case("401", status(401), ["401", "token"], reachable=True),
        Case("403", status(403), ["403", "token"], reachable=True),
        Case("404", status(404), ["404", "no bundle"], reachable=True),
        Case("500", status(500), ["500"], reachable=True),
        Waiting("503 with Retry-After", status(503, f"Retry-After: {RETRY_AFTER_SECONDS}"), ["503"], reachable=True),
        Case("JSON that is none", body(b'{"payload": nonsense'), ["JSON", "json", "line 1", "1:"], reachable=True),
        Case("no HTTP", raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), ["not an HTTP answer"], reachable=False),
        Repeated("ten gigabytes in gzip", gzip_bomb(BOMB_BYTES), ["larger than"]),
        Case("a body cut short", raw(head(200, length=len(good)) + good[:cut]), ["cut short"]),
        Case("a chunked body cut short", raw(chunked + b"%x\r\n" % len(good) + good[:cut]), ["cut short"]),
        Case("chunks that stop between two", raw(chunked + b"%x\r\n" % cut + good[:cut] + b"\r\n"), ["cut short"]),
        Case("a body of one byte a second", trickle(endless), ["trickles"]),
        Swallowed("a hanging body of one byte a second", trickle(endless), ["trickles"]),
        Swallowed("a head of one byte a second", trickle(b"HTTP/1.1 200 OK\r\nX-A: "), ["no answer in time"]),
        Case("silence", silence, ["no answer in time"], reachable=False),
        Swallowed("a hanging request in silence", silence, ["no answer in time"]),
        Refusing("nobody listens", None, ["cannot connect"], reachable=False),
    ]


def run(case, number, world, old, new):
    gateway = HostileGateway()
    gateway.bundle = old
    # A sanitizer's own memory is not what is measured: what it keeps of freed memory, and of the frames of old calls.
    kept = "quarantine_size_mb=4:detect_stack_use_after_return=0"
    options = {"ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', '')}:{kept}"}
    with contextlib.closing(gateway):
        sidecar = world.serve(gateway.port, BUNDLE_SYNC_INTERVAL=str(INTERVAL_SECONDS), LOG_LEVEL="debug",
                              MAX_BUNDLE_BYTES=str(MAX_BUNDLE_BYTES), CACHE_DIR=str(world.path / f"cache-{number}"),
                              **options)
        wait_for("the first bundle", lambda: sidecar.health()["bundleVersion"] == OLD)
        with Asking(sidecar) as asking:
            before = memory(sidecar, "VmRSS")
            case.begin(gateway)
            case.check_failing(gateway, sidecar)
            gateway.bundle = new
            case.end(gateway)
            recovered_by = time.monotonic() + RECOVERY_SECONDS
            while sidecar.health()["bundleVersion"] != NEW:
                check(time.monotonic() < recovered_by, f"not recovered: {sidecar.health()}")
                time.sleep(0.05)
            if isinstance(case, Swallowed):
                case.check_recovered(sidecar)
            wait_for("success in health", lambda: sidecar.health()["lastSyncSuccess"])
            growth = memory(sidecar, "VmHWM") - before
        check(asking.failure is None and asking.asked > 0, f"after {asking.asked} decisions: {asking.failure}")
        check(growth <= MAX_GROWTH_BYTES, f"grew by {growth >> 20} MiB")
        check(TOKEN not in sidecar.log(), "the token is in the log")
        check_equal(sidecar.stop(), 0, "exit code")
        return growth


def test(world):
    old, new = (world.build(f"{version[:10]}.json", version=version).read_bytes() for version in (OLD, NEW))
    failures = []
    all_cases = cases(old)
    with concurrent.futures.ThreadPoolExecutor(len(all_cases)) as pool:
        began = time.monotonic()
        running = {pool.submit(run, case, number, world, old, new): case for number, case in enumerate(all_cases)}
        for done in concurrent.futures.as_completed(running):
            error = done.exception()
            took = f"{running[done].name}: {time.monotonic() - began:.1f} s"
            print(took if error else f"{took}, memory up by {done.result() >> 20} MiB", flush=True)
            if error:
                failures.append(f"{running[done].name}: {error!r}")
    check(not failures, "\n".join(failures))


main(test)
