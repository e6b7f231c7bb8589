"""Over TLS a gateway is heard only with a certificate of a trusted authority for the very host that was called; every
other one is told by its reason, and no secret is."""

import contextlib
import socket
import ssl

from harness import TOKEN, check, check_equal, main, run
from tls import Authority, BundleGateway, openssl, self_signed, server_context

EXIT_NETWORK = 5


class Trial:
    """`guardian sync` against gateways, each time with a cache of its own; all that is ever printed is kept."""

    def __init__(self, world, authority):
        self.world = world
        self.bundle = world.build("bundle.json").read_bytes()
        self.authority = authority
        self.printed = ""
        self.syncs = 0

    def sync(self, port, *, host="127.0.0.1", scheme="https", **extra):
        self.syncs += 1
        settings = self.world.settings(port, GATEWAY_URL=f"{scheme}://{host}:{port}", LOG_LEVEL="debug",
                                       CACHE_DIR=str(self.world.path / f"cache-{self.syncs}"),
                                       **{"GATEWAY_CA": str(self.authority.certificate), **extra})
        done = run("sync", env=settings)
        self.printed += done.stdout + done.stderr
        return done

    def against(self, context, **settings):
        gateway = BundleGateway(self.bundle, context)
        with contextlib.closing(gateway):
            return self.sync(gateway.port, **settings), gateway.requests

    def accepted(self, what, context, **settings):
        done, _ = self.against(context, **settings)
        check_equal(done.returncode, 0, f"{what}: {done.stderr}")

    def refused(self, what, reason, context, **settings):
        done, requests = self.against(context, **settings)
        check_equal(done.returncode, EXIT_NETWORK, f"{what}: {done.stderr}")
        check(reason in done.stderr, f"{what}: no `{reason}` in {done.stderr}")
        check_equal(requests, [], f"{what}: requests")


def names_and_addresses(trial):
    issue = trial.authority.issue
    by_address = issue("address", "IP:127.0.0.1")
    by_name = issue("name", "DNS:localhost")
    trial.accepted("an address that the certificate names", server_context(by_address))
    trial.accepted("a name that the certificate names", server_context(by_name), host="localhost")
    for what, pair, host in [
            ("an address when only the name is named", by_name, "127.0.0.1"),
            ("a name when only the address is named", by_address, "localhost"),
            ("another address", issue("other-address", "IP:127.0.0.2"), "127.0.0.1"),
            ("an address written as a name", issue("address-as-name", "DNS:127.0.0.1"), "127.0.0.1"),
            ("an address in the subject alone", issue("in-subject", "", subject="127.0.0.1"), "127.0.0.1"),
            ("a name in the subject alone", issue("name-in-subject", "", subject="localhost"), "localhost"),
            ("another name", issue("other-name", "DNS:gateway.example"), "localhost"),
            ("a wildcard over everything", issue("wildcard", "DNS:*"), "localhost")]:
        trial.refused(what, "another host", server_context(pair), host=host)


def authorities_and_dates(trial, directory):
    issue = trial.authority.issue
    good = issue("good", "IP:127.0.0.1")
    stranger = Authority(directory, "stranger")
    by_stranger = server_context(stranger.issue("by-stranger", "IP:127.0.0.1"))
    trial.refused("an unknown authority", "unknown authority", by_stranger)
    trial.refused("no authority but the system's", "unknown authority", server_context(good), GATEWAY_CA="")
    trial.accepted("the system's authorities beside GATEWAY_CA", by_stranger, SSL_CERT_FILE=str(stranger.certificate))
    trial.refused("expired", "expired", server_context(issue("expired", "IP:127.0.0.1", days=-1)))
    trial.refused("self-signed", "self-signed", server_context(self_signed(directory, "alone", "IP:127.0.0.1")))
    trial.refused("a client's certificate", "not one for servers",
                  server_context(issue("no-server", "IP:127.0.0.1", usage="clientAuth")))
    trial.refused("TLS 1.1", "1.2 or newer", server_context(good, only=ssl.TLSVersion.TLSv1_1))
    trial.accepted("TLS 1.2", server_context(good, only=ssl.TLSVersion.TLSv1_2))
    trial.refused("a CA file that is none", "not a usable CA", server_context(good), GATEWAY_CA=str(good.key))
    trial.refused("no TLS at all", "does not speak TLS", None)


def client_certificates(trial, directory):
    good = trial.authority.issue("server", "IP:127.0.0.1")
    clients = Authority(directory, "clients")
    client = clients.issue("sidecar", "", subject="sidecar", usage="clientAuth")
    stranger = trial.authority.issue("wrong-client", "", subject="sidecar", usage="clientAuth")
    locked = directory / "locked.key"
    openssl("pkey", "-in", client.key, "-aes256", "-passout", "pass:geheim", "-out", locked)
    shown = {"GATEWAY_CERT": str(client.certificate), "GATEWAY_KEY": str(client.key)}
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = server_context(good, client_authority=clients, only=version)
        trial.accepted(f"a client certificate over {version.name}", context, **shown)
        trial.refused(f"none over {version.name}", "client certificate", context)
        trial.refused(f"that of a stranger over {version.name}", "client certificate", context,
                      GATEWAY_CERT=str(stranger.certificate), GATEWAY_KEY=str(stranger.key))
    context = server_context(good, client_authority=clients)
    trial.refused("a key of another certificate", "not a usable key", context,
                  **{**shown, "GATEWAY_KEY": str(stranger.key)})
    trial.refused("a key with a passphrase", "not a usable key", context, **{**shown, "GATEWAY_KEY": str(locked)})
    return [client.key, stranger.key, locked, good.key]


def redirects(trial):
    context = server_context(trial.authority.issue("redirecting", "IP:127.0.0.1"))
    plain = BundleGateway(trial.bundle)
    with contextlib.closing(plain):
        away = BundleGateway(trial.bundle, context, location=f"http://127.0.0.1:{plain.port}/bundle")
        with contextlib.closing(away):
            done = trial.sync(away.port)
            check(done.returncode != 0, "a redirect from https to http was followed")
            check(len(away.requests) > 0, "no request came before the redirect")
            check_equal(plain.requests, [], "requests after a redirect to http")


def silence(trial):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = trial.sync(listener.getsockname()[1])
        check_equal(done.returncode, EXIT_NETWORK, f"a server that never shakes hands: {done.stderr}")
        check("timed out" in done.stderr, f"a server that never shakes hands: {done.stderr}")


def test(world):
    directory = world.path / "tls"
    directory.mkdir()
    trial = Trial(world, Authority(directory, "authority"))
    names_and_addresses(trial)
    authorities_and_dates(trial, directory)
    keys = client_certificates(trial, directory)
    redirects(trial)
    silence(trial)
    secrets = [TOKEN, "geheim"]
    for key in keys:
        secrets += [line for line in key.read_text().splitlines() if not line.startswith("-")]
    for secret in secrets:
        check(secret not in trial.printed, f"a secret was printed: {secret}")


main(test)
