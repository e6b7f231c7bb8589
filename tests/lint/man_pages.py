"""Man pages are clean for mandoc, and refer only to pages that exist. Skipped where mandoc is not installed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

SKIP = 77


def main():
    pages = sorted((Path(sys.argv[1]) / "man").glob("*.[1-8]"))
    if not shutil.which("mandoc"):
        print("mandoc is not installed")
        return SKIP
    problems = []
    names = {page.name for page in pages}
    for page in pages:
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True)
        problems += lint.stdout.splitlines() + lint.stderr.splitlines()
        for name, section in re.findall(r"^\.Xr (\S+) (\d)", page.read_text(encoding="utf-8"), re.MULTILINE):
            if name.startswith("guardian") and f"{name}.{section}" not in names:
                problems.append(f"{page.name}: there is no {name}({section})")
    print("\n".join(problems) or f"{len(pages)} pages: in order")
    return 1 if problems or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
