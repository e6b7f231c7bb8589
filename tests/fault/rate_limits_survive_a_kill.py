"""SIGKILL in the middle of a daily limit: after the restart at most the counts of the last 100 ms are missing.

The machine is shared: a saver that the system does not let run in time is no fault of ours, so most rounds have to keep
within 100 ms and every one within a second.
"""

import contextlib
import http.client
import json
import time

from harness import check, check_equal, main

ROUNDS = 8
LIMIT = 400
POLICY = """name: limited
version: "1"
appliesTo: { agentIds: ["*"] }
rateLimits: { requestsPerDay: %d }
rules:
  - { id: allow-round, effect: allow, actions: ["read:round"], rateLimit: { requestsPerDay: %d } }
"""


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, action):
        self.connection.request("POST", "/enforce", json.dumps({"agentId": "agent_abc123", "action": action}))
        return json.loads(self.connection.getresponse().read())


def start(world, bundle):
    return world.start("serve", "--offline", "--bundle", bundle, env={
        "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache), "PORT": "0"})


def until_refused(port, action):
    """How many more are allowed."""
    client = Client(port)
    with contextlib.closing(client.connection):
        for count in range(LIMIT + 1):
            answer = client.ask(action)
            if answer["decision"] == "deny":
                check_equal(answer["reason"], "Rate limit exceeded", "reason")
                check(answer["retryAfterMs"] > 3_600_000, "a daily limit is waited for")
                return count
    raise AssertionError("never refused")


def test(world):
    late = 0
    for number in range(ROUNDS):
        # A policy of its own each round, so that no count is left from the one before.
        name = f"limited-{number}"
        (world.policies / "policies" / "00-limited.yaml").write_text(
            POLICY.replace("name: limited", f"name: {name}") % (LIMIT, LIMIT))
        bundle = world.build(f"bundle-{number}.json")
        sidecar = start(world, bundle)
        client = Client(sidecar.port)
        answered = []
        for _ in range(150 + 20 * number):
            check_equal(client.ask("read:round")["decision"], "allow", "below the limit")
            answered.append(time.monotonic())
            time.sleep(0.002)
        killed = time.monotonic()
        sidecar.kill()
        client.connection.close()
        left = until_refused(start(world, bundle).port, "read:round")
        missing = len(answered) + left - LIMIT
        check(missing >= 0, f"round {number}: {-missing} counted that were not allowed")
        within = lambda seconds: sum(at > killed - seconds for at in answered)
        check(missing <= within(1.0), f"round {number}: {missing} counts are missing")
        if missing > within(0.1):
            late += 1
        world.processes[-1].kill()
    check(late <= ROUNDS // 4, f"{late} of {ROUNDS} rounds lost more than the last 100 ms")


main(test)
