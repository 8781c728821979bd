"""A TCP proxy before a real PostgreSQL that tests stop, start, and let cut connections."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import psycopg


class Proxy:
    """
    Forwards bytes between clients and a server.

    Attributes:
        url: Where clients connect. spoil: is asked for each piece that a client sends whether to cut the
            connection before it is forwarded (``before``), after (``after``), or not (None).
    """

    def __init__(self, server_url: str, spoil: Callable[[bytes], str | None] = lambda piece: None) -> None:
        self.spoil = spoil
        self._address = _address(server_url)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self.cuts = 0
        self.start()
        with psycopg.connect(server_url) as connection:
            user, database = connection.info.user, connection.info.dbname
            password = connection.info.password
        login = quote(user) + (f":{quote(password)}" if password else "")
        self.url = f"postgresql://{login}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Listen, at the same port as before."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(64)
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections, and cut those that are open."""
        with self._lock:
            listener, self._listener = self._listener, None
            sockets = list(self._open)
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in sockets:
            _end(one)

    # Private methods

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.socket(self._address[0])
                server.connect(self._address[1])
            except OSError:
                _end(client)
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink, spoiled in ((client, server, True), (server, client, False)):
                threading.Thread(target=self._pump, args=(source, sink, spoiled), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, spoiled: bool) -> None:
        try:
            while piece := source.recv(65536):
                cut = self.spoil(piece) if spoiled else None
                if cut != "before":
                    sink.sendall(piece)
                if cut is not None:
                    self.cuts += 1
                    break
        except OSError:
            pass
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)


def spoiler(chance: float, at_commit: float, seed: int) -> Callable[[bytes], str | None]:
    """Cut by chance at each piece, and more often at a COMMIT: half of these after it was forwarded."""
    rng, lock = random.Random(seed), threading.Lock()

    def spoil(piece: bytes) -> str | None:
        with lock:
            likely = at_commit if b"COMMIT" in piece else chance
            if rng.random() >= likely:
                return None
            return "after" if rng.random() < 0.5 else "before"

    return spoil


# Private functions


def _address(url: str) -> tuple[socket.AddressFamily, str | tuple[str, int]]:
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    port = parts.port or 5432
    if host.startswith("/"):
        return socket.AF_UNIX, f"{host}/.s.PGSQL.{port}"
    return socket.AF_INET, (host, port)


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()
