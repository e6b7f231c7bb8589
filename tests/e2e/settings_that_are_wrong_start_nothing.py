"""Settings that are missing, wrong or not built yet: exit code 2, the setting named, no secret shown, nothing started."""

from harness import check, expect, main

GATEWAY = {"GATEWAY_URL": "http://127.0.0.1:1", "ADMIN_TOKEN": "s3cret-token"}


def test(world):
    def refused(named, *flags, **env):
        for command in ("serve", "sync"):
            done = expect(2, command, *flags, env={"CACHE_DIR": str(world.cache), **GATEWAY, **env})
            check(named in done.stderr, f"{done.stderr!r} names {named}")
            check("s3cret" not in done.stdout + done.stderr, "no secret is shown")
            check(not world.cache.exists(), "nothing was started")

    refused("ADMIN_TOKEN", ADMIN_TOKEN="")
    refused("GATEWAY_URL", GATEWAY_URL="")
    refused("BUNDLE_SYNC_INTERVAL", BUNDLE_SYNC_INTERVAL="0")
    refused("BUNDLE_SYNC_INTERVAL", "--bundle-sync-interval", "86401")
    refused("PORT", PORT="65536")
    refused("LOG_LEVEL", LOG_LEVEL="loud")
    refused("MAX_BUNDLE_AGE", MAX_BUNDLE_AGE="24")
    refused("MAX_BUNDLE_AGE", MAX_BUNDLE_AGE="60s", BUNDLE_SYNC_INTERVAL="60")
    refused("BUNDLE_HISTORY", BUNDLE_HISTORY="-1")
    refused("WAIT_FOR_BUNDLE", WAIT_FOR_BUNDLE="soon")
    refused("ADMIN_TOKEN", ADMIN_TOKEN="s3cret with spaces")
    refused("TRUST_ROOT", TRUST_ROOT=str(world.path / "missing.json"))
    for name in ("AUTH", "API_KEY", "JWT_SECRET", "TLS_CERT"):
        refused(name, **{name: "s3cret"})
    refused("AUDIT_DURABILITY", AUDIT_DURABILITY="memory")
    refused("AUDIT_CONTEXT", AUDIT_CONTEXT="some")
    refused("AUDIT_REDACT", AUDIT_REDACT="context..ssn")
    refused("AUDIT_RETENTION", AUDIT_RETENTION="7")
    refused("AUDIT_MAX_BYTES", AUDIT_MAX_BYTES="1024")
    refused("AUDIT_FULL", AUDIT_FULL="drop-newest")
    refused("AUDIT_FORWARD", AUDIT_FORWARD="yes")
    config = world.path / "guardian.toml"
    config.write_text('mode = "audit"\nbundle_sync_interva = 5\n')
    refused("bundle_sync_interva", "--config", config)
    config.write_text('admin_token = "s3cret\n')
    refused("guardian.toml", "--config", config)
    refused("missing.toml", "--config", world.path / "missing.toml")

    in_the_way = world.path / "file"
    in_the_way.write_text("")
    expect(2, "serve", env={**GATEWAY, "CACHE_DIR": str(in_the_way / "cache")})
    expect(2, "serve", env={**GATEWAY, "GATEWAY_URL": "http://gateway.example.invalid", "CACHE_DIR": str(world.cache)})
    unrecorded = expect(2, "serve", "--offline", "--bundle", world.build("policies.bundle.json"),
                        env={"TRUST_ROOT": str(world.root), "CACHE_DIR": str(in_the_way / "cache"), "PORT": "0",
                             "AUDIT_FULL": "deny"})
    check("audit" in unrecorded.stderr, "a sidecar that must record and cannot does not start")
    token = world.path / "token"
    token.write_text("s3cret-of-a-file\n")
    expect(5, "sync", env={"GATEWAY_URL": GATEWAY["GATEWAY_URL"], "ADMIN_TOKEN_FILE": str(token),
                           "TRUST_ROOT": str(world.root), "CACHE_DIR": str(world.cache)})


main(test)
