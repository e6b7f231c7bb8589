"""`bundle diff` tells people and programs what changed; its exit code tells only whether both could be read."""

import json

from harness import check, check_equal, expect, main


def test(world):
    before = world.build("before.json")
    same = world.build("same.json")
    check("no difference in content" in expect(0, "bundle", "diff", before, same).stdout, "two builds of one directory")

    (world.policies / "policies" / "extra.yaml").write_text(
        "name: extra\nappliesTo: {tags: [support]}\nrules: [{effect: allow, actions: [\"read:extra\"]}]\n")
    members = world.policies / "bundle.yaml"
    members.write_text(members.read_text().replace("[agent_intern3]", "[agent_intern3, agent_abc123]"))
    after = world.build("after.json")
    lines = expect(0, "bundle", "diff", before, after).stdout.splitlines()
    check(lines[0].startswith("version "), lines[0])
    check_equal(lines[1:], ["  + policy extra", "  + revocation of agent agent_abc123"], "what changed")
    back = expect(0, "bundle", "diff", after, before).stdout.splitlines()
    check_equal(back[1:], ["  - policy extra", "  - revocation of agent agent_abc123"], "what changed back")

    told = json.loads(expect(0, "bundle", "diff", before, after, "--json").stdout)
    check_equal(told["policies"], {"added": ["extra"], "removed": [], "changed": []}, "policies")
    check_equal(told["rules"]["added"], ["extra#1"], "rules")
    check_equal(told["revocations"]["added"], ["agent agent_abc123"], "revocations")
    check_equal(told["members"], [], "members")

    broken = world.path / "broken.json"
    broken.write_bytes(before.read_bytes()[:-9])
    check(str(broken) in expect(1, "bundle", "diff", before, broken).stderr, "the error names the file")
    expect(2, "bundle", "diff", before, world.path / "none.json")
    expect(2, "bundle", "diff", before)


main(test)
