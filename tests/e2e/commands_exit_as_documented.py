"""Exit codes of cli.md for success, denial, wrong use, a refused token and a gateway that is not there."""

from harness import StaticGateway, check, expect, main, run


def test(world):
    bundle = world.build("bundle.json")
    expect(0, "--help")
    expect(0, "--version")
    for command in ("serve", "sync", "verify-bundle", "eval", "cache", "health", "bundle", "keys", "gateway"):
        check("Usage" in expect(0, command, "--help").stdout, f"{command} --help")
    expect(2)
    expect(2, "srve")
    check("unknown command `policy lnt`: did you mean `policy lint`?" in expect(2, "policy", "lnt").stderr, "policy lnt")
    for command in ("policy", "bundle", "keys", "cache"):
        told = expect(2, command, "nosuch").stderr
        check(f"unknown command `{command} nosuch`: try `guardian {command} --help`" in told, told)
    expect(2, "eval", "--colour", "red")

    ask = ["eval", "--bundle", bundle, "--trust", world.root, "--agent", "agent_abc123", "--action"]
    expect(0, *ask, "read:customer", "--resource", "customer-db")
    expect(1, *ask, "delete:everything")
    expect(2, *ask, "read:customer", "--context", "[1]")
    expect(2, *ask, "read:customer", "--context", "{")
    expect(2, *ask, "read:customer", "--at", "noon")
    expect(2, "eval", "--bundle", world.path / "none", "--trust", world.root, "--agent", "a", "--action", "b")
    expect(0, "eval", "--policies", world.policies, "--agent", "me", "--tier", "verified", "--tag", "support", "--action",
           "read:customer", "--resource", "customer-db")

    expect(0, "verify-bundle", bundle, "--trust", world.root)
    expect(0, "bundle", "inspect", bundle)
    bundle.write_bytes(bundle.read_bytes()[:-9])
    expect(1, "verify-bundle", bundle, "--trust", world.root)
    expect(2, "verify-bundle", bundle)
    expect(2, "keys", "generate", "-o", world.key)

    gateway = StaticGateway()
    gateway.answers(401)
    settings = world.settings(gateway.port)
    expect(3, "sync", env=settings)
    gateway.close()
    expect(5, "sync", env=settings)
    expect(2, "sync", env={**settings, "BUNDLE_SYNC_INTERVAL": "0"})
    expect(2, "serve", env={name: value for name, value in settings.items() if name != "ADMIN_TOKEN"})
    expect(2, "serve", env={**settings, "MODE": "permissive"})
    expect(2, "serve", env={**settings, "TLS_CERT": "cert.pem"})
    expect(5, "health", "--url", f"http://127.0.0.1:{gateway.port}")

    expect(0, "cache", "show", env=settings)
    expect(0, "cache", "clear", env=settings)
    check("missing.yaml" in run("bundle", "build", world.path / "missing.yaml", "-o", world.path / "o", "--key",
                                world.key).stderr, "the error names the directory")


main(test)
