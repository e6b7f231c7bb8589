"""Certificates made by the `openssl` command when a test runs, and gateways that show them."""

import http.server
import ssl
import subprocess
import threading

from harness import DEADLINE_SECONDS, check


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE_SECONDS,
                          stdin=subprocess.DEVNULL, check=False)
    check(done.returncode == 0, f"openssl {' '.join(map(str, arguments))}: {done.stderr}")


NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Pair:
    """A certificate and its key, as files."""

    def __init__(self, directory, name):
        self.certificate = directory / f"{name}.crt"
        self.key = directory / f"{name}.key"


class Authority(Pair):
    def __init__(self, directory, name):
        super().__init__(directory, name)
        self.directory = directory
        openssl("req", "-x509", *NEW_KEY, "-keyout", self.key, "-out", self.certificate, "-subj", f"/CN=Test {name}",
                "-days", 2)

    def issue(self, name, alternative_names, *, subject="gateway", days=2, usage="serverAuth"):
        """A pair for these names, as in `DNS:a,IP:127.0.0.1`; with negative days it has expired."""
        pair = Pair(self.directory, name)
        request = self.directory / f"{name}.csr"
        openssl("req", "-new", *NEW_KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={subject}")
        extensions = self.directory / f"{name}.ext"
        extensions.write_text(f"extendedKeyUsage={usage}\n" +
                              (f"subjectAltName={alternative_names}\n" if alternative_names else ""))
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                "-days", days, "-extfile", extensions, "-out", pair.certificate)
        return pair


def self_signed(directory, name, alternative_names):
    pair = Pair(directory, name)
    openssl("req", "-x509", *NEW_KEY, "-keyout", pair.key, "-out", pair.certificate, "-subj", "/CN=gateway", "-days", 2,
            "-addext", f"subjectAltName={alternative_names}")
    return pair


def server_context(pair, *, client_authority=None, only=None):
    """`only` is the one version of TLS that is spoken; client certificates are demanded when their authority is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if only:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = only
    context.load_cert_chain(pair.certificate, pair.key)
    if client_authority:
        context.load_verify_locations(client_authority.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that refuse us are what this is for


class BundleGateway:
    """Answers the bundle's path with one bundle, over TLS when given a context; with `location` it redirects instead."""

    def __init__(self, bundle, context=None, location=None):
        outer = self
        self.requests = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append((self.path, dict(self.headers)))
                found = self.path.split("?")[0].endswith("/bundle")
                body = bundle if found and location is None else b""
                self.send_response(404 if not found else 200 if location is None else 307)
                if location is not None:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            # The handshake is left to the connection's own thread.
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
