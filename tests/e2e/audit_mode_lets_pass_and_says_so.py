"""In audit mode nothing is blocked; what would have been is said to the caller and recorded with its evaluation."""

import json

from harness import TOKEN, check, check_equal, main, wait_for

DENIED = {"agentId": "agent_abc123", "action": "write:email", "resource": "customer-data",
          "context": {"recipient": "someone@elsewhere.net", "apiKey": "planted-secret"}}


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port, MODE="audit", LOG_FORMAT="json")
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    answer = sidecar.enforce(DENIED)
    check_equal((answer["decision"], answer["wouldDeny"], answer["rule"], answer["mode"]),
                ("allow", True, "deny-external-email", "audit"), "answer")
    events = world.events()
    check_equal(len(events), 1, "one decision, one event")
    check(events[0]["explain"] and events[0]["wouldDeny"], "the event holds the evaluation")
    check("planted-secret" not in json.dumps(events) + sidecar.log(), "no secret in an event or the log")
    check(TOKEN not in sidecar.log(), "no admin token in the log")


main(test)
