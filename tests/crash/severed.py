"""A way to a PostgreSQL server that is cut at a COMMIT: the client cannot know whether it happened."""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

import psycopg

_COMMIT = b"COMMIT\0"


class Severed:
    """
    A socket that passes everything on to the server, and cuts one connection.

    Attributes:
        url: Of the database by this way. cuts: how many connections were cut, 0 or 1.
    """

    def __init__(self, url: str, *, commit: int, behind: bool) -> None:
        """Cut at the ``commit``-th COMMIT, 1-based: before the server has it, or ``behind`` its work."""
        given = psycopg.conninfo.conninfo_to_dict(url)
        self._server = f"{given['host']}/.s.PGSQL.{given.get('port', 5432)}"
        self._folder = tempfile.mkdtemp(prefix="px-")  # a socket's path may have 107 bytes
        self.url = url.replace(str(given["host"]), self._folder)
        self._commit, self._behind = commit, behind
        self._seen = self.cuts = 0
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._folder}/.s.PGSQL.5432")
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new connections."""
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # Private methods

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                cut = threading.Event()
                threading.Thread(target=self._forward, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client, cut), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if _COMMIT in data and self._is_the_one():
                    cut.set()
                    if not self._behind:
                        break
                server.sendall(data)
        if not (cut.is_set() and self._behind):
            _end(client, server)

    def _back(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if cut.is_set():
                    break  # the server has answered, and nobody hears it
                client.sendall(data)
        _end(client, server)

    def _is_the_one(self) -> bool:
        with self._lock:
            self._seen += 1
            hit = self._seen == self._commit
            self.cuts += hit
            return hit


def _end(*ends: socket.socket) -> None:
    for one in ends:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def socket_of(url: str) -> Path:
    """The folder of a server's socket."""
    return Path(str(psycopg.conninfo.conninfo_to_dict(url)["host"]))
