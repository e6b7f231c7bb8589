"""A gateway that answers bundle requests well, or with exactly the bytes, pauses and breaks that a behaviour wants.

A behaviour is called with a `Visit` for each request and says what happens on that connection, which is closed when it
returns.
"""

import contextlib
import socket
import threading
import time
import zlib

from harness import wait_for

PATIENCE_SECONDS = 120


class Visit:
    """One connection, its request's head read."""

    def __init__(self, gateway, connection, path):
        self.gateway, self.connection, self.path = gateway, connection, path
        self.of_bundle = path.split("?")[0].endswith("/bundle")

    def send(self, data):
        self.connection.sendall(data)

    def gone(self, seconds):
        """Waits that long at most; whether the client or the gateway has ended the connection meanwhile."""
        self.connection.settimeout(seconds)
        try:
            return self.connection.recv(1) == b""
        except TimeoutError:
            return False
        finally:
            self.connection.settimeout(PATIENCE_SECONDS)


def head(status, *fields, length=None):
    lines = [f"HTTP/1.1 {status} Whatever", *fields, *([f"Content-Length: {length}"] if length is not None else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def status(code, *fields):
    return lambda visit: visit.send(head(code, *fields, length=0))


def body(data, *fields):
    """A complete answer with that body."""
    return lambda visit: visit.send(head(200, *fields, length=len(data)) + data)


def raw(data):
    return lambda visit: visit.send(data)


def silence(visit):
    visit.gone(PATIENCE_SECONDS)


def trickle(beginning):
    """Those bytes, then one a second."""
    def behaviour(visit):
        visit.send(beginning)
        while not visit.gone(1):
            visit.send(b"x")
    return behaviour


def gzip_bomb(size):
    """`size` zero bytes, a thousandth of that on the wire; they are made once and sent again and again."""
    piece = 64 << 20
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(piece)
    # After a full flush nothing refers to what came before, so that the second piece may follow itself.
    first = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)

    def behaviour(visit):
        visit.send(head(200, "Content-Encoding: gzip"))
        visit.send(first)
        for _ in range(size // piece - 1):
            visit.send(again)
    return behaviour


class HostileGateway:
    """Port 0 at first, the same port ever after; starts well, with no bundle."""

    def __init__(self):
        self.bundle = b""
        self.behaviour = None  # None: well
        self.visits = []       # when each request for the bundle came, monotonic
        self.port = 0
        self.listener = None
        self.connections = set()
        self.lock = threading.Lock()
        self.listen()

    def listen(self):
        # The port was ours a moment ago: somebody who borrowed it for a connection of his own gives it back.
        self.listener = wait_for("the port", self.try_listen)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def try_listen(self):
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", self.port), backlog=16)
        return None

    def refuse(self):
        """Nobody listens any more; connections that are there are broken off."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()

    def drop(self):
        """Ends all connections, as a restart does."""
        with self.lock:
            connections = list(self.connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(PATIENCE_SECONDS)
        with self.lock:
            self.connections.add(connection)
        with contextlib.suppress(OSError), connection:
            received = b""
            while b"\r\n\r\n" not in received:
                piece = connection.recv(65536)
                if not piece:
                    return
                received += piece
            visit = Visit(self, connection, received.split(b" ", 2)[1].decode())
            if visit.of_bundle:
                self.visits.append(time.monotonic())
            (self.behaviour or self.well)(visit)
        with self.lock:
            self.connections.discard(connection)

    def well(self, visit):
        if visit.of_bundle:
            body(self.bundle)(visit)
        else:
            status(404)(visit)

    def close(self):
        self.refuse()
