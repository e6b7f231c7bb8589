"""`guardian drill all`: passes, reports as JUnit XML, and leaves neither a process nor a file, also when it is ended early."""

import json
import os
import pathlib
import signal
import subprocess
import time
import xml.etree.ElementTree

from harness import DEADLINE_SECONDS, GUARDIAN, check, check_equal, environment, expect, main, wait_for

NAMES = ["gateway-down", "corrupt-cache", "disk-full", "key-rotate", "clock-back", "rollback", "kill"]
DRILL_SECONDS = 400  # under sanitizers and load; half a minute without


def processes_below(directory):
    """Who was told of something in that directory: all that a drill starts."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if str(directory).encode() in words:
            found.append((int(entry.name), words.replace(b"\0", b" ").decode(errors="replace")))
    return found


def scratch(world):
    """The environment of a drill in a directory of its own, with settings that must not reach what it starts."""
    directory = world.path / "scratch"
    directory.mkdir(exist_ok=True)
    hostile = {"TMPDIR": str(directory), "GATEWAY_URL": "http://127.0.0.1:1", "ADMIN_TOKEN": "operator", "MODE": "audit",
               "CACHE_DIR": str(world.path / "operators-cache"), "PORT": "1", "TRUST_ROOT": "/nonexistent",
               "HOST": "203.0.113.1", "BUNDLE_URL": "http://127.0.0.1:1/bundle"}
    return directory, environment(hostile)


def check_nothing_left(world, directory):
    check_equal(processes_below(directory), [], "processes left")
    check_equal(list(directory.iterdir()), [], "files left")
    check(not (world.path / "operators-cache").exists(), "the operator's cache was not touched")


def test_all(world):
    directory, settings = scratch(world)
    report = world.path / "drill.xml"
    done = subprocess.run([GUARDIAN, "drill", "all", "--junit", report], env=settings, capture_output=True, text=True,
                          timeout=DRILL_SECONDS, check=False)
    check_equal(done.returncode, 0, f"exit code\n{done.stdout}\n{done.stderr}")
    for name in NAMES:
        check(f"{name} passed in" in done.stdout, f"{name}: {done.stdout}")
    root = xml.etree.ElementTree.parse(report).getroot()
    check_equal([case.get("name") for case in root.iter("testcase")], NAMES, "test cases")
    check_equal(list(root.iter("failure")), [], "failures")
    check_nothing_left(world, directory)


def end_early(world, number):
    """Ends a drill once both gateway and sidecar run; returns its exit code."""
    directory, settings = scratch(world)
    with open(world.path / "ended.log", "wb") as log:
        process = subprocess.Popen([GUARDIAN, "drill", "gateway-down"], env=settings, stdout=log, stderr=log)
    wait_for("the drill's sidecar", lambda: any(" serve " in words for _, words in processes_below(directory)))
    process.send_signal(number)
    return directory, process.wait(DEADLINE_SECONDS)


def test_interrupted(world):
    for number in (signal.SIGINT, signal.SIGTERM):
        directory, code = end_early(world, number)
        check_equal(code, -number, f"ended by {number.name}")
        check_nothing_left(world, directory)


def test_killed(world):
    """Its files stay, as of anything that is killed; its processes do not."""
    directory, code = end_early(world, signal.SIGKILL)
    check_equal(code, -signal.SIGKILL, "killed")
    wait_for("its processes to be gone", lambda: not processes_below(directory))


def test_usage(world):
    check("did you mean `disk-full`?" in expect(2, "drill", "disk-ful").stderr, "a drill that is not there")
    expect(2, "drill")
    done = expect(0, "drill", "rollback", "--json", "--seed", "5")
    answer = json.loads(done.stdout)
    check_equal((answer["passed"], answer["failed"], answer["seed"]), (1, 0, 5), "JSON")
    check_equal([drill["name"] for drill in answer["drills"]], ["rollback"], "drills")
    check(len(answer["drills"][0]["seen"]) >= 4, f"what was seen: {answer['drills'][0]}")
    expect(2, "drill", "rollback", "--junit", str(world.path / "no" / "such" / "directory.xml"))


def test(world):
    began = time.monotonic()
    test_all(world)
    print(f"all drills: {time.monotonic() - began:.1f} s, load {os.getloadavg()[0]:.1f}")
    test_interrupted(world)
    test_killed(world)
    test_usage(world)


main(test)
