"""An audit store written from guardian-audit(5) alone, so that commands and description are held against each other."""

import hashlib
import json
import os

NO_HASH = "0" * 64


class Store:
    """Appends events, chained, to segments of CACHE/audit."""

    def __init__(self, cache):
        self.directory = cache / "audit"
        self.directory.mkdir(parents=True)
        self.seq, self.prev, self.segment = 0, NO_HASH, None
        self.first = {"seq": 1, "prev": NO_HASH}

    def add(self, kind, **members):
        self.seq += 1
        event = {"id": f"id-{self.seq}", "seq": self.seq, "type": kind, "sidecar": "here", "prev": self.prev,
                 "time": "2026-04-18T10:30:00.000Z", **members}
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self.prev = hashlib.sha256(text.encode()).hexdigest()
        line = f'{text[:-1]},"hash":"{self.prev}"}}\n'
        if self.segment is None:
            self.segment = self.directory / f"{self.seq:020}.jsonl"
        with open(self.segment, "a", encoding="utf-8") as file:
            file.write(line)
        return line

    def decide(self, **members):
        return self.add("decision", **{
            "action": "read:docs", "agentId": "a", "agentName": None, "alert": None, "context": {"n": 1}, "decision": "allow",
            "mode": "enforce", "policy": "docs", "reason": None, "resource": None, "rule": "allow-read", "traceId": None,
            "wouldDeny": False, **members})

    def write_head(self):
        head = {"first": self.first, "last": {"seq": self.seq, "hash": self.prev}, "forwarded": 0}
        text = json.dumps(head, separators=(",", ":")).ljust(383) + "\n"
        path = self.directory / "head.json"
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(file, text.encode(), 0)
        os.close(file)

    def let_go(self):
        """Removes the oldest segment, as retention does."""
        oldest, following = sorted(self.directory.glob("*.jsonl"))[:2]
        with open(oldest, encoding="utf-8") as file:
            last = json.loads(file.readlines()[-1])
        self.first = {"seq": int(following.stem), "prev": last["hash"]}
        self.write_head()
        oldest.unlink()
