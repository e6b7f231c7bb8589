"""`guardian eval --tests`: the examples pass with every rule covered, failures and bad files are told with their places,
JUnit reports are well-formed, thresholds bite, and --watch runs again when a policy changes."""

import json
import os
import shutil
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

from harness import GUARDIAN, check, check_equal, environment, expect, main, wait_for

COUNTS = ("tests", "failures", "errors")


def read_junit(path):
    """The report, its shape checked against the JUnit schema: {suite: {test: failure text or None}}."""
    root = ElementTree.parse(path).getroot()
    check_equal(root.tag, "testsuites", "the root of a report")
    suites, totals = {}, dict.fromkeys(COUNTS, 0)
    for suite in root:
        check_equal(suite.tag, "testsuite", "a child of testsuites")
        cases = {}
        for part in suite:
            check(part.tag in ("properties", "testcase"), f"{part.tag} in a suite")
            if part.tag == "properties":
                check(all(one.tag == "property" and one.get("name") and one.get("value") for one in part), "properties")
                continue
            check(part.get("name") and part.get("classname") == suite.get("name"), "a case has a name and a class")
            check(float(part.get("time")) >= 0, "a case has a time")
            check([child.tag for child in part] in ([], ["failure"]), "a case holds one failure at most")
            cases[part.get("name")] = part[0].get("message") + "\n" + part[0].text if len(part) else None
        failures = sum(text is not None for text in cases.values())
        check_equal([int(suite.get(name)) for name in COUNTS], [len(cases), failures, 0], "counts of a suite")
        check(suite.get("timestamp").endswith("Z") and float(suite.get("time")) >= 0, "when a suite ran")
        totals = {name: totals[name] + int(suite.get(name)) for name in COUNTS}
        suites[suite.get("name")] = cases
    check_equal({name: int(root.get(name)) for name in COUNTS}, totals, "counts of the report")
    return suites


def the_examples_pass(world):
    files = sorted((world.policies / "tests").glob("*.yaml"))
    report = world.path / "out.xml"
    done = expect(0, "eval", "--tests", *files, "--coverage", "--junit", report)
    check("0 failed" in done.stdout, done.stdout)
    check(f"against the policies of {world.policies}" in done.stdout, "the source is named")
    suites = read_junit(report)
    check_equal(sorted(suites), sorted(map(str, files)), "a suite a file")
    check(not any(text for cases in suites.values() for text in cases.values()), "no failures")

    told = json.loads(expect(0, "eval", "--tests", *files, "--coverage-threshold", 100, "--json").stdout)
    [coverage] = told["coverage"]
    check_equal(coverage["rules"]["percent"], 100, "rules covered")
    check(coverage["outcomes"]["percent"] > 90, f"outcomes covered: {coverage['outcomes']}")
    check_equal(told["passed"], sum(map(len, suites.values())), "the two reports agree")
    check_equal(len(coverage["policies"]), 5, "a dry-run policy counts")

    # The same tests against the bundle of these policies, and against the cached one.
    bundle = world.build("bundle.json")
    done = expect(0, "eval", "--tests", *files, "--bundle", bundle, "--trust", world.root)
    check(f"against the bundle {bundle}" in done.stdout, done.stdout)
    moved = world.path / "elsewhere.yaml"
    moved.write_text(files[0].read_text())
    expect(2, "eval", "--tests", moved, "--cache-dir", world.cache)
    expect(0, "eval", "--tests", moved, "--policies", world.policies)


FAILING = """tests:
  - name: "a <wrong> & \\"odd\\" \\e name"
    agent: agent_abc123
    action: write:email
    resource: customer-data
    context: { recipient: x@elsewhere.net, password: hunter2 }
    expect: allow
    rule: allow-email
  - { name: right, agent: agent_abc123, action: read:customer, resource: customer-db, expect: allow }
  - { name: audited, agent: agent_abc123, action: delete:all, mode: audit, expect: deny }
"""


def failures_are_told(world):
    file, report = world.policies / "tests" / "wrong.yaml", world.path / "wrong.xml"
    file.write_text(FAILING)
    done = expect(1, "eval", "--tests", file, "--junit", report)
    for words in ("1 passed, 2 failed", "✓ right", "(line 2)", "deny, expected allow",
                  "deny-external-email, expected allow-email", "Email to external domains is not permitted",
                  "+ deny-external-email [deny] matched", "lets this denial pass"):
        check(words in done.stdout, f"{words!r} is not in:\n{done.stdout}")
    check("\x1b" not in done.stdout, "no colour in a pipe, and no control characters of a test's")
    [cases] = read_junit(report).values()
    check_equal(list(cases), ["a <wrong> & \"odd\" \N{REPLACEMENT CHARACTER} name", "right", "audited"], "names")
    check("expected allow-email" in next(iter(cases.values())), "what failed")

    told = json.loads(expect(1, "eval", "--tests", file, "--json").stdout)
    check_equal((told["passed"], told["failed"]), (1, 2), "counts")
    [wrong, right, audited] = told["files"][0]["tests"]
    check_equal([part["member"] for part in wrong["differences"]], ["expect", "rule"], "members that differ")
    check_equal(wrong["answer"]["rule"], "deny-external-email", "the answer")
    check(wrong["answer"]["explain"] and "explain" not in right["answer"], "a failure is explained")
    check_equal((audited["answer"]["decision"], audited["answer"]["wouldDeny"]), ("allow", True), "audit mode")
    check("hunter2" not in json.dumps(told) + report.read_text(), "no secrets in reports")


def coverage_has_a_threshold(world):
    file = world.policies / "tests" / "10-customer-service.yaml"
    done = expect(1, "eval", "--tests", file, "--coverage-threshold", 90)
    check("less than 90 %" in done.stderr, done.stderr)
    check("deployments / allow-staging: never asked" in done.stdout, done.stdout)
    check('context.destination not cidr' not in done.stdout, "tests of rules never asked go without saying")
    expect(0, "eval", "--tests", file, "--coverage-threshold", 20)
    for bad in ("101", "-1", "nan", "-nan", "inf"):
        told = expect(2, "eval", "--tests", file, f"--coverage-threshold={bad}").stderr
        check("--coverage-threshold" in told, told)

    few = world.policies / "tests" / "few.yaml"
    few.write_text("tests: [{ name: n, agent: agent_abc123, action: write:refund, resource: payments, "
                   "context: { amount: 5 }, expect: allow }]\n")
    shown = expect(0, "eval", "--tests", few, "--coverage").stdout
    check("customer-service-agent / approve-large-refund: never matched" in shown, shown)
    check("context.amount gt 100: never holds, never undecided" in shown, shown)


BAD = {
    "tests: [": ":1:",
    "tests: []": ":1:8: tests: the list is empty",
    "tests:\n  - { name: n, agent: a, action: x, expect: deny, colour: red }": ":2:51: tests[0]: unknown field `colour`",
    "tests:\n  - name: n\n    agent: a\n    action: x\n    expect: maybe": ":5:13: tests[0].expect: must be `allow`",
    "tests:\n  - { name: n, agent: a, action: x, expect: deny, at: noon }": "is no RFC 3339 date-time",
}


def bad_files_have_places(world):
    good = world.policies / "tests" / "10-customer-service.yaml"
    bad = world.policies / "tests" / "bad.yaml"
    for text, words in BAD.items():
        bad.write_text(text)
        done = expect(2, "eval", "--tests", good, bad)
        check(f"guardian: {bad}:" in done.stderr and words in done.stderr, f"{words!r} is not in {done.stderr!r}")
        check_equal(done.stdout, "", "nothing is run when a file is bad")
    bad.unlink()
    check(str(bad) in expect(2, "eval", "--tests", bad).stderr, "a missing file is named")
    expect(2, "eval", "--tests", good, "--agent", "agent_abc123", "--action", "x")
    expect(2, "eval", "--tests", good, "--input", "-")
    expect(2, "eval", "--coverage", "--agent", "agent_abc123", "--action", "x", "--policies", world.policies)
    expect(2, "eval", "--tests", good, "--policies", world.path / "none")


def watching_runs_again(world):
    file = world.policies / "tests" / "10-customer-service.yaml"
    policy = world.policies / "policies" / "10-customer-service.yaml"
    output = world.path / "watch.out"
    with open(output, "wb") as out:
        watch = subprocess.Popen([GUARDIAN, "eval", "--tests", str(file), "--watch"], stdout=out, stderr=out,
                                 env=environment())
    try:
        runs = lambda: output.read_text().count("watching for changes")
        wait_for("a first run", lambda: runs() == 1)
        check("0 failed" in output.read_text(), output.read_text())
        text = policy.read_text()
        # As an editor saves: a new file in the place of the old one.
        changed = policy.with_suffix(".tmp")
        changed.write_text(text.replace("lte: 100", "lte: 50"))
        changed.rename(policy)
        wait_for("a run after the change", lambda: runs() == 2)
        check(f"---- {policy} changed ----" in output.read_text(), output.read_text())
        check("✗ a small refund needs nobody" in output.read_text(), output.read_text())
        policy.write_text("rules: [")
        wait_for("a run that cannot read the policy", lambda: runs() == 3)
        check(f"{policy}:" in output.read_text(), output.read_text())
        policy.write_text(text)
        wait_for("a run with the policy as it was", lambda: runs() == 4)
        watch.send_signal(signal.SIGINT)
        check_equal(watch.wait(60), 0, "the last run passed")
    finally:
        if watch.poll() is None:
            watch.kill()
            watch.wait()


def reports_are_written_where_they_should(world):
    file = world.policies / "tests" / "10-customer-service.yaml"
    text = file.read_text()
    report = lambda code, path: expect(code, "eval", "--tests", file, "--junit", path)
    check("--junit" in report(2, "").stderr, "no name is no file")
    check("is an input" in report(2, file).stderr, "a report does not overwrite its tests")
    link = world.path / "link-to-tests"
    link.symlink_to(file)
    check("is an input" in report(2, link).stderr, "nor through a link")
    check_equal(file.read_text(), text, "the tests")
    check("/dev/full" in report(2, "/dev/full").stderr, "a failed write is told")
    check(not os.path.isfile("/dev/full"), "a device stays one")
    shown = report(0, "/dev/stdout").stdout
    check("0 failed" in shown and "</testsuites>" in shown, shown)

    both = world.path / "both"
    with open(both, "wb") as out:
        subprocess.run([GUARDIAN, "eval", "--tests", file, "--junit", "/dev/stdout"], stdout=out, check=True,
                       env=environment(), timeout=60)
    check("0 failed" in both.read_text() and "</testsuites>" in both.read_text(), both.read_text())

    target, beside = world.path / "target.xml", world.path / "target.xml.tmp"
    target.write_text("old")
    target.chmod(0o600)
    beside.write_text("mine")
    link = world.path / "link.xml"
    link.symlink_to("target.xml")
    report(0, link)
    read_junit(target)
    check(link.is_symlink(), "a link stays one")
    check_equal((target.stat().st_mode & 0o777, beside.read_text()), (0o600, "mine"), "mode and neighbour")

    pipe = world.path / "pipe.yaml"
    os.mkfifo(pipe)
    check("nobody writes to" in expect(2, "eval", "--tests", pipe).stderr, "a pipe as tests")
    in_policies = world.policies / "policies" / "pipe.yaml"
    os.mkfifo(in_policies)
    check("nobody writes to" in report(2, target).stderr, "a pipe among the policies")
    in_policies.unlink()
    script = 'exec "$0" eval --tests "$1" --policies "$2" --agents <(cat "$2/agents.yaml")'
    subprocess.run(["bash", "-c", script, GUARDIAN, file, world.policies], check=True, env=environment(), timeout=60,
                   stdout=subprocess.DEVNULL)


class Watching:
    """A watcher of one file of tests in a directory that comes and goes."""

    def __init__(self, world, file):
        self.output = world.path / "comes-and-goes.out"
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen([GUARDIAN, "eval", "--tests", str(file), "--watch"], stdout=out, stderr=out,
                                            env=environment({"CACHE_DIR": str(world.path / "no" / "cache")}))
        self.seen = 0

    def says(self, words):
        """Waits until `words` are said after what was said before."""
        def found():
            check(self.process.poll() is None, f"ended: {self.output.read_text()}")
            return self.output.read_text().find(words, self.seen) >= 0
        wait_for(f"{words!r} in {self.output.read_text()[self.seen:]}", found)
        wait_for("a pause", lambda: self.output.read_text().endswith("Ctrl-C ends\n"))
        self.seen = len(self.output.read_text())

    def end(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(60)
        return code


def watching_survives_what_goes_away(world):
    repo, away = world.path / "gone" / "repo", world.path / "away"
    file = repo / "tests" / "10-customer-service.yaml"
    shutil.copytree(world.policies, repo)
    watch = Watching(world, file)
    try:
        watch.says("0 failed")
        # The source stays what it was: no other is taken while it is away.
        (repo / "policies").rename(away)
        watch.says("guardian: cannot")
        away.rename(repo / "policies")
        watch.says(f"against the policies of {repo}")
        # The whole directory goes, as in a checkout, and comes back; so does the one above.
        for gone in (repo, repo.parent):
            gone.rename(away)
            watch.says(str(file))
            away.rename(gone)
            watch.says("0 failed")
        shutil.rmtree(repo.parent)
        watch.says(str(file))
        shutil.copytree(world.policies, repo)
        watch.says("0 failed")
        check("no bundle" not in watch.output.read_text(), watch.output.read_text())
    finally:
        code = watch.end()
    check_equal(code, 0, "the last run passed")

    missing = Watching(world, world.path / "nowhere" / "t.yaml")
    try:
        missing.says(f"cannot read `{world.path}/nowhere/t.yaml`")
    finally:
        code = missing.end()
    check_equal(code, 2, "the file is missing still")


def test(world):
    the_examples_pass(world)
    failures_are_told(world)
    coverage_has_a_threshold(world)
    bad_files_have_places(world)
    watching_runs_again(world)
    reports_are_written_where_they_should(world)
    watching_survives_what_goes_away(world)


main(test)
