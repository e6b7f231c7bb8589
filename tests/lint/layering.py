"""Includes obey the tables of lib/guardian/MAP.md: rooms include rooms of their row, libraries have one user."""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
ROW = re.compile(r"^\|(.+)\|(.+)\|(.*)\|$")


def table_under(heading, text):
    """The rows of the first table after a heading, without its head, as lists of stripped cells."""
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in ROW.match(line).groups()] for line in section.splitlines() if ROW.match(line)]
    return rows[2:]


def read_map(path):
    text = path.read_text(encoding="utf-8")
    rooms = {name.strip("`"): set(uses.split()) for name, _, uses in table_under("Rooms", text)}
    libraries = {prefix.strip("`"): user.strip("`") for _, prefix, user in table_under("Third-party libraries", text)}
    return rooms, libraries


def is_header_of(header, prefix):
    return header.startswith(prefix) if prefix.endswith("/") else re.match(re.escape(prefix) + r"(\W|$)", header)


def check_file(path, owner, rooms, libraries):
    for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
        if bracket == "<":
            for prefix, user in libraries.items():
                if is_header_of(header, prefix) and user != owner:
                    yield f"{path}: <{header}> belongs to room {user} alone"
            continue
        if header.startswith("cmd/") and owner != "cmd":
            yield f"{path}: nothing includes cmd"
        if not header.startswith("guardian/"):
            if owner != "cmd" and header != "guardian_version.h":
                yield f'{path}: "{header}" is not spelled guardian/<room>/<file>.h'
            continue
        room = header.split("/")[1]
        if room not in rooms:
            yield f"{path}: {header}: no such room"
        elif owner != "cmd" and room != owner and room not in rooms[owner]:
            yield f"{path}: room {owner} may not include {header}"


def check_tables(root, rooms):
    found = {path.name for path in (root / "lib/guardian").iterdir() if path.is_dir()}
    for room in sorted(found ^ rooms.keys()):
        yield f"lib/guardian/MAP.md: room {room} is only in " + ("the tree" if room in found else "the table")
    known = set()
    for room, uses in rooms.items():
        for other in sorted(uses - known):
            yield f"lib/guardian/MAP.md: room {room} includes {other}, which does not come before it"
        known.add(room)


def main():
    root = Path(sys.argv[1])
    rooms, libraries = read_map(root / "lib/guardian/MAP.md")
    problems = list(check_tables(root, rooms))
    for base in (root / "lib", root / "cmd"):
        for path in sorted(base.rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            owner = "cmd" if base.name == "cmd" else path.relative_to(root / "lib/guardian").parts[0]
            if owner in rooms or owner == "cmd":
                problems += check_file(path, owner, rooms, libraries)
    print("\n".join(problems) or f"{len(rooms)} rooms, {len(libraries)} libraries: in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
