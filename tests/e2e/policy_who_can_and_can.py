"""`guardian policy who-can` and `policy can` say of the examples what reading them by hand says.

The expectations were written from packaging/examples: agents.yaml, tiers.yaml, bundle.yaml and the five policies.
"""

import json
import pathlib
import tempfile

from harness import EXAMPLES, check, check_equal, expect

SOURCE = ("--policies", EXAMPLES)


def who_can(code, *arguments):
    answer = json.loads(expect(code, "policy", "who-can", *arguments, "--all", "--json", *SOURCE).stdout)
    return {agent["agentId"]: agent for agent in answer["agents"]}


def verdicts(code, *arguments):
    return {agent: found["verdict"] for agent, found in who_can(code, *arguments).items()}


def rules_of(found):
    return [(rule["policy"], rule["rule"], rule["effect"], rule["condition"]) for rule in found["rules"]]


def check_refunds():
    agents = who_can(0, "write:refund", "payments")
    check_equal({agent: found["verdict"] for agent, found in agents.items()},
                {"agent_abc123": "conditional", "agent_deploy7": "deny", "agent_code42": "deny", "agent_web9": "deny",
                 "agent_intern3": "deny"}, "refunds")
    check_equal(rules_of(agents["agent_abc123"]), [
        ("customer-service-agent", "allow-small-refund", "allow", "context.amount > 0 AND context.amount <= 100"),
        ("customer-service-agent", "approve-large-refund", "require-approval", "context.amount > 100"),
    ], "the rules of the support bot")
    check_equal(agents["agent_abc123"]["otherwise"], "deny", "without an amount")
    check_equal(agents["agent_intern3"]["reason"], "Agent revoked", "the intern")
    check_equal(agents["agent_web9"]["reason"], "Action exceeds trust tier untrusted", "the visitor")
    check_equal(agents["agent_deploy7"]["reason"], "No rule allows this action", "the deploy bot")
    small = who_can(0, "write:refund", "payments", "--context", '{"amount": 20}')["agent_abc123"]
    check_equal((small["verdict"], small["otherwise"]), ("allow", None), "a small refund")
    check_equal(verdicts(0, "write:refund", "payments", "--context", '{"amount": 500}')["agent_abc123"], "approval",
                "a large refund")
    check_equal(verdicts(1, "write:refund", "payments", "--context", "{}")["agent_abc123"], "deny", "no amount")
    # Every refund rule is about a resource.
    check_equal(set(verdicts(1, "write:refund").values()), {"deny"}, "a refund of nothing")


def check_email():
    found = who_can(0, "write:email", "customer-data")["agent_abc123"]
    check_equal(found["verdict"], "conditional", "mail with customer data")
    check_equal(rules_of(found), [
        ("customer-service-agent", "deny-external-email", "deny", "context.recipient NOT MATCHES '*@example.com'"),
        ("customer-service-agent", "allow-email", "allow", None),
    ], "its rules")
    check_equal(verdicts(0, "write:email", "notifications")["agent_abc123"], "allow", "notifications")


def check_deployments():
    about = ("deploy:service", "production/web")
    found = who_can(0, *about)["agent_deploy7"]
    check_equal(found["verdict"], "conditional", "a deployment")
    check_equal([rule[1] for rule in rules_of(found)],
                ["deny-during-freeze", "allow-production-in-office-hours", "approve-production-otherwise"],
                "first-applicable: the rules up to the first that must match")
    check_equal(found["otherwise"], None, "some rule always decides")
    # Wednesday in Berlin, 11:00 and 19:00.
    no_freeze = ("--context", '{"freeze": false}')
    for at, verdict in (("2026-12-02T10:00:00Z", "allow"), ("2026-12-02T18:00:00Z", "approval")):
        check_equal(verdicts(0, *about, *no_freeze, "--at", at)["agent_deploy7"], verdict, at)
    check_equal(verdicts(1, *about, "--context", '{"freeze": true}')["agent_deploy7"], "deny", "frozen")
    check_equal(verdicts(0, "deploy:service", "staging/web")["agent_deploy7"], "allow", "staging")


def check_everybody():
    check_equal(verdicts(0, "read:public-docs"),
                {"agent_abc123": "allow", "agent_deploy7": "allow", "agent_code42": "allow", "agent_web9": "allow",
                 "agent_intern3": "deny"}, "public documents")
    # The deny rule on secrets looks at labels that are not known; /workspace is known.
    check_equal(rules_of(who_can(0, "read:file", "/workspace/a.c")["agent_code42"]), [
        ("workspace-files", "deny-secrets", "deny", "context.labels: {some: {equals: 'secret'}}"),
        ("workspace-files", "allow-workspace", "allow", None),
    ], "a file of the workspace")
    check_equal(who_can(1, "read:file", "/workspace/.env")["agent_code42"]["reason"], "Denied by rule deny-secrets",
                "a secret")


def check_text():
    text = expect(0, "policy", "who-can", "write:refund", "payments", *SOURCE).stdout
    check("conditional  agent_abc123 (verified, support-bot)\n" in text, text)
    check("  allow by customer-service-agent / allow-small-refund if context.amount > 0 AND" in text, text)
    check("agent_web9" not in text, "those that may not are listed with --all only: " + text)
    check("agent_web9" in expect(0, "policy", "who-can", "write:refund", "payments", "--all", *SOURCE).stdout, "--all")
    check_equal(expect(1, "policy", "who-can", "launch:rocket", *SOURCE).stdout, "nobody may\n", "nobody")


def check_can():
    answer = json.loads(expect(0, "policy", "can", "agent_abc123", "--json", *SOURCE).stdout)
    check_equal(answer["ceiling"], ["read:*", "write:*", "delete:*", "export:*"], "the ceiling")
    check_equal([policy["policy"] for policy in answer["policies"]], ["customer-service-agent", "company-baseline"],
                "policies")
    check_equal(answer["dryRun"], ["refund-review-preview"], "what only reports")
    check_equal(answer["otherwise"], "deny", "the default")
    rules = {rule["rule"]: rule for policy in answer["policies"] for rule in policy["rules"]}
    check_equal([rule["rule"] for rule in rules["allow-email"]["stronger"]], ["deny-external-email"], "denied by")
    check_equal(rules["allow-notification-email"]["stronger"], [], "other resources do not overlap")
    visitor = json.loads(expect(0, "policy", "can", "agent_web9", "--json", *SOURCE).stdout)
    cut = {rule["rule"]: rule["actions"][0]["withinCeiling"] for rule in visitor["policies"][0]["rules"]}
    check_equal(cut, {"allow-public-read": "all", "approve-deleting-customers": "nothing",
                      "deny-export-outside-network": "nothing"}, "what the ceiling leaves the visitor")
    text = expect(0, "policy", "can", "agent_web9", *SOURCE).stdout
    check("delete:customer (cut off by the ceiling)" in text, text)
    check("everything is denied" in expect(0, "policy", "can", "agent_intern3", *SOURCE).stdout, "revoked")
    check("not in the bundle" in expect(1, "policy", "can", "ghost", *SOURCE).stderr, "an unknown agent")


def check_unknown_agents():
    with tempfile.TemporaryDirectory() as directory:
        source = pathlib.Path(directory)
        (source / "policies").mkdir()
        (source / "policies" / "p.yaml").write_text(
            "name: p\nappliesTo: {agentIds: ['*']}\nrateLimits: {requestsPerHour: 9}\n"
            "delegation: {maxDepth: 2, permissionCeiling: ['x']}\n"
            "rules: [{id: a, effect: allow, actions: ['x'], rateLimit: 5/minute}]\n")
        (source / "agents.yaml").write_text("agents: []\n")
        (source / "tiers.yaml").write_text((EXAMPLES / "tiers.yaml").read_text())
        (source / "bundle.yaml").write_text("unknownAgents: {trustTier: trusted}\n")
        found = json.loads(expect(0, "policy", "who-can", "x", "--json", "--policies", source).stdout)["agents"]
        check_equal([(agent["agentId"], agent["verdict"]) for agent in found], [(None, "allow")], "agents not listed")
        text = expect(0, "policy", "who-can", "x", "--policies", source).stdout
        check("agents not in the bundle (trusted)" in text, text)
        check("allow by p / a, limited to 5/minute, with all of its policy to 9/hour" in text, text)
        text = expect(0, "policy", "can", "ghost", "--policies", source).stdout
        for line in ("treated as unknown", "  limited to 9/hour\n", "  delegated: at most 2 deep, only x\n",
                     "      limited to 5/minute\n"):
            check(line in text, text)


def check_wrong_use():
    expect(2, "policy", "who-can", *SOURCE)
    expect(2, "policy", "who-can", "x", "--context", "[]", *SOURCE)
    expect(2, "policy", "who-can", "x", "--at", "noon", *SOURCE)
    expect(2, "policy", "can", *SOURCE)
    expect(2, "policy", "can", "x", "--policies", EXAMPLES / "nowhere")
    expect(2, "policy", *SOURCE)


if __name__ == "__main__":
    check_refunds()
    check_email()
    check_deployments()
    check_everybody()
    check_text()
    check_can()
    check_unknown_agents()
    check_wrong_use()
