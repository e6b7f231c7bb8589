"""Keys are private, never overwritten and never shown; a root with a threshold wants that many distinct signers."""

import json
import stat

from harness import check, check_equal, expect, main, run


def test(world):
    for kind in ("ed25519", "p256", "rsa"):
        key, public = world.path / f"{kind}.pem", world.path / f"{kind}.pub"
        expect(0, "keys", "generate", "--type", kind, "-o", key, "--public", public)
        check_equal(stat.S_IMODE(key.stat().st_mode), 0o600, f"mode of the {kind} key")
        before = key.read_text()
        expect(2, "keys", "generate", "-o", key)
        check_equal(key.read_text(), before, "a key that exists")
        shown = expect(0, "keys", "show", key).stdout
        check_equal(shown, expect(0, "keys", "show", public).stdout, "both halves are one key")
        check("PRIVATE" not in shown, "no private half is shown")
    expect(2, "keys", "generate", "-o", world.path / "same.pem", "--public", world.path / "same.pem")
    expect(2, "keys", "generate", "-o", world.path / "new.pem", "--public", world.path / "rsa.pub")
    check(not (world.path / "new.pem").exists(), "neither file is written when one is in the way")

    mine, theirs = world.path / "ed25519.pem", world.path / "p256.pem"
    root = world.path / "two.json"
    expect(0, "keys", "root", "--key", mine, "--public-key", world.path / "p256.pub", "--threshold", 2, "-o", root)
    bundle = world.build("bundle.json", key=mine)
    expect(0, "bundle", "sign", bundle, "--key", theirs)
    check(run("verify-bundle", bundle, "--trust", root).returncode != 0, "a root with one of two signatures")
    expect(0, "bundle", "sign", root, "--key", theirs)
    check_equal(len(json.loads(root.read_text())["signatures"]), 2, "signatures of the root")
    expect(0, "verify-bundle", bundle, "--trust", root)
    alone = world.build("alone.json", key=mine)
    check("threshold_not_met" in expect(1, "verify-bundle", alone, "--trust", root).stderr, "one of two signatures")
    expect(0, "bundle", "sign", alone, "--key", mine)
    expect(1, "verify-bundle", alone, "--trust", root)

    for flags in (["--threshold", 3], ["--threshold", 0], ["--version", 0], ["--expires", "soon"], ["--expires", "0d"],
                  ["--key", mine]):
        expect(2, "keys", "root", "--key", mine, *flags, "-o", world.path / "none.json")
    check(not (world.path / "none.json").exists(), "no root is left of what makes no sense")
    expect(2, "keys", "root", "--key", mine, "-o", root)


main(test)
