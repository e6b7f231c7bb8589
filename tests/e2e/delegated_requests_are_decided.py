"""A delegated request is decided for the agent that acts and for everyone on whose behalf it does."""

import json

from harness import check, check_equal, expect, main

POLICY = """name: delegating
version: "1"
appliesTo: { tags: [support, ops] }
delegation: { maxDepth: 1, permissionCeiling: ["read:*"] }
rules:
  - { id: read, effect: allow, actions: ["read:*"] }
  - { id: write, effect: allow, actions: ["write:*"] }
  - id: not-for-others
    effect: deny
    actions: ["read:private"]
    conditions: delegation.depth > 0 AND delegation.root == 'agent_deploy7'
"""


def test(world):
    (world.policies / "policies" / "05-delegating.yaml").write_text(POLICY)
    bundle = world.build("bundle.json")
    sidecar = world.start("serve", "--offline", "--bundle", bundle, env={
        "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache), "PORT": "0"})

    def told(action, chain, agent="agent_abc123"):
        body = {"agentId": agent, "action": action}
        if chain is not None:
            body["delegation"] = {"chain": chain}
        answer = sidecar.enforce(body)
        offline = expect(0 if answer["decision"] == "allow" else 1, "eval", "--input", "-", "--bundle", bundle,
                         "--trust", world.root, stdin=json.dumps(body) + "\n")
        agrees = {name: value for name, value in answer.items() if name != "latencyMs"}
        check_equal(json.loads(offline.stdout), agrees, f"eval of {body}")
        return answer["decision"], answer["policy"], answer["rule"], answer.get("reason")

    check_equal(told("read:x", None), ("allow", "delegating", "read", None), "not delegated")
    check_equal(told("read:x", []), ("allow", "delegating", "read", None), "an empty chain is not delegated")
    check_equal(told("read:x", ["agent_deploy7"]), ("allow", "delegating", "read", None), "delegated once")
    check_equal(told("read:private", ["agent_deploy7"])[2:], ("not-for-others", "Denied by rule not-for-others"),
                "conditions see the delegation")
    check_equal(told("write:x", ["agent_deploy7"]),
                ("deny", "delegating", "delegation", "Action exceeds the delegation ceiling"), "ceiling")
    check_equal(told("read:x", ["agent_deploy7", "agent_code42"]),
                ("deny", "delegating", "delegation", "Delegation depth 2 exceeds 1"), "the policy's depth")
    check_equal(told("read:x", ["a", "b", "c", "d", "e", "f"]),
                ("deny", None, "delegation", "Delegation depth 6 exceeds 5"), "the depth of all")
    check_equal(told("read:x", ["agent_abc123"]), ("deny", None, "delegation", "Circular delegation"), "circular")
    check_equal(told("read:x", ["agent_nobody"]),
                ("deny", None, "delegation", "Unknown delegator agent_nobody"), "unknown")
    check_equal(told("read:x", ["agent_intern3"]),
                ("deny", None, "delegation", "Delegator revoked agent_intern3"), "revoked")
    check_equal(told("read:x", ["agent_web9"]),
                ("deny", None, "delegation", "Delegator agent_web9 is not allowed this action"), "not allowed itself")

    status, error, _ = sidecar.request("POST", "/enforce", {"agentId": "a", "action": "x", "delegation": {"chain": "b"}})
    check_equal((status, error["error"]), (400, "bad_request"), "a chain that is no list")
    check("delegation.chain" in error["message"], error["message"])
    batch = sidecar.enforce({"agentId": "agent_abc123", "delegation": {"chain": ["agent_deploy7"]},
                             "actions": [{"action": "read:x"}, {"action": "write:x"}]}, "/enforce/batch")
    check_equal([result["decision"] for result in batch["results"]], ["allow", "deny"], "a delegated batch")

    events = world.events()
    check_equal(events[-1]["delegation"], {"chain": ["agent_deploy7"], "depth": 1}, "delegation in the event")

    claims = {"sub": "agent_deploy7", "act": {"sub": "agent_abc123"}}
    by_token = expect(0, "eval", "--input", "-", "--bundle", bundle, "--trust", world.root,
                      stdin=json.dumps({"action": "read:x", "token": claims}) + "\n")
    check_equal(json.loads(by_token.stdout)["rule"], "read", "delegated by the token's act claim")
    other = expect(2, "eval", "--input", "-", "--bundle", bundle, "--trust", world.root,
                   stdin=json.dumps({"agentId": "agent_code42", "action": "read:x", "token": claims}) + "\n")
    check_equal(json.loads(other.stdout)["error"], "forbidden", "an agent that is not the token's")


main(test)
