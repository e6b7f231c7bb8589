"""Under load the sidecar is killed at random: every decision that was answered is on record, once, in one whole chain,
and reaches the gateway exactly once."""

import hashlib
import json
import os
import random
import socket
import threading
import time

from harness import check, check_equal, main, wait_for

ROUNDS = 30 if "ASAN_OPTIONS" in os.environ else 200
CONNECTIONS = 32


class Client(threading.Thread):
    """Asks on one connection until it breaks; keeps which decisions it was told."""

    def __init__(self, port, name, answered):
        super().__init__()
        self.port, self.name_, self.answered = port, name, answered

    def run(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                stream = connection.makefile("rb")
                for number in range(1_000_000):
                    trace = f"{self.name_}-{number}"
                    body = json.dumps({"agentId": "agent_abc123", "action": "read:customer", "traceId": trace}).encode()
                    connection.sendall(b"POST /enforce HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                    length = None
                    while True:
                        line = stream.readline()
                        if not line:
                            return
                        if line == b"\r\n":
                            break
                        if line.lower().startswith(b"content-length:"):
                            length = int(line.split(b":")[1])
                    answer = stream.read(length)
                    if len(answer) == length and b'"decision"' in answer:
                        self.answered.append(trace)
        except OSError:
            pass


def check_chain(cache):
    """All events, each of which must carry its own digest and that of the one before."""
    previous, seq, events = "0" * 64, 0, []
    for segment in sorted((cache / "audit").glob("*.jsonl")):
        data = segment.read_bytes()
        check(data.endswith(b"\n") or not data, "the last line is whole")
        for line in data.split(b"\n")[:-1]:
            event = json.loads(line)
            stored = b',"hash":"' + event["hash"].encode() + b'"}'
            check(line.endswith(stored), "the hash is last")
            check_equal(hashlib.sha256(line[:-len(stored)] + b"}").hexdigest(), event["hash"], "digest")
            check_equal((event["prev"], event["seq"]), (previous, seq + 1), "chain")
            previous, seq = event["hash"], event["seq"]
            events.append(event)
    return events


def test(world):
    gateway = world.gateway()
    chance = random.Random(int(os.environ.get("GUARDIAN_SEED", "7")))
    answered = []
    for number in range(ROUNDS):
        sidecar = world.serve(gateway.port, BUNDLE_SYNC_INTERVAL="60", LOG_LEVEL="error")
        if number == 0:
            wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
        clients = [Client(sidecar.port, f"{number}-{i}", answered) for i in range(CONNECTIONS)]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0.01, 0.25))
        sidecar.kill()
        for client in clients:
            client.join()
    check(len(answered) > ROUNDS * CONNECTIONS // 4, f"there was load: {len(answered)} answers")

    sidecar = world.serve(gateway.port)
    wait_for("nothing to be pending", lambda: sidecar.health()["auditPending"] == 0, seconds=60)
    check_equal(sidecar.health()["auditDropped"], 0, "dropped")
    check_equal(sidecar.stop(), 0, "exit code")
    events = check_chain(world.cache)
    recorded = [event["traceId"] for event in events if event["type"] == "decision"]
    check_equal(len(set(recorded)), len(recorded), "no decision is on record twice")
    lost = set(answered) - set(recorded)
    check_equal(len(lost), 0, f"lost of {len(answered)} answered: {sorted(lost)[:5]}")
    stored = world.stored_events()
    ids = [event["id"] for event in stored]
    check_equal(len(set(ids)), len(ids), "the gateway holds no event twice")
    missing = {event["id"] for event in events if event["type"] == "decision"} - set(ids)
    check_equal(len(missing), 0, "events that the gateway does not have")
    order = [event["seq"] for event in stored]
    check_equal(order, sorted(order), "order at the gateway")


main(test)
