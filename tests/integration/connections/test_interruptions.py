"""A download from a real server whose connection is cut goes on where it broke off."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from loadstone.bootstrap.breakers import reach_out
from loadstone.bootstrap.places import open_place
from loadstone.connections.model import Connection
from loadstone.errors import FixFile, Retry
from tests.integration.connections.conftest import Connect

DATA = bytes(range(256)) * 10_000
CUT_BYTES = 1_200_000
"""More than what is asked for at once."""


@dataclass
class Cutter:
    """
    A proxy that cuts its first connections.

    Attributes:
        port: Where it listens. cuts_left: how many connections are cut when they have given ``CUT_BYTES``. given: bytes that
            each connection gave.
    """

    port: int = 0
    cuts_left: int = 2
    given: list[int] = field(default_factory=list)


@contextmanager
def cutting(port: int) -> Iterator[Cutter]:
    """A proxy in threads before a server on loopback."""
    cutter = Cutter()
    listener = socket.create_server(("127.0.0.1", 0))
    cutter.port = listener.getsockname()[1]

    def pump(source: socket.socket, sink: socket.socket, number: int | None) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if number is not None:
                    cutter.given[number] += len(data)
                    if cutter.cuts_left and cutter.given[number] > CUT_BYTES:
                        cutter.cuts_left -= 1
                        break
                sink.sendall(data)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for one in (client, server):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                cutter.given.append(0)
                number = len(cutter.given) - 1
                for ends in ((client, server, None), (server, client, number)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield cutter
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(10)


def behind(connection: Connection, port: int) -> Connection:
    """The same place through a proxy."""
    options = {**connection.options, "pause_s": 0.001}
    if connection.kind == "s3":
        return replace(connection, options={**options, "endpoint_url": f"http://127.0.0.1:{port}"})
    parts = urlsplit(connection.url)
    url = parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()
    return replace(connection, url=url, options=options)


def port_of(connection: Connection) -> int:
    """Where its server listens."""
    return urlsplit(str(connection.options.get("endpoint_url", connection.url))).port or 0


@pytest.mark.parametrize("kind", ["sftp", "s3"])
def test_a_download_goes_on_where_it_was_cut(request: pytest.FixtureRequest, kind: str) -> None:
    """Twice: byte for byte, and what had come is not sent again."""
    connect: Connect = request.getfixturevalue(kind)
    connection = connect()
    straight = open_place(connection, None)
    straight.put("a", io.BytesIO(DATA))
    straight.close()
    with cutting(port_of(connection)) as cutter:
        place = open_place(behind(connection, cutter.port), None)
        place.list()
        with place.open("a") as stream:
            assert DATA == stream.read()
        place.close()
    assert 0 == cutter.cuts_left
    assert sum(cutter.given) < 1.4 * len(DATA)


def test_the_probe_of_a_breaker_logs_in_and_lists(sftp: Connect, tmp_path: Path) -> None:
    """A folder and a server that are there; one that is not is said."""
    reach_out(sftp())
    reach_out(Connection(name="place", kind="directory", url=str(tmp_path)))
    with pytest.raises(FixFile, match="LS-7415"):
        reach_out(Connection(name="place", kind="directory", url=str(tmp_path / "none")))
    with pytest.raises(Retry, match="LS-7411"):
        reach_out(replace(sftp(), url="sftp://a@127.0.0.1:1/in"))
