"""What was recorded comes out again under the bundles of the time, and under another bundle exactly the planted changes do.

Two bundles, both modes, several connections at once; conditions, time windows, an approval that expires on the way,
delegation, rate limits that are reached, and requests whose record cannot be whole.
"""

import collections
import concurrent.futures
import datetime
import json
import random
import shutil

from harness import check, check_equal, expect, main, run, wait_for

CONNECTIONS = 8
REQUESTS = 160  # in each of three parts
REDACTED, CUT_CHAIN, BAD_TOKEN = "context redacted", "delegation chain recorded in part", "Invalid token"
DOCS = """
name: docs
version: "{version}"
appliesTo: {{ agentIds: ["*"] }}
delegation: {{ maxDepth: 3 }}
rateLimits: {{ requestsPerMinute: 60 }}
rules:
  - {{ id: read, effect: allow, actions: ["read:*"], rateLimit: {{ requestsPerSecond: 8 }} }}
  - {{ id: small, effect: allow, actions: ["write:refund"], conditions: "context.amount < 100" }}
  - {{ id: large, effect: require-approval, actions: ["write:refund"], conditions: "context.amount >= 100" }}
  - {{ id: first-half, effect: allow, actions: ["deploy:*"], conditions: "time.second < 30" }}
  - {{ id: not-alone, effect: deny, actions: ["delete:*"], conditions: "delegation.depth == 0", reason: Ask somebody }}
  - {{ id: delete, effect: allow, actions: ["delete:*"] }}
"""
# By itself, so that what is taken away does not count against the limits of the other.
LISTS = """
name: lists
version: "1"
appliesTo: { agentIds: ["*"] }
rules: [{ id: listing, effect: allow, actions: ["list:*"] }]
"""
NOTES = """
name: notes
version: "1"
appliesTo: { agentIds: ["*"] }
rules: [{ id: note, effect: allow, actions: ["write:note"] }]
"""
CHANGES = """
name: changes
version: "1"
appliesTo: { agentIds: ["*"] }
rules:
  - { id: no-listing, effect: deny, actions: ["list:reports"] }
  - { id: sending, effect: allow, actions: ["send:mail"] }
"""
AGENTS = """
agents:
  - { id: agent_a, trustTier: verified }
  - { id: agent_b, trustTier: trusted }
  - { id: agent_c, trustTier: untrusted }
  - { id: agent_gone, trustTier: verified }
"""
TIERS = """
trustTiers:
  - { name: untrusted, rank: 0, ceiling: ["read:*", "list:*", "write:note", "send:*"] }
  - { name: verified, rank: 1 }
  - { name: trusted, rank: 2 }
"""


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def write_policies(directory):
    """Returns when the approval expires."""
    shutil.rmtree(directory)
    (directory / "policies").mkdir(parents=True)
    (directory / "policies" / "10-docs.yaml").write_text(DOCS.format(version=1))
    (directory / "policies" / "15-lists.yaml").write_text(LISTS)
    (directory / "agents.yaml").write_text(AGENTS)
    (directory / "tiers.yaml").write_text(TIERS)
    soon = now() + datetime.timedelta(seconds=4)
    approval = {"id": "apr_1", "agentId": "agent_a", "action": "write:refund",
                "expiresAt": soon.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (directory / "bundle.yaml").write_text(json.dumps(
        {"approvals": [approval], "unknownAgents": {"trustTier": "untrusted"},
         "revocations": {"agents": ["agent_gone"], "tokens": [], "keys": []}}))
    return soon


def make_request(chance):
    body = {"agentId": chance.choice(["agent_a", "agent_a", "agent_b", "agent_c", "agent_gone", "nobody"]),
            "action": chance.choice(["read:docs", "read:docs", "write:refund", "deploy:web", "list:reports", "delete:x",
                                     "write:note", "send:mail"])}
    context = {}
    if body["action"] == "write:refund":
        context["amount"] = chance.choice([5, 99.5, 100, 1e20, "much"])
    if chance.random() < 0.3:
        context["nested"] = {"list": [1, None, {"text": "\u00e9\u2028\"\\"}], "large": 123456789012}
    if chance.random() < 0.1:
        context["password"] = "hunter2"
    if context or chance.random() < 0.3:
        body["context"] = context
    if chance.random() < 0.3:
        length = chance.choice([1, 2, 4, 5, 6, 9])
        body["delegation"] = {"chain": [chance.choice(["agent_a", "agent_b", "agent_x"]) for _ in range(length)]}
    return body


def send(sidecar, chance, token_allowed):
    """What was asked and what came of it: (agent, action, allowed, why it cannot be compared or None)."""
    body = make_request(chance)
    bad_token = token_allowed and chance.random() < 0.05
    status, answer, _ = sidecar.request("POST", "/enforce", body,
                                        {"Authorization": "Bearer no.good.token"} if bad_token else {})
    check_equal(status, 200, f"{body}: {answer}")
    why = None
    if bad_token:
        why = BAD_TOKEN
    elif "password" in body.get("context", {}):
        why = REDACTED
    elif len(body.get("delegation", {}).get("chain", [])) > 6:
        why = CUT_CHAIN
    allowed = answer["decision"] == "allow" and not answer.get("wouldDeny")
    return body["agentId"], body["action"], allowed, why, answer.get("reason")


def send_many(sidecar, seed, token_allowed=False):
    def part(connection):
        chance = random.Random(seed * 1000 + connection)
        return [send(sidecar, chance, token_allowed) for _ in range(REQUESTS // CONNECTIONS)]

    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        return [told for told_by_one in pool.map(part, range(CONNECTIONS)) for told in told_by_one]


def replay(code, world, *arguments):
    return json.loads(expect(code, "replay", "--audit", world.cache, "--json", *arguments,
                             env={"CACHE_DIR": str(world.cache), "TRUST_ROOT": str(world.root)}).stdout)


def groups_of(report):
    counts = collections.Counter()
    for change in report["changes"]:
        counts[change["change"], change["agentId"], change["action"]] += change["count"]
    return counts


def test_recorded(world, told):
    report = replay(0, world)
    why = collections.Counter(told_why for *_, told_why, _ in told if told_why)
    check_equal(report["why"], dict(why), "what is not comparable")
    check_equal(report["decisions"], len(told), "decisions")
    check_equal(report["same"], len(told) - sum(why.values()), f"the same: {report['changes'][:5]}")
    one = [allowed for agent, *_, allowed, _, _ in told if agent == "agent_a"]
    check_equal(replay(0, world, "--agent", "agent_a")["decisions"], len(one), "decisions of one agent")
    print(f"{len(told)} decisions, {report['same']} the same, not comparable: {dict(why)}")


def second_bundle(directory):
    (directory / "policies" / "10-docs.yaml").write_text(DOCS.format(version=2))
    (directory / "policies" / "20-notes.yaml").write_text(NOTES)


def changed_bundle(world):
    """Made before anything is asked: no bundle revives an approval that was over when it was made."""
    directory = world.path / "changed"
    shutil.copytree(world.policies, directory)
    second_bundle(directory)
    (directory / "policies" / "30-changes.yaml").write_text(CHANGES)
    bundle = world.path / "changed.bundle.json"
    expect(0, "bundle", "build", directory, "-o", bundle, "--key", world.key)
    return bundle


def test_changed(world, bundle, told):
    report = replay(0, world, "--bundle", bundle)
    groups = groups_of(report)
    # What the planted rules take away, nothing else: rate limits and time windows are as they were.
    taken = collections.Counter(("allow-to-deny", agent, action) for agent, action, allowed, why, _ in told
                                if allowed and not why and action == "list:reports")
    check(taken, "something was listed")
    check_equal({key: count for key, count in groups.items() if key[0] == "allow-to-deny"}, dict(taken), "taken away")
    given = {action for change, _, action in groups if change == "deny-to-allow"}
    check_equal(given, {"send:mail", "write:note"}, "given: by the planted rule, and by the second bundle")
    for change in report["changes"]:
        wanted = {"list:reports": "no-listing", "send:mail": "sending", "write:note": "note"}[change["action"]]
        check_equal(change["now"]["rule"], wanted, f"{change}")
    expect(1, "replay", "--audit", world.cache, "--bundle", bundle, "--fail-on-deny",
           env={"CACHE_DIR": str(world.cache), "TRUST_ROOT": str(world.root)})
    same = replay(0, world, "--policies", world.policies, "--from", report["to"], "--fail-on-deny")
    check_equal(same["allowToDeny"], 0, "the policies in force take nothing away from the last decision")


def test_tampered(world):
    """A record that says otherwise than its bundle is told, with its event."""
    copy = world.path / "copy"
    copy.mkdir()
    segments = sorted((world.cache / "audit").glob("*.jsonl"))
    lines = "".join(segment.read_text() for segment in segments).splitlines()
    wanted = next(i for i, line in enumerate(lines)
                  if '"rule":"not-alone"' in line and '"decision":"deny"' in line and "redacted:" not in line)
    event = json.loads(lines[wanted])
    lines[wanted] = lines[wanted].replace('"decision":"deny"', '"decision":"allow"')
    segment = copy / segments[0].name
    segment.write_text("\n".join(lines) + "\n")
    done = run("replay", "--audit", segment, "--json",
               env={"CACHE_DIR": str(world.cache), "TRUST_ROOT": str(world.root)})
    check_equal(done.returncode, 1, f"a mismatch: {done.stdout}{done.stderr}")
    changes = json.loads(done.stdout)["changes"]
    check_equal([(change["change"], change["sample"], change["count"]) for change in changes],
                [("allow-to-deny", event["id"], 1)], "the altered event")


def test(world):
    expiry = write_policies(world.policies)
    changed = changed_bundle(world)
    gateway = world.gateway()
    sidecar = world.serve(gateway.port)
    first = wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    told = send_many(sidecar, 1)
    second_bundle(world.policies)
    wait_for("the second bundle", lambda: sidecar.health()["bundleVersion"] != first)
    told += send_many(sidecar, 2)
    check_equal(sidecar.stop(), 0, "an orderly end")
    sidecar = world.serve(gateway.port, MODE="audit")
    wait_for("a bundle again", lambda: sidecar.health()["bundleVersion"])
    wait_for("the end of the approval", lambda: now() > expiry)
    told += send_many(sidecar, 3, token_allowed=True)
    limited = sum(reason == "Rate limit exceeded" for *_, reason in told)
    check(limited > 0, "limits were reached")
    large = {reason for agent, action, _, why, reason in told if agent == "agent_a" and action == "write:refund" and not why}
    check({None, "Approval required"} <= large, f"there was an approval, and then none: {large}")
    test_recorded(world, told)
    test_changed(world, changed, told)
    check_equal(sidecar.stop(), 0, "an orderly end")
    test_tampered(world)


main(test)
