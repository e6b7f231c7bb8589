"""Two sidecars that count in one Redis never exceed a limit together, and go on without an error when it dies.

A real redis-server, killed and started again under load: while it is away each sidecar counts for itself and says so in
health; once it is back they share their counts again.
"""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import threading

from harness import TOKEN, check, check_equal, main, wait_for

CLIENTS = 64
LIMIT = 150
REQUESTS_EACH = 4
ROUNDS = 8
POLICY = """name: limited
version: "1"
appliesTo: { agentIds: ["*"] }
rules:
  - { id: during, effect: allow, actions: ["read:during"], rateLimit: 1000000/hour }
""" + "".join(f"  - {{ id: {name}, effect: allow, actions: ['read:{name}'], rateLimit: {LIMIT}/hour }}\n"
              for when in ("before", "after") for name in (f"{when}-{number}" for number in range(ROUNDS)))


class Redis:
    """A server of its own on a free port, without persistence."""

    def __init__(self, directory):
        program = shutil.which("redis-server")
        check(program, "redis-server is not installed (packaging/install-deps.sh --test)")
        with contextlib.closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Clients:
    """Asks both sidecars from many connections at once and keeps what was answered."""

    def __init__(self, ports):
        self.ports = ports

    def one(self, number, action, count, stop):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[number % len(self.ports)], timeout=30)
        answers = []
        with contextlib.closing(connection):
            for _ in range(count):
                if stop.is_set():
                    break
                body = json.dumps({"agentId": "agent_abc123", "action": action})
                connection.request("POST", "/enforce", body)
                answer = connection.getresponse()
                text = answer.read()
                check_equal(answer.status, 200, f"status of {text!r}")
                answers.append(json.loads(text))
        return answers

    def ask(self, action, count, stop=threading.Event()):
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            asked = [pool.submit(self.one, number, action, count, stop) for number in range(CLIENTS)]
            return [answer for done in asked for answer in done.result()]


def allowed(answers):
    for answer in answers:
        if answer["decision"] == "deny":
            check_equal(answer["reason"], "Rate limit exceeded", "reason of a denial")
            check(answer["retryAfterMs"] >= 1, "a refusal says when to try again")
    return sum(answer["decision"] == "allow" for answer in answers)


def counts_locally(sidecar):
    return [problem for problem in sidecar.health()["problems"] if "counted locally" in problem]


@contextlib.contextmanager
def watching(sidecars):
    """Whether any of them counts locally at some time meanwhile: each that begins to does so for 100 ms at least."""
    seen, stop = [], threading.Event()

    def watch():
        while not stop.is_set():
            seen.extend(problem for sidecar in sidecars for problem in counts_locally(sidecar))
            stop.wait(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def check_shared(clients, sidecars, when):
    """All clients at once get what one limit allows. A machine too busy for Redis to answer in time shows nothing."""
    for number in range(ROUNDS):
        wait_for("sharing", lambda: not any(counts_locally(sidecar) for sidecar in sidecars))
        with watching(sidecars) as fallen_back:
            total = allowed(clients.ask(f"read:{when}-{number}", REQUESTS_EACH))
        if not fallen_back:
            check_equal(total, LIMIT, f"allowed by both together {when}")
            return
        check(total >= LIMIT, f"nothing is lost by counting locally: {total}")
    raise AssertionError(f"in none of {ROUNDS} rounds {when} Redis answered in time: {fallen_back[-1]}")


def test(world):
    (world.policies / "policies" / "00-limited.yaml").write_text(POLICY)
    bundle = world.build("bundle.json")
    redis = Redis(world.path)
    try:
        sidecars = [world.start("serve", "--offline", "--bundle", bundle, env={
            "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.path / name), "PORT": "0",
            "RATE_LIMIT_STORE": f"redis://127.0.0.1:{redis.port}/0"}) for name in ("one", "two")]
        wait_for("both to share", lambda: not any(counts_locally(sidecar) for sidecar in sidecars))
        clients = Clients([sidecar.port for sidecar in sidecars])
        check_shared(clients, sidecars, "before")

        stop = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            load = pool.submit(clients.ask, "read:during", 100_000, stop)
            redis.kill()
            wait_for("health to say so", lambda: all(counts_locally(sidecar) for sidecar in sidecars))
            check_equal({sidecar.health()["status"] for sidecar in sidecars}, {"degraded"}, "status without Redis")
            redis.start()
            wait_for("sharing again", lambda: not any(counts_locally(sidecar) for sidecar in sidecars))
            stop.set()
            during = load.result()
        check(len(during) > 0, "the load went on")
        check_equal(allowed(during), len(during), "allowed while Redis was away and back")
        check_shared(clients, sidecars, "after")
        check(TOKEN not in "".join(sidecar.log() for sidecar in sidecars), "no secret in a log")
    finally:
        redis.kill()


main(test)
