"""Every named corruption of a bundle is refused with its own code: as a file, over the network and from the cache.

The cases are those of tests/support/corruptions.h, written by write-corruptions. Two kinds are not refused by all three,
and the test holds them to that too: what is expired or too far ahead stays in force from the cache, and what is only
older than the bundle before it is good on its own.
"""

import base64
import concurrent.futures
import json
import os
import queue
import re
import shutil
import subprocess

from harness import TOKEN, StaticGateway, check, check_equal, expect, main

WORKERS = 4
REQUEST = {"agentId": "agent_abc123", "action": "read:customer", "resource": "customer-db"}
REFUSED_BY = ("all", "all_but_the_cache", "all_but_verify_bundle")


class Cases:
    """The directory of write-corruptions, and for each of its trust roots a cache that two syncs have filled."""

    def __init__(self, world):
        self.path = world.path / "corruptions"
        self.path.mkdir()
        subprocess.run([os.environ["WRITE_CORRUPTIONS"], str(self.path)], check=True, timeout=120)
        index = json.loads((self.path / "cases.json").read_text())
        self.limit = index["maxBundleBytes"]
        self.previous, self.current, self.all = index["previous"], index["current"], index["cases"]
        self.current_bytes = self.bytes_of(self.current)
        self.roots = sorted({case["trust"] for case in self.all})
        gateway = StaticGateway()
        for root in self.roots:
            for bundle in (self.previous, self.current):
                gateway.answers(200, self.bytes_of(bundle))
                expect(0, "sync", env=self.settings(root, self.cache_of(root), gateway))
            check_equal((self.cache_of(root) / "current.bundle.json").read_bytes(), self.current_bytes, "the cache")
            check_equal([entry.name for entry in (self.cache_of(root) / "previous").iterdir()],
                        [self.previous["version"] + ".bundle.json"], "previous/")
        gateway.close()

    def bytes_of(self, entry):
        return (self.path / entry["file"]).read_bytes()

    def cache_of(self, root):
        return self.path / f"cache-of-{root}"

    def settings(self, root, cache, gateway=None):
        return {"TRUST_ROOT": str(self.path / root), "CACHE_DIR": str(cache), "MAX_BUNDLE_BYTES": str(self.limit),
                "PORT": "0", "ADMIN_TOKEN": TOKEN, "BUNDLE_SYNC_INTERVAL": "86400", "LOG_FORMAT": "json",
                **({"GATEWAY_URL": f"http://127.0.0.1:{gateway.port}"} if gateway else {})}


class Station:
    """Where one case at a time is judged: a gateway, and sidecars that run while it gives them one after the other."""

    def __init__(self, world, cases, number):
        self.world, self.cases = world, cases
        self.path = world.path / f"station-{number}"
        self.gateway = StaticGateway()
        self.gateway.answers(200, cases.current_bytes)
        self.running = {}
        for root in cases.roots:
            cache = self.path / f"running-{root}"
            shutil.copytree(cases.cache_of(root), cache)
            self.running[root] = (cache, world.start("serve", env=cases.settings(root, cache, self.gateway)))

    def judge(self, case):
        self.as_file(case)
        self.over_the_network(case)
        self.by_a_running_sidecar(case)
        self.from_the_cache(case)

    def fresh_cache(self, case):
        cache = self.path / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        shutil.copytree(self.cases.cache_of(case["trust"]), cache)
        return cache

    def as_file(self, case):
        good = case["refusedBy"] == "all_but_verify_bundle"
        done = expect(0 if good else 1, "verify-bundle", self.cases.path / case["file"], "--trust",
                      self.cases.path / case["trust"], "--json",
                      env={"MAX_BUNDLE_BYTES": str(self.cases.limit), "CACHE_DIR": str(self.path / "none")})
        report = json.loads(done.stdout)
        check_equal(report["verified"], good, "as a file")
        check_equal(report.get("code"), None if good else case["code"], "code as a file")

    def over_the_network(self, case):
        cache = self.fresh_cache(case)
        self.gateway.answers(200, self.cases.bytes_of(case))
        done = expect(1, "sync", "--json", env=self.cases.settings(case["trust"], cache, self.gateway))
        self.check_refused(case, json.loads(done.stdout), cache)

    def by_a_running_sidecar(self, case):
        cache, sidecar = self.running[case["trust"]]
        self.gateway.answers(200, self.cases.bytes_of(case))
        status, report, _ = sidecar.request("POST", "/admin/sync", headers={"X-Admin-Token": TOKEN})
        check_equal(status, 502, "status of POST /admin/sync")
        self.check_refused(case, report, cache)
        answer = sidecar.enforce(REQUEST)
        check_equal((answer["decision"], answer["bundleVersion"]), ("allow", self.cases.current["version"]),
                    "what a running sidecar enforces")

    def check_refused(self, case, report, cache):
        check_equal((report["outcome"], report["code"], report["active"]),
                    ("refused", case["code"], self.cases.current["version"]), "over the network")
        check_equal((cache / "current.bundle.json").read_bytes(), self.cases.current_bytes, "the cache after a refusal")
        check(not (cache / "quarantine").exists(), "what was fetched is not quarantined")

    def from_the_cache(self, case):
        cache = self.fresh_cache(case)
        damaged = self.cases.bytes_of(case)
        (cache / "current.bundle.json").write_bytes(damaged)
        sidecar = self.world.start("serve", "--offline", env=self.cases.settings(case["trust"], cache))
        answer, problems = sidecar.enforce(REQUEST), sidecar.health()["problems"]
        sidecar.kill()
        self.world.processes.remove(sidecar)
        lines = [json.loads(line) for line in sidecar.log().splitlines() if line.startswith("{")]
        told = [line for line in lines if line.get("event") in ("cache_damaged", "cached_bundle_refused")]
        if case["refusedBy"] == "all_but_the_cache":
            version = json.loads(base64.b64decode(json.loads(damaged)["payload"]))["version"]
            check_equal((answer["decision"], answer["bundleVersion"]), ("allow", version), "enforced from the cache")
            check_equal((cache / "current.bundle.json").read_bytes(), damaged, "the cache")
            check_equal(told, [], "nothing is said against the cache")
            return
        check_equal((answer["decision"], answer["bundleVersion"]), ("allow", self.cases.previous["version"]),
                    "enforced from previous/")
        check_equal([line["code"] for line in told], [case["code"]], "code in the log")
        check(any("quarantine" in problem for problem in problems), f"health says so: {problems}")
        kept = {entry.name: entry.read_bytes() for entry in (cache / "quarantine").iterdir()}
        check_equal(kept, {f"1-{case['code']}.bundle.json": damaged}, "quarantine/")
        check(not (cache / "current.bundle.json").exists(), "the damaged bundle is moved away")


def test(world):
    cases = Cases(world)
    check(len(cases.all) >= 40, f"only {len(cases.all)} cases")
    check(len({case["code"] for case in cases.all}) >= 10, "the cases have many codes")
    check_equal({case["refusedBy"] for case in cases.all}, set(REFUSED_BY), "who refuses")
    stations = queue.Queue()
    for number in range(WORKERS):
        stations.put(Station(world, cases, number))

    def failure_of(case):
        station = stations.get()
        try:
            station.judge(case)
        except Exception as error:  # whatever it is, it belongs to this case
            return f"{case['name']} ({case['file']}): {type(error).__name__}: {error}"
        finally:
            stations.put(station)
        return None

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        failures = [failure for failure in pool.map(failure_of, cases.all) if failure]
    while not stations.empty():
        stations.get().gateway.close()
    print(f"{len(cases.all)} cases, {len(failures)} failed")
    check(not failures, "\n".join(re.sub(r"(.{1200}).*", r"\1...", failure, flags=re.S) for failure in failures))


main(test)
