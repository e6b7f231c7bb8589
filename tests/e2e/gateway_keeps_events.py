"""The gateway stores each event once and for good: sent again, plain or in gzip, over a kill and a restart; what is no
event is rejected alone, and what unfolds without end is refused."""

import gzip
import json
import uuid

from harness import TOKEN, check, check_equal, expect, main

PATH = "/api/v1/guardian/audit"
HEADERS = {"X-Admin-Token": TOKEN, "Content-Type": "application/json"}
BOMB_BYTES = 64 << 20


def event(number):
    return {"id": str(uuid.UUID(int=(0x019B0000 + number << 96) | (7 << 76) | (2 << 62) | number)), "seq": number}


def post(gateway, events, *, sidecar="host-1", coded=True):
    body = json.dumps({"sidecar": sidecar, "events": events}).encode()
    headers = {**HEADERS, **({"Content-Encoding": "gzip"} if coded else {})}
    status, answer, _ = gateway.request("POST", PATH, gzip.compress(body) if coded else body, headers)
    check_equal(status, 200, "status")
    return answer["accepted"], answer["duplicates"], len(answer["rejected"])


def stored(directory, name="host-1"):
    return [json.loads(line)["seq"] for line in (directory / f"{name}.jsonl").read_text().splitlines()]


def test(world):
    gateway = world.gateway()
    kept = world.policies / "audit"
    check_equal(post(gateway, [event(n) for n in range(1, 501)]), (500, 0, 0), "a first batch")
    check_equal(post(gateway, [event(n) for n in range(401, 601)], coded=False), (100, 100, 0), "half of it again, plain")
    check_equal(post(gateway, [event(601), {"seq": 7}, 7]), (1, 0, 2), "what is no event is rejected alone")
    check_equal(stored(kept), list(range(1, 602)), "what is stored")

    bomb = gzip.compress(b" " * BOMB_BYTES)
    status, _, _ = gateway.request("POST", PATH, bomb, {**HEADERS, "Content-Encoding": "gzip"})
    check_equal(status, 413, "what unfolds without end")
    status, _, _ = gateway.request("POST", PATH, gzip.compress(b'{"sidecar":"a","events":[]}'), {"Content-Encoding": "gzip"})
    check_equal(status, 401, "without the token")

    gateway.kill()
    with open(kept / "host-1.jsonl", "a", encoding="utf-8") as torn:
        torn.write(json.dumps(event(602))[:-4])
    gateway = world.gateway()
    check_equal(post(gateway, [event(n) for n in range(590, 603)]), (1, 12, 0), "after a kill that tore a line")
    check_equal(stored(kept), list(range(1, 603)), "what is stored after it")

    check_equal(post(gateway, [event(1)], sidecar="../../escape"), (1, 0, 0), "a sidecar with an odd name")
    check_equal(stored(kept, "%2e.%2f..%2fescape"), [1], "its file")
    check_equal(gateway.log().count("event=bundle_published"), 0, "bundles that events made")
    check_equal(gateway.stop(), 0, "exit code")

    elsewhere = world.path / "elsewhere"
    other = world.start("gateway", "--dir", world.policies, "--key", world.key, "--port", 0, "--audit-dir", elsewhere,
                        env={"ADMIN_TOKEN": TOKEN})
    check_equal(post(other, [event(1)]), (1, 0, 0), "another directory")
    check(stored(elsewhere) == [1], "it is there")
    refused = expect(2, "gateway", "--dir", world.policies, "--key", world.key, "--port", 0, "--audit-dir",
                     world.key, env={"ADMIN_TOKEN": TOKEN})
    check("events of sidecars" in refused.stderr, refused.stderr)


main(test)
