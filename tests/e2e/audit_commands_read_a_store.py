"""`guardian audit` reads a store: filters, tables, JSON, CSV, the newest events and those that follow, and the chain. The
store is written by another program, from the description of its format alone."""

import csv
import io
import json
import pathlib
import signal
import subprocess
import tempfile

from audit_store import Store
from harness import GUARDIAN, check, check_equal, environment, main, run, wait_for

def audit(*arguments, code=0):
    done = run("audit", *arguments)
    check_equal(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout


def small_store(cache):
    store = Store(cache)
    store.add("sidecar.started", mode="enforce", time="2026-04-18T09:00:00.000Z")
    store.decide(agentId="a", traceId="trace-1")
    store.decide(agentId="b", action="write:email", decision="deny", policy="mail", rule="no", reason="External, \"really\"",
                 time="2026-04-18T10:31:00.000Z")
    store.segment = None
    store.decide(agentId="b", action="write:file", wouldDeny=True, mode="audit", explain=[], time="2026-04-18T11:00:00.000Z")
    store.write_head()
    return store


def filters_choose(cache):
    def seqs(*filters):
        return [json.loads(line)["seq"] for line in audit("query", "--json", *filters, cache).splitlines()]
    check_equal(seqs(), [1, 2, 3, 4], "all")
    check_equal(seqs("--agent", "b"), [3, 4], "--agent")
    check_equal(seqs("--action", "write:*"), [3, 4], "--action")
    check_equal(seqs("--decision", "deny"), [3], "--decision deny")
    check_equal(seqs("--decision", "would-deny"), [4], "--decision would-deny")
    check_equal(seqs("--policy", "mail"), [3], "--policy")
    check_equal(seqs("--trace", "trace-1"), [2], "--trace")
    check_equal(seqs("--from", "2026-04-18T10:31:00Z", "--to", "2026-04-18T10:31:00Z"), [3], "times")
    check_equal(seqs("--from", "1s"), [], "nothing in the last second")
    check_equal(seqs("--agent", "b", "--decision", "allow"), [4], "all filters hold")
    audit("query", "--from", "yesterday", cache, code=2)
    audit("query", "--decision", "perhaps", cache, code=2)
    audit("query", cache / "none", code=2)
    check_equal(run("audit", "query", "--json", env={"CACHE_DIR": str(cache)}).stdout.count("\n"), 4, "CACHE_DIR")
    text = audit("query", cache)
    check("deny        b  write:email  mail / no: External" in text, text)
    check("would-deny  b  write:file" in text, text)


def stats_count(cache):
    stats = json.loads(audit("stats", "--json", cache))
    check_equal(stats["decisions"], {"total": 3, "allow": 2, "deny": 1, "wouldDeny": 1}, "decisions")
    check_equal([row["agent"] for row in stats["agents"]], ["b", "a"], "agents by number")
    check_equal(stats["types"], {"decision": 3, "sidecar.started": 1}, "types")
    check("would-deny  by agent" in audit("stats", cache), "the table")


def export_is_for_programs(store, cache):
    lines = "".join(path.read_text() for path in sorted(store.directory.glob("*.jsonl")))
    check_equal(audit("export", cache), lines, "JSON lines are those stored")
    output = cache / "out.csv"
    check_equal(audit("export", "--format", "csv", "-o", output, cache), "", "nothing on standard output")
    check_equal(output.stat().st_mode & 0o777, 0o600, "the owner's only")
    check_equal(sorted(path.name for path in cache.iterdir()), ["audit", "out.csv"], "nothing else is left")
    rows = list(csv.DictReader(io.StringIO(output.read_bytes().decode(), newline="")))
    check_equal([row["seq"] for row in rows], ["1", "2", "3", "4"], "records")
    check_equal(rows[2]["reason"], 'External, "really"', "quotes")
    check_equal(json.loads(rows[1]["context"]), {"n": 1}, "objects are JSON")
    check_equal(json.loads(rows[3]["other"]), {"explain": []}, "what has no column")
    check_equal(rows[3]["hash"], store.prev, "the hash")


def nothing_becomes_a_formula(path):
    store = Store(path)
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        store.decide(agentId=text, action=text, reason=f"{text}\u009b31m\u202e")
    for row in csv.DictReader(io.StringIO(audit("export", "--format", "csv", path / "audit"), newline="")):
        for name in ("agentId", "action", "reason"):
            check(row[name].startswith("'"), f"{name}: {row[name]!r}")
    store.decide(alert="\u009b31m\u202e\x1b[2J")
    store.add("odd\u009b31m\u202e\x1b[2J", **{"name\u009b31m\x1b": "x"})
    store.write_head()
    text = audit("query", path) + audit("tail", path) + audit("stats", path) + audit("verify", path)
    check(not set("\u009b\u202e\t\r\x1b") & set(text), f"the terminal is left alone: {text!r}")


def verify_names_what_is_wrong(store, cache):
    check(audit("verify", cache).startswith("ok  the chain holds\n"), "an untouched store")
    first, second = sorted(store.directory.glob("*.jsonl"))
    kept = first.read_bytes(), second.read_bytes()
    first.write_bytes(kept[0].replace(b"External", b"Internal"))
    report = json.loads(audit("verify", "--json", cache, code=1))
    check_equal((report["ok"], report["bad"]["seq"], report["bad"]["line"], report["bad"]["id"]), (False, 3, 3, "id-3"),
                "an altered event")
    check(report["bad"]["segment"].endswith(first.name), report)
    audit("verify", first, code=1)
    first.write_bytes(b"".join(kept[0].splitlines(True)[::2]))
    check("event 2 is missing" in audit("verify", cache, code=1), "a removed event")
    first.write_bytes(kept[0])
    second.write_bytes(b"")
    check("event 4 is missing" in audit("verify", cache, code=1), "the end is cut off")
    second.write_bytes(kept[1] + b'{"act')
    report = json.loads(audit("verify", "--json", cache))
    check_equal(report["torn"]["bytes"], 5, "a torn line is no fault")
    check_equal(audit("query", "--json", cache).count("\n"), 4, "and no event")
    second.write_bytes(kept[1])
    audit("verify", cache / "none", code=2)


class Tail:
    def __init__(self, cache, *arguments):
        self.output = pathlib.Path(tempfile.mkstemp(dir=cache.parent)[1])
        with open(self.output, "wb") as file:
            self.process = subprocess.Popen([GUARDIAN, "audit", "tail", "-f", "--json", *arguments, str(cache)], stdout=file,
                                            env=environment())

    def seqs(self):
        return [json.loads(line)["seq"] for line in self.output.read_text().splitlines(True) if line.endswith("\n")]

    def shows(self, seqs):
        wait_for(f"{seqs}", lambda: self.seqs() == seqs)

    def end(self, number):
        self.process.send_signal(number)
        check_equal(self.process.wait(20), 0, f"tail ends on {number}")


def tail_follows(store, cache):
    check_equal([json.loads(line)["seq"] for line in audit("tail", "-n", "2", "--json", cache).splitlines()], [3, 4], "-n 2")
    check_equal(audit("tail", "-n", "0", cache), "", "-n 0")
    tails = Tail(cache, "-n", "1"), Tail(cache, "-n", "0", "--agent", "c")
    try:
        tails[0].shows([4])
        store.decide()
        store.segment = None
        store.decide()
        store.decide()
        tails[0].shows([4, 5, 6, 7])
        wanted = set()

        def shows_what_passes():
            """Nothing tells when it began."""
            store.decide()
            store.decide(agentId="c")
            wanted.add(store.seq)
            return tails[1].seqs()

        wait_for("the filtered one", shows_what_passes)
        check(set(tails[1].seqs()) <= wanted, f"{tails[1].seqs()} of {wanted}")
        tails[0].end(signal.SIGINT)
        tails[1].end(signal.SIGTERM)
    finally:
        for tail in tails:
            tail.process.kill()
            tail.process.wait()


def test(world):
    cache = world.path / "audited"
    store = small_store(cache)
    filters_choose(cache)
    stats_count(cache)
    export_is_for_programs(store, cache)
    nothing_becomes_a_formula(world.path / "formulas")
    verify_names_what_is_wrong(store, cache)
    tail_follows(store, cache)


main(test)
