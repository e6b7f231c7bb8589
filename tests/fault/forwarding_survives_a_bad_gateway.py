"""Events reach the gateway's store in order, all of them and each once, whatever stands between: answers that are lost
after the events were stored, refusals, an answer that is none, a connection cut in the middle, a hang, and a gateway that
is away for a whole run of the sidecar.

A proxy in front of the reference gateway misbehaves as told on the audit endpoint and passes everything else on.
"""

import collections
import contextlib
import hashlib
import http.client
import http.server
import json
import socket
import struct
import threading
import time

from harness import DEADLINE_SECONDS, check, check_equal, main, wait_for

AUDIT = "/api/v1/guardian/audit"
SIDECAR = "fault-sidecar"
HANG_SECONDS = 40  # longer than the 30 s that a sidecar waits
NO_HASH = "0" * 64


class BadGateway:
    """Each post of events takes the next step of the script; without one it is passed on."""

    def __init__(self, gateway_port, port=0):
        outer = self
        self.script = collections.deque()
        self.posts = []
        self.closing = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def serve(self):
                is_post = self.command == "POST" and self.path == AUDIT
                step = outer.script.popleft() if is_post and outer.script else Handler.passes
                if is_post:
                    outer.posts.append(step.__name__)
                step(self)

            do_GET = do_POST = serve

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def ask_gateway(self):
                connection = http.client.HTTPConnection("127.0.0.1", gateway_port, timeout=DEADLINE_SECONDS)
                with contextlib.closing(connection):
                    headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                    connection.request(self.command, self.path, self.body(), headers)
                    answer = connection.getresponse()
                    return answer.status, answer.getheaders(), answer.read()

            def answer(self, status, headers=(), body=b""):
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "connection", "date", "server", "transfer-encoding"):
                        self.send_header(name, value)
                if status not in (204, 304):
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def break_off(self):
                """With a reset, as when a machine goes."""
                self.close_connection = True
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

            def passes(self):
                self.answer(*self.ask_gateway())

            def stores_and_loses_the_answer(self):
                self.ask_gateway()
                self.break_off()

            def stores_and_cuts_the_answer(self):
                status, _, body = self.ask_gateway()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:-3])
                self.close_connection = True

            def cuts_the_request(self):
                self.rfile.read(20)
                self.break_off()

            def asks_for_a_pause(self):
                self.body()
                self.answer(429, [("Retry-After", "1")])

            def is_overloaded(self):
                self.body()
                self.answer(503)

            def talks_nonsense(self):
                self.body()
                self.answer(200, [("Content-Type", "text/html")], b"<html>please log in</html>")

            def claims_too_little(self):
                self.body()
                self.answer(200, [], b'{"accepted":0,"duplicates":0,"rejected":[]}')

            def hangs(self):
                outer.closing.wait(HANG_SECONDS)
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.ways = Handler
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.handle_error = lambda *_: None  # the sidecar may hang up, too
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


def ask(sidecar, asked, count):
    """Asks for `count` decisions, one after the other, and notes what they were about."""
    for _ in range(count):
        resource = f"record-{len(asked)}"
        sidecar.enforce({"agentId": "agent_abc123", "action": "read:customer", "resource": resource})
        asked.append(resource)


def stored(file):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def is_whole(file, asked):
    return sum(event["type"] == "decision" for event in stored(file)) >= len(asked)


def check_chain(file):
    """Every seq once, in order, and the hashes over the bytes as they arrived."""
    prev = NO_HASH
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        event = json.loads(line)
        check_equal(event["seq"], number, "seq")
        check_equal(event["prev"], prev, f"prev of {number}")
        tail = f',"hash":"{event["hash"]}"}}'.encode()
        check(line.endswith(tail), f"{number} does not end with its hash")
        check_equal(hashlib.sha256(line[: -len(tail)] + b"}").hexdigest(), event["hash"], f"hash of {number}")
        prev = event["hash"]


def test(world):
    gateway = world.gateway()
    file = world.policies / "audit" / f"{SIDECAR}.jsonl"
    asked = []
    bad = BadGateway(gateway.port)
    way = bad.ways
    sidecar = world.serve(bad.port, SIDECAR_ID=SIDECAR)
    wait_for("a bundle", lambda: sidecar.health()["bundleVersion"])

    script = [way.stores_and_loses_the_answer, way.asks_for_a_pause, way.is_overloaded, way.talks_nonsense,
              way.claims_too_little, way.cuts_the_request, way.stores_and_cuts_the_answer]
    bad.script.extend(script)
    ask(sidecar, asked, 1_500)
    wait_for("every failure", lambda: not bad.script)
    ask(sidecar, asked, 100)
    wait_for("all events after the failures", lambda: is_whole(file, asked))
    check([name for name in bad.posts if name != "passes"] == [step.__name__ for step in script], "the script was played")

    bad.script.append(way.hangs)
    ask(sidecar, asked, 50)
    wait_for("the hang", lambda: not bad.script)
    begun = time.monotonic()
    ask(sidecar, asked, 50)
    check(time.monotonic() - begun < HANG_SECONDS / 2, "decisions waited for the hang")
    wait_for("all events after the hang", lambda: is_whole(file, asked), HANG_SECONDS + DEADLINE_SECONDS)

    # Away for a whole run, and the sidecar is killed and started without it.
    port = bad.port
    bad.close()
    ask(sidecar, asked, 1_200)
    sidecar.kill()
    sidecar = world.serve(port, SIDECAR_ID=SIDECAR)
    ask(sidecar, asked, 30)
    check_equal(sidecar.stop(), 0, "exit code while the gateway is away")
    check(not is_whole(file, asked), "events came through a gateway that is away")
    sidecar = world.serve(port, SIDECAR_ID=SIDECAR)
    ask(sidecar, asked, 30)
    bad = BadGateway(gateway.port, port)
    wait_for("all events after the gateway came back", lambda: is_whole(file, asked))

    # The end sends what is pending.
    ask(sidecar, asked, 20)
    check_equal(sidecar.stop(), 0, "exit code")
    check(is_whole(file, asked), "events that the end left behind")
    bad.close()
    check_equal([event["resource"] for event in stored(file) if event["type"] == "decision"], asked, "what was decided")
    check_equal(stored(file)[-1]["type"], "sidecar.stopped", "the last event")
    check_chain(file)


main(test)
