"""The product document's requests get the documented members, in order and value, on the examples."""

import json

from harness import EXAMPLES, check, check_equal, main, wait_for

ALLOW = ["decision", "policy", "rule", "latencyMs", "bundleVersion", "mode"]
DENY = ["decision", "policy", "rule", "reason", "latencyMs", "bundleVersion", "mode"]


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    version = sidecar.health()["bundleVersion"]

    request = {"agentId": "agent_abc123", "action": "write:email", "resource": "customer-data",
               "context": {"recipient": "user@example.com", "amount": 45.00}}
    allowed = sidecar.enforce(request)
    check_equal(list(allowed), ALLOW, "members of an allow")
    check_equal([allowed[m] for m in ("decision", "policy", "rule", "bundleVersion", "mode")],
                ["allow", "customer-service-agent", "allow-email", version, "enforce"], "values of an allow")
    check(isinstance(allowed["latencyMs"], (int, float)), "latencyMs is a number")

    request["context"]["recipient"] = "someone@elsewhere.net"
    denied = sidecar.enforce(request)
    check_equal(list(denied), DENY, "members of a denial")
    check_equal([denied[m] for m in ("decision", "policy", "rule", "reason")],
                ["deny", "customer-service-agent", "deny-external-email",
                 "Email to external domains is not permitted"], "values of a denial")

    batch = sidecar.enforce(json.loads((EXAMPLES / "requests" / "batch.json").read_text()), "/enforce/batch")
    check_equal(list(batch), ["results", "allAllowed", "bundleVersion", "mode"], "members of a batch")
    check_equal([(r["action"], r["decision"]) for r in batch["results"]],
                [("read:customer", "allow"), ("write:refund", "allow"), ("write:email", "allow")], "batch results")
    check_equal(list(batch["results"][0])[:3], ["action", "decision", "latencyMs"], "members of a batch result")
    check_equal(batch["allAllowed"], True, "allAllowed")

    # The one notification a minute is used up by now.
    limited = sidecar.enforce(json.loads((EXAMPLES / "requests" / "batch.json").read_text()), "/enforce/batch")
    check_equal([(r["action"], r["decision"], r.get("reason")) for r in limited["results"]],
                [("read:customer", "allow", None), ("write:refund", "allow", None),
                 ("write:email", "deny", "Rate limit exceeded")], "batch results past the limit")
    check_equal(list(limited["results"][2])[:4], ["action", "decision", "reason", "latencyMs"], "members of a denial")
    check_equal([limited["results"][2][m] for m in ("policy", "rule")],
                ["customer-service-agent", "allow-notification-email"], "who limits")
    check(0 < limited["results"][2]["retryAfterMs"] <= 60_000, "when to try again")
    check_equal(limited["allAllowed"], False, "allAllowed past the limit")

    health = sidecar.health()
    check_equal(list(health)[:10], ["status", "mode", "bundleVersion", "bundleAge", "lastSync", "lastSyncSuccess",
                                    "gatewayReachable", "cachedPolicies", "cachedAgents", "uptimeSeconds"],
                "members of health")
    check_equal(health["status"], "healthy", "status")
    check_equal(sidecar.stop(), 0, "exit code after SIGTERM")


main(test)
