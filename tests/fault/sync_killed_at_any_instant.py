"""SIGKILL at random instants of syncing, 500 rounds: the cache holds the old or the new bundle whole, verified, never older.

A life is a cache from its first sync on: without TRUST_ROOT the root is pinned on the way, and half-way through the
gateway rotates it. When a life has seen all bundles the next one begins.
"""

import http.server
import json
import os
import random
import shutil
import subprocess
import threading
import time

from harness import GUARDIAN, TOKEN, check, check_equal, environment, expect, main

# Under a sanitizer a process takes several times as long, and a fifth must do.
ROUNDS = 100 if "ASAN_OPTIONS" in os.environ else 500
BUNDLES = 30  # of a life
RESTART_EVERY = 10  # rounds between restarts of a real `serve`
SERVE_EVERY = 4  # every so many rounds it is `serve` that is killed, not `sync`
API = "/api/v1/guardian/"


class Gateway:
    """Trust roots and a bundle, from memory: quick, and exactly what the cache may hold."""

    def __init__(self):
        self.files = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = outer.files.get(self.path.removeprefix(API))
                etag = f'"{hash(body)}"'
                self.send_response(404 if body is None else 304 if self.headers["If-None-Match"] == etag else 200)
                if body is not None:
                    self.send_header("ETag", etag)
                shown = b"" if body is None or self.headers["If-None-Match"] == etag else body
                self.send_header("Content-Length", str(len(shown)))
                self.end_headers()
                self.wfile.write(shown)

            def handle(self):
                # Those who ask are killed at it.
                try:
                    super().handle()
                except ConnectionError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Sequence:
    """The bundles of a life, oldest first, with the roots that the gateway has when it offers them."""

    def __init__(self, world):
        keys = [world.key, world.path / "second.pem"]
        expect(0, "keys", "generate", "-o", keys[1])
        second_root = world.path / "root-2.json"
        expect(0, "keys", "root", "--version", "2", "--key", keys[0], "--key", keys[1], "-o", second_root)
        roots = [world.root.read_bytes(), second_root.read_bytes()]
        self.steps = []
        for number in range(BUNDLES):
            rotated = number >= BUNDLES // 2
            (world.policies / "policies" / "99-round.yaml").write_text(
                f"name: round\nversion: '{number}'\nappliesTo: {{agentIds: ['*']}}\n"
                f"rules: [{{id: round-{number}, effect: deny, actions: ['round:{number}']}}]\n")
            version = f"2026-01-01T00:{number:02}:00Z"
            built = world.build("round.json", version=version, key=keys[1] if rotated else keys[0])
            self.steps.append((version, built.read_bytes(), roots[: 2 if rotated else 1]))

    def offer(self, gateway, step):
        _, bundle, roots = self.steps[step]
        gateway.files = {"bundle": bundle, "trust-root": roots[-1]}
        gateway.files |= {f"trust-root/{version}": root for version, root in enumerate(roots, 1)}

    def find(self, bundle):
        """Which one that is; -1 for none at all."""
        found = [step for step, (_, known, _) in enumerate(self.steps) if known == bundle]
        check(bundle is None or found, "the cache holds bytes that were never offered")
        return found[0] if found else -1


class Life:
    """A cache, and what it has been seen to hold."""

    def __init__(self, world, sequence, gateway, number):
        self.world, self.sequence, self.gateway = world, sequence, gateway
        self.held = -1
        shutil.rmtree(world.cache, ignore_errors=True)
        self.settings = world.settings(gateway.port)
        if number % 2:
            del self.settings["TRUST_ROOT"]

    def kill_during(self, command, after):
        process = subprocess.Popen([GUARDIAN, command], env=environment(self.settings), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(after)
        process.kill()
        process.wait()

    def in_cache(self):
        try:
            return (self.world.cache / "current.bundle.json").read_bytes()
        except FileNotFoundError:
            return None

    def check_cache(self, offered):
        """Old or new, whole, by the bytes and by the verdict of a new process; and so is every trust root."""
        found = self.sequence.find(self.in_cache())
        check(found in (self.held, offered), f"the cache holds bundle {found}, neither {self.held} nor {offered}")
        known = self.sequence.steps[offered][2]
        for root in (self.world.cache / "roots").glob("*.json"):
            check_equal(root.read_bytes(), known[int(root.stem) - 1], f"root {root.stem}")
        check(not list(self.world.cache.glob("quarantine/*")), "nothing is damaged")
        if found >= 0:
            self.check_verdict(found)
        self.held = found

    def check_verdict(self, found):
        """What `eval` makes of the cache, which it verifies with the floor as `serve` does when it starts."""
        answer = json.loads(expect(1, "eval", "--agent", "agent_deploy7", "--action", f"round:{found}", "--json",
                                   env=self.settings).stdout)
        check_equal((answer["rule"], answer["bundleVersion"]), (f"round-{found}", self.sequence.steps[found][0]),
                    "what is enforced")

    def check_restart(self):
        """What a restarted sidecar enforces before it has reached any gateway."""
        sidecar = self.world.start("serve", "--offline", env=self.settings)
        health = sidecar.health()
        sidecar.kill()
        version = self.sequence.steps[self.held][0] if self.held >= 0 else None
        check_equal(health["bundleVersion"], version, "bundle in force")
        check_equal(health["problems"], [] if version else ["No policy bundle is loaded"], "problems")


def time_of_a_sync(world, sequence, gateway):
    """Seconds of a whole one, the longest of a few."""
    times = []
    for _ in range(3):
        life = Life(world, sequence, gateway, 1)
        began = time.monotonic()
        expect(0, "sync", env=life.settings)
        times.append(time.monotonic() - began)
    return max(times)


def test(world):
    chance = random.Random(7)
    sequence = Sequence(world)
    gateway = Gateway()
    sequence.offer(gateway, 0)
    span = 2 * time_of_a_sync(world, sequence, gateway)  # in which the kills are spread
    lives, kept, moved = 0, 0, 0
    life = None
    for number in range(ROUNDS):
        if life is None or life.held == BUNDLES - 1:
            life = Life(world, sequence, gateway, lives)
            lives += 1
        offered = life.held + 1
        sequence.offer(gateway, offered)
        after = chance.random() * span
        try:
            life.kill_during("sync" if number % SERVE_EVERY else "serve", after)
            before = life.held
            life.check_cache(offered)
            if number % RESTART_EVERY == 0:
                life.check_restart()
        except AssertionError as failure:
            raise AssertionError(f"round {number}, life {lives}, killed after {after:.4f} s: {failure}")
        kept, moved = kept + (life.held == before), moved + (life.held != before)
        # As many before the instant of the change as after it, whatever the machine does meanwhile.
        span *= 1.02 if life.held == before else 1 / 1.02
    print(f"{ROUNDS} kills within {span * 1000:.0f} ms, {lives} lives: old bundle {kept} times, new one {moved} times")
    check(kept > ROUNDS / 20 and moved > ROUNDS / 20, "kills come before and after the instant of the change")

    leftover = [path.name for path in world.cache.rglob("*.tmp")]
    check(len(leftover) <= 4, f"temporary files do not pile up: {leftover}")
    expect(0, "sync", env=life.settings)
    leftover = [path.name for path in world.cache.rglob("*.tmp")]
    check_equal(leftover, [], "temporary files after a whole sync")


main(test)
