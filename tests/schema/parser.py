"""The parser's verdict on documents, through the program parser-verdict: one process for many questions."""

import json
import subprocess
from pathlib import Path

TIERS = [{"name": name, "rank": rank} for rank, name in enumerate(["untrusted", "verified", "trusted", "privileged"])]
POLICY = {"name": "p", "rules": [{"effect": "allow", "actions": ["*"]}]}
PAYLOAD = {
    "schema": "meshguard.bundle/v1",
    "version": "2026-04-18T10:00:00Z",
    "timestamp": "2026-04-18T10:00:00Z",
    "trustTiers": TIERS,
    "agents": [{"id": "agent_a", "trustTier": "verified"}],
    "policies": [],
}
FILES = {"agents": "agents.yaml", "tiers": "tiers.yaml", "bundle-members": "bundle.yaml"}


def dump(document):
    return json.dumps(document, ensure_ascii=False)


class Parser:
    def __init__(self, program, scratch):
        self.program, self.scratch = program, Path(scratch)

    def _ask(self, questions):
        done = subprocess.run([self.program], input="\n".join(questions) + "\n", capture_output=True, text=True,
                              check=True, encoding="utf-8")
        answers = done.stdout.split("\n")[:-1]
        if len(answers) != len(questions):
            raise AssertionError(f"{len(questions)} questions, {len(answers)} answers")
        return [answer.partition(" ")[::2] for answer in answers]

    def read(self, texts):
        """Each YAML text as a document, or the error as an exception."""
        answers = self._ask(["read " + json.dumps(text) for text in texts])
        return [json.loads(rest) if state == "ok" else ValueError(rest) for state, rest in answers]

    def refusals(self, documents):
        """Of each (schema, document): None when the parser accepts it, else its error."""
        answers = self._ask([self._question(number, *pair) for number, pair in enumerate(documents)])
        return [None if state == "ok" else error for state, error in answers]

    def _question(self, number, schema, document):
        if schema == "bundle":
            return "payload " + dump(document)
        if schema == "tests":
            return "tests " + dump(document)
        if schema == "policy":
            return "payload " + dump({**PAYLOAD, "policies": [document]})
        folder = self.scratch / str(number)
        (folder / "policies").mkdir(parents=True, exist_ok=True)
        (folder / "policies/p.json").write_text(dump(POLICY), encoding="utf-8")
        (folder / FILES[schema]).write_text(dump(document), encoding="utf-8")
        return f"directory {folder}"
