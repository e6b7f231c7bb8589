"""A gateway that accepts and never answers delays neither a decision nor the end after SIGTERM."""

import socket

from harness import check_equal, main, wait_for


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    check_equal(sidecar.stop(), 0, "exit code")
    check_equal(gateway.stop(), 0, "exit code of the gateway")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        stuck = world.serve(listener.getsockname()[1])
        connection, _ = listener.accept()
        answer = stuck.enforce({"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"})
        check_equal(answer["decision"], "allow", "decision while the gateway hangs")
        check_equal(stuck.stop(), 0, "exit code while the gateway hangs")
        connection.close()


main(test)
