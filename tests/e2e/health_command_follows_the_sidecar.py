"""`guardian health` answers 1 without a bundle, 0 with one, and a second serve on one cache is refused."""

import json

from harness import StaticGateway, check, check_equal, expect, main, run, wait_for


def test(world):
    bundle = world.build("bundle.json")
    gateway = StaticGateway()
    sidecar = world.serve(gateway.port)
    url = f"http://127.0.0.1:{sidecar.port}"
    expect(1, "health", "--url", url)
    check_equal(sidecar.request("GET", "/readyz")[0], 503, "readyz without a bundle")
    check_equal(sidecar.request("GET", "/livez")[0], 200, "livez")
    answer = sidecar.enforce({"agentId": "agent_abc123", "action": "read:customer"})
    check_equal((answer["decision"], answer["reason"], answer["bundleVersion"]),
                ("deny", "No policy bundle is loaded", None), "without a bundle")

    gateway.answers(200, bundle.read_bytes())
    wait_for("a bundle", lambda: sidecar.health()["status"] == "healthy")
    expect(0, "health", "--url", url)
    check_equal(json.loads(expect(0, "health", "--json", "--url", url).stdout)["status"], "healthy", "--json")
    check_equal(sidecar.request("GET", "/readyz")[0], 200, "readyz with a bundle")

    second = run("serve", env=world.settings(gateway.port))
    check_equal(second.returncode, 2, "a second serve on the same cache")
    check("locked" in second.stderr, f"it says why: {second.stderr}")
    gateway.close()


main(test)
