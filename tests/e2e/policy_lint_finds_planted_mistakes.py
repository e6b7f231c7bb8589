"""`policy lint` finds each planted mistake and nothing in the examples; its exit code says how bad it is."""

import json
import os
import pathlib
import re
import shutil

from harness import EXAMPLES, check, check_equal, expect, main, run

CORPUS = pathlib.Path(os.environ["GUARDIAN_LINT_CORPUS"])
ERRORS = {"syntax", "invalid-policy", "invalid-bundle", "duplicate-name"}


def planted():
    """{file name: {(code, line, column)}} as the first lines of the corpus say."""
    wanted = {}
    for file in sorted((CORPUS / "mistakes").iterdir()):
        places = re.findall(r"([a-z-]+)@(\d+):(\d+)", file.read_text(encoding="utf-8").splitlines()[0])
        wanted[file.name] = {(code, int(line), int(column)) for code, line, column in places}
    return wanted


def check_corpus():
    wanted = planted()
    report = json.loads(expect(1, "policy", "lint", "--json", CORPUS / "mistakes").stdout)
    found = {name: set() for name in wanted}
    for finding in report["findings"]:
        found[pathlib.Path(finding["file"]).name].add((finding["code"], finding["line"], finding["column"]))
        check_equal(finding["severity"], "error" if finding["code"] in ERRORS else "warning", "severity")
        check(finding["message"] and finding["help"], f"what is wrong and what to do: {finding}")
    for name, places in wanted.items():
        check_equal(found[name], places, name)
    errors = sum(finding["code"] in ERRORS for finding in report["findings"])
    check_equal((report["errors"], report["warnings"]), (errors, len(report["findings"]) - errors), "counts")
    expect(0, "policy", "lint", "--strict", CORPUS / "clean")


def check_exit_codes(world):
    warning = next(CORPUS / "mistakes" / name for name, places in planted().items()
                   if {code for code, _, _ in places} == {"late-deny"})
    expect(0, "policy", "lint", warning)
    expect(1, "policy", "lint", "--strict", warning)
    broken = world.path / "broken.yaml"
    broken.write_text("name: [\n", encoding="utf-8")
    expect(1, "policy", "lint", broken)
    expect(1, "policy", "lint", broken, warning)
    empty = world.path / "empty"
    empty.mkdir()
    for arguments in ([], [world.path / "none.yaml"], [empty], [warning, world.path / "none.yaml"], ["--loud", warning]):
        done = expect(2, "policy", "lint", *arguments)
        check(done.stderr.startswith("guardian: ") and not done.stdout, f"one error for {arguments}: {done.stderr}")
    expect(2, "policy")
    check("lint" in expect(0, "policy", "--help").stdout, "the help of policy names lint")


def check_text(world):
    policy = world.path / "mine.yaml"
    policy.write_text('name: mine\nversion: "1"\nappliesTo: {tags: [a]}\nrules:\n'
                      "  - {effect: allow, actions: [x], conditions: {time.hour: {between: [22, 6]}}}\n", encoding="utf-8")
    lines = expect(0, "policy", "lint", policy).stdout.splitlines()
    column = 1 + policy.read_text(encoding="utf-8").splitlines()[4].index("[22, 6]")
    check(lines[0].startswith(f"{policy}:5:{column}: warning[inverted-range]: policy `mine`: rule `rule-1`: "), lines[0])
    check_equal(lines[1].strip(), policy.read_text(encoding="utf-8").splitlines()[4].strip(), "the offending line")
    check_equal(lines[2].index("^") - 4, column - 1, "the caret")
    check(lines[3].startswith("    help: "), "what to do")
    check_equal(lines[-1], "1 file: 0 errors, 1 warning", "summary")


def check_examples(world):
    for path in (EXAMPLES, EXAMPLES / "policies", *sorted((EXAMPLES / "policies").iterdir())):
        report = json.loads(expect(0, "policy", "lint", "--json", "--strict", path).stdout)
        check_equal(report, {"findings": [], "errors": 0, "warnings": 0}, path)
    # A whole directory is judged by its agents; a misspelt tag is nobody's.
    shutil.copytree(EXAMPLES, world.path / "repo")
    customer = world.path / "repo/policies/10-customer-service.yaml"
    customer.write_text(customer.read_text(encoding="utf-8").replace("[support]", "[suport]"), encoding="utf-8")
    report = json.loads(run("policy", "lint", "--json", world.path / "repo").stdout)
    check_equal([finding["code"] for finding in report["findings"]], ["matches-no-agent"], "a misspelt tag")


def test(world):
    check_corpus()
    check_exit_codes(world)
    check_text(world)
    check_examples(world)


main(test)
