"""A flipped byte, another key, an older version and an unknown operator are refused everywhere; the old bundle stays."""

import json

from harness import StaticGateway, check, check_equal, expect, main, run, wait_for

REQUEST = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}


def flipped(data):
    place = data.index(b'"payload"') + 200
    other = b"B" if data[place:place + 1] == b"A" else b"A"
    return data[:place] + other + data[place + 1:]


def signed_with_unknown_operator(world):
    """Real builds refuse it, so the payload is changed by hand and signed again through a bundle of its own."""
    import base64

    good = json.loads(world.build("good.json", version="2026-05-01T00:00:00Z").read_bytes())
    payload = json.loads(base64.b64decode(good["payload"]))
    payload["policies"][0]["rules"][0]["conditions"] = {"context.a": {"resembles": "b"}}
    good["payload"] = base64.b64encode(json.dumps(payload).encode()).decode()
    good["signatures"] = []
    file = world.path / "operator.json"
    # `bundle sign` replaces the signature that does not fit any more.
    good["signatures"] = [{"keyid": "", "sig": base64.b64encode(b"\0" * 64).decode()}]
    file.write_text(json.dumps(good))
    expect(0, "bundle", "sign", file, "--key", world.key)
    return file


def test(world):
    other_key = world.path / "other.pem"
    expect(0, "keys", "generate", "-o", other_key)
    current = world.build("current.json", version="2026-04-18T10:30:00Z")
    bad = {
        "flipped": (flipped(current.read_bytes()), None),
        "other key": (world.build("other.json", version="2026-04-19T10:30:00Z", key=other_key).read_bytes(),
                      "threshold_not_met"),
        "unknown operator": (signed_with_unknown_operator(world).read_bytes(), "policy_invalid"),
        "truncated": (current.read_bytes()[:-300], "malformed"),
        "empty": (b"", "malformed"),
    }
    older = (world.build("older.json", version="2026-04-17T10:30:00Z").read_bytes(), "rollback")

    gateway = StaticGateway()
    gateway.answers(200, current.read_bytes())
    settings = world.settings(gateway.port)
    expect(0, "sync", env=settings)

    for name, (data, code) in {**bad, "older": older}.items():
        file = world.path / "bad.json"
        file.write_bytes(data)
        if name != "older":  # on its own an older bundle is a good one
            refused = expect(1, "verify-bundle", file, "--trust", world.root, "--json")
            report = json.loads(refused.stdout)
            check_equal(report["verified"], False, name)
            check(report["error"] and (code is None or report["code"] == code), f"{name}: {report}")
        gateway.answers(200, data)
        refused = expect(1, "sync", "--json", env=settings)
        report = json.loads(refused.stdout)
        check(code is None or report["code"] == code, f"{name}: {report}")
        check_equal(report["active"], "2026-04-18T10:30:00Z", f"{name}: active version")
        check_equal((world.cache / "current.bundle.json").read_bytes(), current.read_bytes(), f"{name}: cache")

    sidecar = world.serve(gateway.port)
    for name, (data, _) in {**bad, "older": older}.items():
        before = gateway.requests
        gateway.answers(200, data)
        wait_for("two more syncs", lambda: gateway.requests >= before + 2)
        answer = sidecar.enforce(REQUEST)
        check_equal((answer["decision"], answer["bundleVersion"]), ("allow", "2026-04-18T10:30:00Z"), name)
        check(not sidecar.health()["lastSyncSuccess"], f"{name}: health says the sync failed")
    check("event=bundle_refused" in sidecar.log() or '"event":"bundle_refused"' in sidecar.log(), "the log says so")
    gateway.close()
    check_equal(run("verify-bundle", world.path / "none.json", "--trust", world.root).returncode, 2, "a missing file")


main(test)
