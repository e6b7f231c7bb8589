"""With the gateway stopped decisions go on, health says so, and a restarted sidecar still decides from its cache."""

from harness import check, check_equal, main, wait_for

REQUEST = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    version = sidecar.health()["bundleVersion"]
    check(sidecar.health()["gatewayReachable"], "the gateway is reachable while it runs")

    check_equal(gateway.stop(), 0, "exit code of the gateway")
    wait_for("gatewayReachable false", lambda: not sidecar.health()["gatewayReachable"])
    check_equal(sidecar.enforce(REQUEST)["decision"], "allow", "decision without the gateway")
    check_equal(sidecar.health()["status"], "healthy", "a gateway that is away is not by itself degraded")
    check_equal(sidecar.stop(), 0, "exit code of the sidecar")

    restarted = world.serve(gateway.port)
    answer = restarted.enforce(REQUEST)
    check_equal((answer["decision"], answer["bundleVersion"]), ("allow", version), "decision from the cache")

    back = world.gateway(port=gateway.port)
    wait_for("the gateway again", lambda: restarted.health()["gatewayReachable"])
    check_equal(back.stop(), 0, "exit code of the second gateway")


main(test)
