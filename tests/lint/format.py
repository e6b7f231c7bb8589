"""All C++ is formatted as .clang-format says. Skipped where clang-format is not installed."""

import shutil
import subprocess
import sys
from pathlib import Path

SKIP = 77


def main():
    root = Path(sys.argv[1])
    if not shutil.which("clang-format"):
        print("clang-format is not installed")
        return SKIP
    folders = [root / "lib", root / "cmd", root / "tests"]
    files = [str(path) for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".h", ".cc")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *files], capture_output=True, text=True)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "clang-format-violations" in line})
    print("\n".join(f"{path}: not formatted" for path in wrong) or f"{len(files)} files: in order")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
