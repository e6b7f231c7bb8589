"""Requests that are not understood get the documented status and error, and name the member."""

from harness import check, check_equal, main

GOOD = {"agentId": "agent_abc123", "action": "read:customer"}


def test(world):
    bundle = world.build("bundle.json")
    sidecar = world.start("serve", "--offline", "--bundle", bundle, env={
        "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache), "PORT": "0"})

    def refused(status, code, method, path, body=None, named="", headers=None):
        got, answer, _ = sidecar.request(method, path, body, headers)
        check_equal((got, answer["error"]), (status, code), f"{method} {path} {str(body)[:60]}")
        check(named in answer["message"], f"{answer['message']!r} names {named!r}")

    refused(400, "bad_request", "POST", "/enforce", "{")
    refused(400, "bad_request", "POST", "/enforce", {"action": "x"}, "agentId")
    refused(400, "bad_request", "POST", "/enforce", {**GOOD, "actoin": "x"}, "actoin")
    refused(400, "bad_request", "POST", "/enforce", {**GOOD, "context": []}, "context")
    refused(400, "bad_request", "POST", "/enforce", {**GOOD, "context": {"n": 2**53 + 1}}, "context.n")
    refused(400, "bad_request", "POST", "/enforce", '{"agentId":"a","agentId":"b","action":"x"}', "agentId")
    refused(400, "bad_request", "POST", "/enforce", {**GOOD, "delegation": {"chain": "root"}}, "delegation")
    refused(400, "bad_request", "POST", "/enforce/batch", {"agentId": "a", "actions": []}, "actions")
    refused(400, "bad_request", "POST", "/enforce/batch", {"agentId": "a", "actions": [{}]}, "actions[0].action")
    refused(413, "too_large", "POST", "/enforce/batch", {"agentId": "a", "actions": [{"action": "x"}] * 1001})
    refused(413, "too_large", "POST", "/enforce", {**GOOD, "context": {"text": "x" * (1 << 20)}})
    refused(413, "too_large", "POST", "/enforce", '{"agentId":"a","action":"x","context":' + '{"a":' * 70 + "1" + "}" * 71)
    refused(404, "not_found", "GET", "/nowhere")
    refused(405, "method_not_allowed", "GET", "/enforce")
    check_equal(sidecar.request("GET", "/enforce")[2]["Allow"], "POST", "Allow")
    refused(401, "unauthorized", "POST", "/enforce", GOOD, headers={"Authorization": "Bearer e30.e30.c2ln"})
    check_equal(sidecar.enforce({**GOOD, "resource": None, "traceId": "t-1"})["traceId"], "t-1", "traceId comes back")


main(test)
