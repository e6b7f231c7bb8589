"""While a store is appended to, goes on to new segments and lets the oldest go, `guardian audit` finds nothing wrong with
it: verify holds, query and export see whole events in order."""

import json
import threading

from audit_store import Store
from harness import check, check_equal, main, run

SEGMENT_EVENTS = 40
SEGMENTS_KEPT = 5
ROUNDS = 40


class Writer(threading.Thread):
    """Appends as fast as it can until it is told to end."""

    def __init__(self, store):
        super().__init__()
        self.store, self.ending = store, threading.Event()
        self.begun = [1]

    def run(self):
        while not self.ending.is_set():
            self.store.decide(agentId=f"agent-{self.store.seq % 3}")
            self.store.write_head()
            if self.store.seq % SEGMENT_EVENTS == 0:
                self.store.segment = None
                self.begun.append(self.store.seq + 1)
                if len(self.begun) > SEGMENTS_KEPT:
                    self.store.let_go()
                    del self.begun[0]


def read_once(cache):
    verified = run("audit", "verify", "--json", cache)
    check_equal(verified.returncode, 0, f"verify: {verified.stdout}{verified.stderr}")
    report = json.loads(verified.stdout)
    check(report["ok"] and report["events"] == report["lastSeq"] - report["firstSeq"] + 1, report)
    for command in (("query", "--json"), ("export",), ("tail", "--json", "-n", "50")):
        done = run("audit", *command, cache)
        check_equal((done.returncode, done.stderr), (0, ""), command)
        seqs = [json.loads(line)["seq"] for line in done.stdout.splitlines()]
        check(seqs and seqs == sorted(set(seqs)), f"{command}: {seqs}")
    return report["lastSeq"]


def test(world):
    cache = world.path / "audited"
    store = Store(cache)
    store.decide()
    store.write_head()
    writer = Writer(store)
    writer.start()
    try:
        seen = [read_once(cache) for _ in range(ROUNDS)]
    finally:
        writer.ending.set()
        writer.join()
    check(seen == sorted(seen) and seen[-1] > SEGMENT_EVENTS * SEGMENTS_KEPT, f"it was written meanwhile: {seen}")
    check_equal(read_once(cache), store.seq, "the end")


main(test)
