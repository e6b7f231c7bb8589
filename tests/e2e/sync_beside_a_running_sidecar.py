"""`guardian sync` beside a running serve, POST /admin/sync and SIGUSR1 make it sync at once and say what changed."""

import json
import signal

from harness import TOKEN, check, check_equal, expect, main, wait_for

ADMIN = {"X-Admin-Token": TOKEN}


def publish(world, gateway, number):
    before = gateway.log().count("bundle_published")
    (world.policies / "policies" / "99-round.yaml").write_text(
        f"name: round\nversion: '{number}'\nappliesTo: {{agentIds: ['*']}}\n"
        f"rules: [{{effect: deny, actions: ['round:{number}']}}]\n")
    wait_for("a newer bundle", lambda: gateway.log().count("bundle_published") > before)


def test(world):
    gateway = world.gateway()
    env = world.settings(gateway.port, BUNDLE_SYNC_INTERVAL="3600")
    sidecar = world.serve(gateway.port, BUNDLE_SYNC_INTERVAL="3600")
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])

    publish(world, gateway, 1)
    done = expect(0, "sync", env=env)
    check("applied" in done.stdout and "+ policy round" in done.stdout, done.stdout)
    done = json.loads(expect(0, "sync", "--json", env=env).stdout)
    check_equal(done["outcome"], "unchanged", "outcome")

    publish(world, gateway, 2)
    status, answer, _ = sidecar.request("POST", "/admin/sync", headers=ADMIN)
    check_equal((status, answer["outcome"]), (200, "applied"), "POST /admin/sync")
    check_equal(answer["policies"]["changed"], ["round"], "what changed")
    check_equal(answer["active"], sidecar.health()["bundleVersion"], "active version")

    for headers in ({}, {"X-Admin-Token": "wrong"}, {"Authorization": "Bearer wrong", **ADMIN}):
        check_equal(sidecar.request("POST", "/admin/sync", headers=headers)[0], 401, f"with {headers}")
    expect(3, "sync", env={**env, "ADMIN_TOKEN": "another"})
    check_equal(sidecar.request("GET", "/admin/sync", headers=ADMIN)[0], 405, "GET")

    publish(world, gateway, 3)
    sidecar.process.send_signal(signal.SIGUSR1)
    wait_for("the third", lambda: sidecar.health()["bundleVersion"] > answer["active"])

    check_equal(gateway.stop(), 0, "exit code of the gateway")
    expect(5, "sync", env=env)
    status, answer, _ = sidecar.request("POST", "/admin/sync", headers=ADMIN)
    check_equal((status, answer["outcome"], answer["code"]), (503, "failed", "network"), "without a gateway")
    check_equal(sidecar.stop(), 0, "exit code")


main(test)
