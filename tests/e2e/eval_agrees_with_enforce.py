"""`guardian eval --input` gives for each of 10,000 lines what `POST /enforce` gives at the same time."""

import http.client
import json
import random

from harness import check, check_equal, expect, main, run, wait_for

LINES = 10_000
AGENTS = ["agent_abc123", "agent_code42", "agent_nobody"]
ACTIONS = ["write:email", "read:customer", "write:refund", "read:file", "write:file", "delete:customer", "deploy:service",
           "read:public-page", "export:report"]
RESOURCES = [None, "customer-data", "notifications", "customer-db", "payments", "/workspace/a.txt", "/workspace/../etc",
             "production", ""]
RECIPIENTS = ["user@example.com", "x@elsewhere.net", 7, None]


def requests():
    chance = random.Random(20260418)
    for _ in range(LINES):
        request = {"agentId": chance.choice(AGENTS), "action": chance.choice(ACTIONS),
                   "resource": chance.choice(RESOURCES)}
        if chance.random() < 0.8:
            request["context"] = {"recipient": chance.choice(RECIPIENTS), "amount": chance.choice([5, 25.0, 150, "many"]),
                                  "ip": chance.choice(["10.0.0.7", "203.0.113.9"]), "labels": ["a", "secret"]}
        yield request


def told(answer):
    return {name: value for name, value in answer.items() if name != "latencyMs"}


def test(world):
    # `eval` counts no rate limits, so that with one they could not agree.
    policy = world.policies / "policies" / "10-customer-service.yaml"
    text = policy.read_text()
    check("rateLimit" in text, "the example has a rate limit")
    policy.write_text("".join(line for line in text.splitlines(True) if "rateLimit" not in line))
    bundle = world.build("bundle.json")
    sidecar = world.start("serve", "--offline", "--bundle", bundle, env={
        "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache), "PORT": "0"})
    asked = list(requests())
    lines = "".join(json.dumps(request) + "\n" for request in asked)
    done = run("eval", "--input", "-", "--bundle", bundle, "--trust", world.root, stdin=lines)
    check_equal(done.returncode, 1, "some lines are denied, none is bad")
    offline = [json.loads(line) for line in done.stdout.splitlines()]
    check_equal(len(offline), LINES, "answers of eval")
    check(len({answer["rule"] for answer in offline}) > 8, "the lines reach many rules")

    connection = http.client.HTTPConnection("127.0.0.1", sidecar.port, timeout=60)
    for request, wanted in zip(asked, offline):
        connection.request("POST", "/enforce", json.dumps(request))
        answer = json.loads(connection.getresponse().read())
        check_equal(list(told(answer).items()), list(wanted.items()), f"answer to {request}")
    connection.close()

    bad = run("eval", "--input", "-", "--bundle", bundle, "--trust", world.root,
              stdin='{"agentId":"agent_abc123","action":"read:customer","resource":"customer-db"}\n{"agentId":7}\n')
    check_equal(bad.returncode, 2, "a bad line")
    check_equal(list(json.loads(bad.stdout.splitlines()[1])), ["error", "message"], "members of a bad line")


main(test)
