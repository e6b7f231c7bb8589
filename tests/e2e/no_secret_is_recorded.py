"""Secrets planted in tokens, headers and contexts are found nowhere: not in segments, logs, answers, health or the
gateway's store."""

import json
import pathlib

from harness import TOKEN, check, check_equal, main, wait_for

SECRETS = []


def planted(name):
    SECRETS.append(f"planted-{name}-{len(SECRETS)}")
    return SECRETS[-1]


def context():
    deep = {"API-Key": planted("deep")}
    for _ in range(25):
        deep = {"level": [deep]}
    return {
        "password": planted("plain"), "PassWord": planted("case"), "user_password": planted("ending"),
        "x-api-key": planted("dashes"), "AccessToken": {"nested": [planted("below"), {"a": planted("below")}]},
        "list": [{"secret": planted("list")}, [{"private_key": planted("lists")}]], "deep": deep,
        "Set-Cookie": planted("cookie"), "proxy-Authorization": planted("authorization"), "db.passwd": planted("dotted"),
        "ssn": planted("listed"), "people": [{"name": planted("listed"), "role": "kept"}],
        "note": "kept-in-clear",
    }


def test(world):
    policy = world.policies / "policies" / "secretive.yaml"
    policy.write_text("""name: secretive
version: "1.0"
appliesTo:
  agentIds: ["*"]
rules:
  - id: compares
    effect: allow
    actions: ["write:compare*"]
    conditions:
      context.password: something-else
""")
    gateway = world.gateway()
    log = []
    for mode in ("enforce", "audit"):
        sidecar = world.serve(gateway.port, MODE=mode, LOG_LEVEL="debug", LOG_FORMAT="json",
                              AUDIT_REDACT="context.ssn,context.people.*.name")
        wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
        bearer = {"Authorization": "Bearer " + planted("bearer"), "Cookie": planted("header"), "X-Admin-Token": planted("admin")}
        answers = []
        for explain in (False, True):
            body = {"agentId": "agent_abc123", "action": "write:compare-x", "context": context(), "explain": explain}
            answers.append(sidecar.request("POST", "/enforce", body))
            answers.append(sidecar.request("POST", "/enforce", body, bearer))
            answers.append(sidecar.request("POST", "/enforce/batch", {
                "agentId": "agent_abc123", "explain": explain,
                "actions": [{"action": "write:compare-y", "context": context()}]}))
        answers.append(sidecar.request("GET", "/health"))
        answers.append(sidecar.request("GET", "/admin/audit", headers={"X-Admin-Token": TOKEN}))
        log.append(json.dumps(answers))
        wait_for("events to be forwarded", lambda: sidecar.health()["auditPending"] == 0)
        check_equal(sidecar.stop(), 0, "exit code")
        log.append(sidecar.log())
    log.append(gateway.log())
    decisions = world.events()
    check_equal(len(decisions), 10, "decisions on record: a bad token decides nothing in enforce mode")
    check(any(event.get("explain") for event in decisions), "evaluations are recorded")
    kept = json.dumps(decisions)
    check("kept-in-clear" in kept and '"role": "kept"' in kept and "[redacted:" in kept, "the rest is kept")
    check_equal(len(world.stored_events()), len(world.events(kind=None)), "the gateway has them")
    places = {str(path): path.read_bytes() for root in (world.cache, world.policies / "audit")
              for path in pathlib.Path(root).rglob("*") if path.is_file()}
    places["logs and answers"] = "\n".join(log).encode()
    for place, text in places.items():
        for secret in [*SECRETS, TOKEN]:
            check(secret.encode() not in text, f"{secret} in {place}")


main(test)
