"""What policies, agents, tests and requests say reaches the terminal without its control characters, C1 ones and
bidirectional ones among them, and JSON output is UTF-8 whatever the command line holds."""

import json
import os
import subprocess

from harness import GUARDIAN, check, check_equal, environment, main, run

ODD = "a\u009b31m\u202eb\u2028c\u200f"
FORBIDDEN = set(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F),
                          *range(0x2066, 0x206A)])) - {"\n"}


def write(path, value):
    """As raw as YAML takes it: with the bidirectional controls as they are, the others escaped."""
    text = json.dumps(value, ensure_ascii=False)
    path.write_text(text.replace("\u009b", "\\u009b").replace("\u2028", "\\u2028"))


def repository(world):
    """What can hold any text in it holds an odd one."""
    repo = world.path / "odd"
    for part in ("policies", "tests"):
        (repo / part).mkdir(parents=True)
    condition = {f"context.{part}": {"equals": 1} for part in ("x", "y")}
    write(repo / "policies" / "p.yaml", {
        "name": "odd", "version": "1", "appliesTo": {"agentIds": ["*"]},
        "rules": [{"id": "one", "effect": "deny", "reason": ODD, "actions": [ODD], "conditions": condition},
                  {"id": "again", "effect": "deny", "actions": [ODD], "conditions": condition},
                  {"id": "two", "effect": "allow", "actions": ["*"], "conditions": {"context.x": {"equals": ODD}}}]})
    write(repo / "agents.yaml", {"agents": [{"id": ODD, "name": ODD, "trustTier": "verified", "tags": [ODD]}]})
    write(repo / "tests" / "t.yaml", {"tests": [
        {"name": ODD, "agent": ODD, "action": ODD, "context": {"x": ODD}, "expect": "deny", "reason": ODD}]})
    return repo


def text_is_safe(repo):
    policies, ask = ["--policies", repo], ["--agent", ODD, "--action", ODD]
    commands = [
        (1, "eval", *ask, "--context", json.dumps({"x": 1, "y": 1}), *policies),
        (1, "eval", *ask, "--context", json.dumps({"x": "\u202e", "y": ODD}), "--explain", *policies),
        (1, "eval", "--tests", repo / "tests" / "t.yaml", "--coverage"),
        (0, "policy", "who-can", ODD, "--all", *policies),
        (0, "policy", "can", ODD, *policies),
        (0, "policy", "lint", repo / "policies"),
        (2, "eval", "--tests", repo / ODD),
        (2, ODD),
    ]
    for code, *command in commands:
        done = run(*command)
        shown = done.stdout + done.stderr
        check_equal(done.returncode, code, f"{command}: {shown}")
        check("31m?b" in shown, f"{command} shows what it is about, masked: {shown!r}")
        check(not FORBIDDEN & set(shown), f"{command}: {FORBIDDEN & set(shown)} in {shown!r}")


def json_is_utf8(repo):
    def run_bytes(*arguments):
        return subprocess.run([os.fsencode(GUARDIAN), *map(os.fsencode, arguments)], env=environment(), capture_output=True,
                              timeout=60, check=False)

    policies = ["--policies", repo, "--json"]
    for command in (["policy", "who-can", b"a\xff"], ["policy", "who-can", "a", b"r\xff"], ["policy", "can", b"a\xff"],
                    ["eval", "--action", b"a\xff", "--agent", "a"]):
        done = run_bytes(*command, *policies)
        check_equal(done.returncode, 2, f"{command}: {done}")
        check(b"UTF-8" in done.stderr and done.stdout == b"", f"{command} says why: {done}")

    file = os.fsencode(repo / "tests") + b"/odd\xff.yaml"
    with open(file, "wb") as out:
        out.write((repo / "tests" / "t.yaml").read_bytes())
    done = run_bytes("eval", "--tests", file, "--coverage", *policies)
    [told] = json.loads(done.stdout.decode("utf-8"))["files"]
    check(told["file"].endswith("/odd?.yaml"), told["file"])


def test(world):
    repo = repository(world)
    text_is_safe(repo)
    json_is_utf8(repo)


main(test)
