"""MAX_EVAL_COST: a bundle whose decisions may cost more is not built and does not verify; a sidecar warns and enforces."""

import json

from harness import check, check_equal, expect, main

COSTLY = """name: costly
version: "1"
appliesTo: { agentIds: ["agent_code42"] }
rules:
""" + "".join(f"  - {{ effect: deny, actions: ['read:*'], conditions: {{ context.a: {{ in: [{'x' * 100}, y] }} }} }}\n"
              for _ in range(100))


def cost_of(world, bundle):
    told = expect(0, "verify-bundle", bundle, "--trust", world.root, "--json")
    return json.loads(told.stdout)["decisionCost"]


def test(world):
    cheap = cost_of(world, world.build("cheap.json"))
    (world.policies / "policies" / "99-costly.yaml").write_text(COSTLY)
    bundle = world.build("costly.json")
    cost = cost_of(world, bundle)
    check_equal(cost["agentId"], "agent_code42", "the agent for which it is highest")
    check(cost["rules"] >= 100 and cost["patternBytes"] > 10_000, f"counted: {cost}")
    check_equal(cost["steps"], cost["rules"] + cost["patternBytes"], "steps")
    check(cheap["steps"] < 1_000, f"the examples: {cheap}")
    readable = expect(0, "verify-bundle", bundle, "--trust", world.root).stdout
    check(f"at most {cost['steps']} steps" in readable, readable)

    enough, less = str(cost["steps"]), str(cost["steps"] - 1)
    expect(0, "verify-bundle", bundle, "--trust", world.root, env={"MAX_EVAL_COST": enough})
    refused = expect(1, "verify-bundle", bundle, "--trust", world.root, "--max-eval-cost", less)
    check("MAX_EVAL_COST" in refused.stderr and "agent_code42" in refused.stderr, refused.stderr)
    output = world.path / "not-built.json"
    refused = expect(2, "bundle", "build", world.policies, "-o", output, "--key", world.key, env={"MAX_EVAL_COST": less})
    check("MAX_EVAL_COST" in refused.stderr and not output.exists(), refused.stderr)
    expect(2, "verify-bundle", bundle, "--trust", world.root, env={"MAX_EVAL_COST": "0"})

    serving = {"TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache), "PORT": "0"}
    warned = world.start("serve", "--offline", "--bundle", bundle, env={**serving, "MAX_EVAL_COST": less})
    check_equal(warned.enforce({"agentId": "agent_code42", "action": "read:file", "resource": "/workspace/a",
                                "context": {"a": "z"}})["decision"], "allow", "a decision all the same")
    check("eval_cost_above_limit" in warned.log(), "a warning in the log")
    warned.stop()
    quiet = world.start("serve", "--offline", "--bundle", bundle, env={**serving, "MAX_EVAL_COST": enough})
    check("eval_cost_above_limit" not in quiet.log(), "no warning at the limit")


main(test)
