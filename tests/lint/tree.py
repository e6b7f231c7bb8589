"""What the whole tree keeps to: sizes, headers, scripts that parse, nothing left to do, no machine's paths."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

MAX_LINES = 600
LEFT_TO_DO = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:ho" r"me/|wo" r"rk/(?:main|shared)|ro" r"ot/)")
# Bytes of these are data: fuzz seeds hold whatever their trick needs.
DATA = ("tests/fuzz/corpus/", "tests/vectors/")
TEXT_FILES = {"LICENSE", "meson.build", "run", "Dockerfile"}
TEXT_SUFFIXES = {".h", ".cc", ".py", ".sh", ".md", ".build", ".yaml", ".json", ".toml", ".txt", ".in", ".bash", ".fish",
                 ".1", ".5", ".7"}


def tracked_files(root):
    """All files of the tree but builds, caches and the repository itself, relative to it."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in (".git", ".cache", "__pycache__")
                            and not name.startswith("build"))
        for name in sorted(names):
            yield (Path(folder) / name).relative_to(root)


def check_source(path, text):
    lines = text.count("\n")
    if lines > MAX_LINES and path.parts[0] in ("lib", "cmd"):
        yield f"{path}: {lines} lines, more than {MAX_LINES}: split it by subject"
    if path.suffix == ".h" and "\n#pragma once\n" not in "\n" + text:
        yield f"{path}: no #pragma once"
    if path.parts[0] == "lib" and path.suffix == ".h" and not text.startswith("//"):
        yield f"{path}: does not begin with what it is for"


def check_text(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if LEFT_TO_DO.search(line):
            yield f"{path}:{number}: something left to do"
        if MACHINE_PATH.search(line) and path.parts[0] != "tests":
            yield f"{path}:{number}: a path of one machine"
    if text and not text.endswith("\n"):
        yield f"{path}: no newline at the end"


def check_shell(root, path, shell):
    parsed = subprocess.run([shell, "-n", str(root / path)], capture_output=True, text=True)
    yield from (f"{path}: {line}" for line in parsed.stderr.splitlines())
    if shell == "bash" and path.parts[0] != "completions":
        if not os.access(root / path, os.X_OK):
            yield f"{path}: not executable"
        if "\nset -euo pipefail\n" not in (root / path).read_text(encoding="utf-8"):
            yield f"{path}: no set -euo pipefail"


def check_file(root, path):
    if str(path).startswith(DATA):
        return
    if path.suffix in TEXT_SUFFIXES or path.name in TEXT_FILES:
        text = (root / path).read_text(encoding="utf-8")
        yield from check_text(path, text)
        if path.suffix in (".h", ".cc"):
            yield from check_source(path, text)
    if path.suffix in (".sh", ".bash") or path == Path(".ci/run"):
        yield from check_shell(root, path, "bash")
    elif path.suffix == ".fish" and shutil.which("fish"):
        yield from check_shell(root, path, "fish")
    elif path.name == "_guardian" and shutil.which("zsh"):
        yield from check_shell(root, path, "zsh")


def main():
    root = Path(sys.argv[1])
    files = list(tracked_files(root))
    problems = [problem for path in files for problem in check_file(root, path)]
    print("\n".join(problems) or f"{len(files)} files: in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
