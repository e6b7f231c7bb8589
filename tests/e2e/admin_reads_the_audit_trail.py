"""GET /admin/audit and /admin/audit/stats answer from the sidecar's own trail, offline too, and only to the admin."""

from harness import TOKEN, check, check_equal, main, wait_for

ADMIN = {"X-Admin-Token": TOKEN}


def test(world):
    gateway = world.gateway()
    sidecar = world.serve(gateway.port)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])
    gateway.kill()
    for number in range(5):
        sidecar.enforce({"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db",
                         "traceId": f"t{number}"})
    sidecar.enforce({"agentId": "agent_web9", "action": "delete:everything"})

    def admin(path, headers=None):
        return sidecar.request("GET", path, headers=ADMIN if headers is None else headers)[:2]

    status, answer = admin("/admin/audit")
    check_equal(status, 200, "status")
    entries = answer["entries"]
    check_equal(entries[0]["agentId"], "agent_web9", "newest first")
    check_equal(entries[-1]["type"], "sidecar.started", "all of them")
    check_equal(entries[0]["timestamp"], entries[0]["time"], "timestamp")
    check_equal([entry["seq"] for entry in entries], list(range(len(entries), 0, -1)), "order")
    check_equal([entry["traceId"] for entry in admin("/admin/audit?agentId=agent_abc123&limit=2")[1]["entries"]],
                ["t4", "t3"], "agentId is read as agent")
    check_equal(len(admin("/admin/audit?decision=deny")[1]["entries"]), 1, "decision")
    check_equal(len(admin("/admin/audit?action=read%3A*&agent=agent_abc123")[1]["entries"]), 5, "action")
    check_equal(admin("/admin/audit?to=2020-01-01T00:00:00Z")[1]["entries"], [], "to")
    check_equal(len(admin("/admin/audit?from=1h&unknown=1")[1]["entries"]), len(entries), "from")
    for bad in ("limit=0", "limit=x", "limit=1001", "decision=perhaps", "from=yesterday", "agent=%zz", "limit=1&limit=2"):
        status, answer = admin(f"/admin/audit?{bad}")
        check_equal((status, answer["error"]), (400, "bad_request"), bad)
    status, stats = admin("/admin/audit/stats")
    check_equal((status, stats["decisions"]["allow"], stats["decisions"]["deny"]), (200, 5, 1), "stats")
    check_equal(stats["agents"][0]["agent"], "agent_abc123", "by agent")
    for path in ("/admin/audit", "/admin/audit/stats"):
        for headers in ({}, {"X-Admin-Token": "wrong"}):
            check_equal(admin(path, headers)[0], 401, "needs the admin token")
    check(TOKEN not in sidecar.log(), "no admin token in the log")


main(test)
