"""The examples load and decide as their names say, and every file in packaging/ that has a reader is read by it.

usage: examples.py SOURCE_ROOT GUARDIAN_BINARY
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# What each request of packaging/examples/requests is there to show: decision and rule.
WANTED = {
    "allowed": ("allow", "allow-email"),
    "denied": ("deny", "deny-external-email"),
    "explained": ("deny", "default"),
    "needs-approval": ("deny", "approve-large-refund"),
}
WANTED_BATCH = ["allow-customer-read", "allow-small-refund", "allow-notification-email"]


def guardian(binary, *arguments, **options):
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1"}
    return subprocess.run([binary, *arguments], capture_output=True, text=True, env=environment, **options)


def decide(binary, examples, requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = guardian(binary, "eval", "--policies", str(examples), "--input", "-", "--json", input=lines)
    if done.returncode > 1:
        return None, done.stderr + done.stdout
    return [json.loads(line) for line in done.stdout.splitlines()], ""


def check_requests(binary, examples):
    folder = examples / "requests"
    names = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
    batch = names.pop("batch")
    requests = list(names.values()) + [dict(action, agentId=batch["agentId"]) for action in batch["actions"]]
    answers, error = decide(binary, examples, requests)
    if answers is None:
        yield f"{examples}: {error}"
        return
    if names.keys() != WANTED.keys():
        yield f"{folder}: holds {sorted(names)}, wanted {sorted(WANTED)}"
        return
    wanted = [WANTED[name] for name in names] + [("allow", rule) for rule in WANTED_BATCH]
    for request, answer, want in zip(requests, answers, wanted):
        if (answer["decision"], answer["rule"]) != want:
            yield f"{json.dumps(request)}: {answer['decision']} by {answer['rule']}, wanted {want[0]} by {want[1]}"
    lines = [json.loads(line) for line in (folder / "eval.jsonl").read_text(encoding="utf-8").splitlines()]
    answers, error = decide(binary, examples, lines)
    if answers is None:
        yield f"{folder}/eval.jsonl: {error}"


def check_configuration(binary, path, scratch):
    """The example, with every key switched on, is a configuration that loads."""
    text = path.read_text(encoding="utf-8")
    full = re.sub(r'^#(\w+ = )', r"\1", text, flags=re.MULTILINE).replace("/etc/guardian", scratch)
    (Path(scratch) / "full.toml").write_text(full, encoding="utf-8")
    key = str(Path(scratch) / "key.pem")
    guardian(binary, "keys", "generate", "-o", key, check=True)
    guardian(binary, "keys", "root", "--key", key, "-o", str(Path(scratch) / "trust-root.json"), check=True)
    for name in ("gateway-ca.pem", "client.pem", "client-key.pem"):
        (Path(scratch) / name).write_text("read when a connection is made\n", encoding="utf-8")
    done = guardian(binary, "cache", "show", "--config", str(Path(scratch) / "full.toml"), "--cache-dir", scratch)
    if done.returncode:
        yield f"{path}: {done.stderr}"
    listed = {"--" + name.replace("_", "-") for name in re.findall(r"^#(\w+) = ", text, re.MULTILINE)}
    settings = guardian(binary, "serve", "--help").stdout.split("\nSettings:\n", 1)[1]
    known = set(re.findall(r"^  (--[a-z-]+)", settings, re.MULTILINE)) - {"--config"}
    yield from (f"{path}: {flag} is only " + ("a setting" if flag in known else "there") for flag in known ^ listed)


def main():
    root, binary = Path(sys.argv[1]), sys.argv[2]
    problems = list(check_requests(binary, root / "packaging/examples"))
    with tempfile.TemporaryDirectory() as scratch:
        problems += check_configuration(binary, root / "packaging/config/guardian.toml", scratch)
    print("\n".join(problems) or "examples: in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
