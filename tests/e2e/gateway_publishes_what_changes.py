"""The reference gateway holds long polls until there is news, refuses what does not lint, and rotates keys while it runs."""

import contextlib
import http.client
import os
import signal
import threading

from harness import DEADLINE_SECONDS, TOKEN, check, check_equal, expect, main, wait_for

BUNDLE = "/api/v1/guardian/bundle"
ROOT = "/api/v1/guardian/trust-root"


def ask(gateway, path, **headers):
    """Status, body as sent, header fields."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=DEADLINE_SECONDS)
    with contextlib.closing(connection):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}", **names})
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())


class Poll(threading.Thread):
    """A long poll that is on its way; `answer` once it is over."""

    def __init__(self, gateway, etag):
        super().__init__(daemon=True)
        self.arguments = (gateway, etag)
        self.answer = None
        self.start()

    def run(self):
        gateway, etag = self.arguments
        self.answer = ask(gateway, BUNDLE, If_None_Match=etag, Prefer="wait=300")

    def result(self):
        self.join(DEADLINE_SECONDS)
        check(self.answer is not None, "the long poll was answered")
        return self.answer


def replace(path, text):
    """As editors write: beside the file, then in its place."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    os.replace(beside, path)


def revoked_agent_reaches_who_waits(world, gateway):
    sidecar = world.serve(gateway.port, BUNDLE_LONG_POLL="300", BUNDLE_SYNC_INTERVAL="86400")
    question = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}
    wait_for("a first bundle", lambda: sidecar.health()["bundleVersion"])
    check_equal(sidecar.enforce(question)["decision"], "allow", "before the revocation")
    _, before, headers = ask(gateway, BUNDLE)
    poll = Poll(gateway, headers["ETag"])
    members = world.policies / "bundle.yaml"
    replace(members, members.read_text().replace("[agent_intern3]", "[agent_intern3, agent_abc123]"))
    status, body, _ = poll.result()
    check_equal(status, 200, "status of the long poll")
    check(body != before, "the long poll brought another bundle")
    wait_for("the revocation", lambda: sidecar.enforce(question).get("reason") == "Agent revoked")
    check_equal(sidecar.stop(), 0, "exit code of the sidecar while its request is held")


def what_does_not_lint_is_not_published(world, gateway):
    _, before, _ = ask(gateway, BUNDLE)
    broken = world.policies / "policies" / "zz-broken.yaml"
    replace(broken, "name: zz\nrules: [{effect: allow, actions: [x], colour: red}]\n")
    wait_for("the refusal", lambda: "rebuild_refused" in gateway.log())
    check("zz-broken.yaml:2:" in gateway.log() and "keeping_" in gateway.log(), "the log says where, and what goes on")
    gateway.process.send_signal(signal.SIGHUP)
    wait_for("the refusal again", lambda: gateway.log().count("rebuild_refused") == 2)
    check_equal(ask(gateway, BUNDLE)[1], before, "what is served")
    broken.unlink()
    wait_for("the end of it", lambda: "bundle_unchanged" in gateway.log())


def keys_rotate_while_it_runs(world, gateway, roots, key):
    new_key = world.path / "new.pem"
    expect(0, "keys", "generate", "-o", new_key)
    second = world.path / "second.json"
    expect(0, "keys", "root", "--key", new_key, "--version", 2, "-o", second)
    expect(0, "bundle", "sign", second, "--key", world.key)
    _, _, headers = ask(gateway, BUNDLE)
    poll = Poll(gateway, headers["ETag"])
    os.replace(second, roots / "2.json")
    os.replace(new_key, key)
    status, body, _ = poll.result()
    check_equal(status, 200, "status of the long poll")
    check_equal(ask(gateway, ROOT)[1], (roots / "2.json").read_bytes(), "the newest root")
    check_equal(ask(gateway, f"{ROOT}/1")[1], (roots / "1.json").read_bytes(), "the first root")
    check_equal(ask(gateway, f"{ROOT}/3")[0], 404, "a root that is not there")
    bundle = world.path / "rotated.json"
    bundle.write_bytes(body)
    expect(0, "verify-bundle", bundle, "--trust", roots / "2.json")
    expect(1, "verify-bundle", bundle, "--trust", roots / "1.json")


def test(world):
    roots, key = world.path / "roots", world.path / "current.pem"
    roots.mkdir()
    (roots / "1.json").write_bytes(world.root.read_bytes())
    key.write_bytes(world.key.read_bytes())
    arguments = ["gateway", "--dir", world.policies, "--key", key, "--trust-root", roots, "--port", 0]
    gateway = world.start(*arguments, env={"ADMIN_TOKEN": TOKEN})

    revoked_agent_reaches_who_waits(world, gateway)
    what_does_not_lint_is_not_published(world, gateway)
    keys_rotate_while_it_runs(world, gateway, roots, key)

    _, _, headers = ask(gateway, BUNDLE)
    poll = Poll(gateway, headers["ETag"])
    check_equal(ask(gateway, BUNDLE, If_None_Match=headers["ETag"], Prefer="wait=1")[0], 304, "a wait that is over")
    check_equal(gateway.stop(), 0, "exit code while a request is held")
    check_equal(poll.result()[0], 304, "status of what was held at the end")

    (world.policies / "policies" / "zz-broken.yaml").write_text("name: zz\nrules: 7\n")
    refused = expect(1, *arguments, env={"ADMIN_TOKEN": TOKEN})
    check("zz-broken.yaml:2:8" in refused.stderr, refused.stderr)


main(test)
