"""What the end-to-end and fault tests share: the built binary, processes of their own, HTTP, and waiting with a deadline.

A test is a script: it exits 0 when every `check` held. It uses port 0, a temporary directory of its own, and ends only
the processes it started.
"""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

GUARDIAN = os.environ["GUARDIAN"]
EXAMPLES = pathlib.Path(os.environ["GUARDIAN_EXAMPLES"])
TOKEN = "test-admin-token"
DEADLINE_SECONDS = 60


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def check_equal(actual, wanted, what):
    check(actual == wanted, f"{what}: {actual!r} is not {wanted!r}")


def wait_for(what, condition, seconds=DEADLINE_SECONDS):
    """The first true value of `condition`; fails when there is none within the deadline."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for: {what}")


def environment(extra=None):
    """Nothing of the caller's settings reaches the binary."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG") or "SAN_OPTIONS" in name}
    return {**kept, **(extra or {})}


def run(*arguments, env=None, stdin=None):
    """The finished process of one command."""
    return subprocess.run([GUARDIAN, *map(str, arguments)], env=environment(env), input=stdin, capture_output=True,
                          text=True, timeout=DEADLINE_SECONDS, check=False)


def expect(code, *arguments, env=None, stdin=None):
    """Runs a command that must exit with `code`; returns the finished process."""
    done = run(*arguments, env=env, stdin=stdin)
    check(done.returncode == code,
          f"guardian {' '.join(map(str, arguments))}: exit {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done


class Process:
    """A guardian that runs until it is told to stop; its port comes from --port-file, its log is kept."""

    def __init__(self, directory, *arguments, env=None, preexec=None):
        self.port_file = pathlib.Path(tempfile.mkstemp(dir=directory, prefix="port-")[1])
        self.port_file.unlink()
        self.log_path = self.port_file.with_suffix(".log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([GUARDIAN, *map(str, arguments), "--port-file", str(self.port_file)],
                                            env=environment(env), stderr=log, stdout=log, preexec_fn=preexec,
                                            restore_signals=preexec is None)
        self.port = None

    def ready(self):
        wait_for("a port", lambda: self.port_file.exists() or self.process.poll() is not None)
        check(self.process.poll() is None, f"exited with {self.process.returncode}: {self.log()}")
        self.port = int(self.port_file.read_text())
        return self

    def log(self):
        return self.log_path.read_text(errors="replace")

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        with contextlib.closing(connection):
            data = body if body is None or isinstance(body, (str, bytes)) else json.dumps(body)
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None, dict(answer.getheaders())

    def enforce(self, body, path="/enforce"):
        status, answer, _ = self.request("POST", path, body)
        check_equal(status, 200, f"{path} {body}")
        return answer

    def health(self):
        return self.request("GET", "/health")[1]

    def stop(self):
        """Ends it with SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE_SECONDS)

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)


class World:
    """A directory with a key, a trust root and a copy of the examples, and the processes started over it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="guardian-e2e-"))
        self.key = self.path / "signing.pem"
        self.root = self.path / "root.json"
        self.policies = self.path / "policies-repo"
        self.cache = self.path / "cache"
        self.processes = []
        shutil.copytree(EXAMPLES, self.policies)
        expect(0, "keys", "generate", "-o", self.key)
        expect(0, "keys", "root", "--key", self.key, "-o", self.root)

    def build(self, name, *, version=None, key=None):
        """A bundle of the directory as it stands."""
        file = self.path / name
        expect(0, "bundle", "build", self.policies, "-o", file, "--key", key or self.key,
               *(["--version", version] if version else []))
        return file

    def launch(self, *arguments, env=None, preexec=None):
        """Does not wait until it listens."""
        process = Process(self.path, *arguments, env=env, preexec=preexec)
        self.processes.append(process)
        return process

    def start(self, *arguments, env=None, preexec=None):
        return self.launch(*arguments, env=env, preexec=preexec).ready()

    def gateway(self, *, port=0):
        return self.start("gateway", "--dir", self.policies, "--key", self.key, "--trust-root", self.root, "--port", port,
                          env={"ADMIN_TOKEN": TOKEN})

    def events(self, kind="decision", cache=None):
        """The audit events of a cache that are whole, in order; of one type, or all."""
        found = []
        for segment in sorted(((cache or self.cache) / "audit").glob("*.jsonl")):
            found += [json.loads(line) for line in segment.read_bytes().split(b"\n")[:-1]]
        return [event for event in found if kind in (None, event["type"])]

    def stored_events(self):
        """What the gateway has stored, in the order that it came."""
        found = []
        for file in sorted((self.policies / "audit").glob("*.jsonl")):
            found += [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]
        return found

    def settings(self, gateway_port, **extra):
        return {"GATEWAY_URL": f"http://127.0.0.1:{gateway_port}", "ADMIN_TOKEN": TOKEN, "TRUST_ROOT": str(self.root),
                "CACHE_DIR": str(self.cache), "BUNDLE_SYNC_INTERVAL": "1", "PORT": "0", **extra}

    def serve(self, gateway_port, *, preexec=None, **extra):
        return self.start("serve", env=self.settings(gateway_port, **extra), preexec=preexec)

    def close(self):
        for process in self.processes:
            if process.process.poll() is None:
                process.kill()
        shutil.rmtree(self.path, ignore_errors=True)


class StaticGateway:
    """A gateway as a static file host would be: answers the bundle's path with what it is told."""

    def __init__(self):
        import http.server
        import threading

        outer = self
        self.status, self.body, self.post_status = 404, b"", 503
        self.requests = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests += 1
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(outer.post_status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answers(self, status, body=b""):
        self.status, self.body = status, body

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def main(test):
    """Runs one test over a world of its own; the process's exit code is the verdict."""
    world = World()
    try:
        test(world)
    except AssertionError as failure:
        print(f"FAILED: {failure}")
        for process in world.processes:
            print(f"--- log of pid {process.process.pid}\n{process.log()[-4000:]}")
        sys.exit(1)
    finally:
        world.close()
