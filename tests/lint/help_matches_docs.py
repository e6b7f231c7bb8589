"""What `guardian --help` lists is what the man pages and the three completions have, and the reverse.

usage: help_matches_docs.py SOURCE_ROOT GUARDIAN_BINARY
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

COMMAND_LINE = re.compile(r"^  ([a-z][a-z-]*)(?:\s{2,}|$)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
ZSH_FUNCTION = re.compile(r"^(_guardian\w*)\(\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
# Where the flags of a command are documented, beside the settings in guardian.1.
PAGE_OF = {"serve": "guardian-serve.1", "eval": "guardian-eval.1", "policy": "guardian-policy.1",
           "drill": "guardian-drill.1", "replay": "guardian-replay.1",
           "audit": "guardian-audit.1", "audit report": "guardian-audit-report.1"}
PAGE_OF.update(dict.fromkeys(["verify-bundle", "bundle", "keys"], "guardian-bundle.1"))


def run(*command, **options):
    environment = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8")
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment, **options).stdout


def read_help(binary, command=()):
    """{command words: its flags} of a command and of all below it."""
    text = run(binary, *command, "--help")
    # Examples and notes at the end speak of flags, too.
    body = "\n".join(line for line in text.splitlines() if line.startswith("  ") or re.match(r"^[A-Z]\w*( \w+)*:$", line))
    flags, words, in_commands = set(), [], False
    for line in body.splitlines():
        if not line.startswith(" "):
            in_commands = line == "Subcommands:"
        elif in_commands:
            words += COMMAND_LINE.findall(line)
        else:
            flags.update(FLAG.findall(line.split("  ")[1] if line.startswith("  -") else ""))
    found = {command: flags}
    for word in words:
        found.update(read_help(binary, command + (word,)))
    return found


def as_text(page):
    if shutil.which("mandoc"):
        return re.sub(r".\x08", "", run("mandoc", "-T", "ascii", str(page)))
    # What is needed of mdoc: `Fl -name` is a flag, `Ev A , B` are variables.
    source = page.read_text(encoding="utf-8")
    return re.sub(r"(?:Fl|,) -(?=[a-z])", "--", source)


def as_settings(text):
    """Variables a page names, as flags."""
    return {"--" + name.lower().replace("_", "-") for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b", text)}


def check_man_pages(man, commands):
    texts = {page.name: as_text(page) for page in sorted(man.glob("guardian*.1"))}
    main = texts["guardian.1"]
    everything = re.sub(r"\s+", " ", " ".join(texts.values()))
    settings = as_settings(main)
    for command, flags in commands.items():
        name = " ".join(command)
        if command and not re.search(rf"\b{name}\b", everything):
            yield f"man: no page names the command `{name}`"
        page = PAGE_OF.get(name) or PAGE_OF.get(command[0] if command else "", "guardian.1")
        for flag in sorted(flags - {"--help"}):
            if flag not in FLAG.findall(texts[page]) and flag not in settings:
                yield f"man/{page}: `{name}` has {flag}, which is not there"
    known = set().union(*commands.values())
    for page, text in texts.items():
        for flag in sorted(set(FLAG.findall(text)) - known):
            yield f"man/{page}: {flag} does not exist"


BASH_ASK = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_guardian
printf '%s\\n' "${COMPREPLY[@]}"
"""


def bash_answers(script, words, prefix):
    return set(run("bash", "--norc", "-c", BASH_ASK, "bash", str(script), "guardian", *words, prefix).split())


def fish_answers(script, words, prefix):
    line = " ".join(["guardian", *words, prefix])
    out = run("fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"', str(script), line)
    return {answer.split("\t")[0] for answer in out.splitlines()}


def zsh_answers(functions, words, prefix):
    body = functions.get("_" + "_".join(["guardian", *words]).replace("-", "_"), "")
    if prefix:
        return set(FLAG.findall(re.sub(r"\[[^\]]*\]", "", body)))
    return set(re.findall(r"^    '([a-z-]+):", body, re.MULTILINE))


def check_completion(shell, ask, commands):
    for command, flags in commands.items():
        name = " ".join(("guardian", *command))
        below = {other[-1] for other in commands if other[:-1] == command and other}
        offered = {word for word in ask(command, "--") if word.startswith("--")}
        for flag in sorted(flags ^ offered):
            yield f"completions: {shell}: `{name}` " + (f"lacks {flag}" if flag in flags else f"has no {flag}")
        if below:
            for word in sorted(below ^ ask(command, "")):
                yield f"completions: {shell}: `{name}` " + (f"lacks {word}" if word in below else f"has no {word}")


def main():
    root, binary = Path(sys.argv[1]), sys.argv[2]
    commands = read_help(binary)
    if len(commands) < 10 or not all(commands.values()):
        print("help: not understood:", commands)
        return 1
    completions = root / "completions"
    zsh = dict(ZSH_FUNCTION.findall((completions / "_guardian").read_text(encoding="utf-8")))
    problems = list(check_man_pages(root / "man", commands))
    problems += check_completion("bash", lambda *ask: bash_answers(completions / "guardian.bash", *ask), commands)
    problems += check_completion("zsh", lambda *ask: zsh_answers(zsh, *ask), commands)
    if shutil.which("fish"):
        problems += check_completion("fish", lambda *ask: fish_answers(completions / "guardian.fish", *ask), commands)
    flags = sum(len(flags) for flags in commands.values())
    print("\n".join(problems) or f"{len(commands)} commands, {flags} flags: in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
