"""One suite over every transport: what a place outside can do with files, whatever its protocol."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.connections.model import Connection
from loadstone.connections.testing import MemoryTransport
from loadstone.connections.transports.model import Transport
from loadstone.connections.transports.open import open_transport
from loadstone.errors import FixFile, Refused
from tests.integration.connections.conftest import Connect

DATA = bytes(range(256)) * 1200
"""More than one packet of every protocol, and every byte."""


@pytest.fixture(params=["memory", "directory", "sftp", "ftp", "old_ftp", "ftps", "s3"])
def transport(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Transport]:
    """An empty place."""
    made: Transport
    if request.param == "memory":
        made = MemoryTransport()
    elif request.param == "directory":
        made = open_transport(Connection(name="place", kind="directory", url=tmp_path.as_uri()))
    else:
        connect: Connect = request.getfixturevalue(request.param)
        made = open_transport(connect())
    yield made
    made.close()


def put(transport: Transport, path: str, data: bytes = DATA) -> int:
    """Write a file."""
    return transport.put(path, io.BytesIO(data))


def read(transport: Transport, path: str, offset: int = 0) -> bytes:
    """Read a file."""
    with transport.open(path, offset=offset) as stream:
        return stream.read()


def test_what_is_put_is_read(transport: Transport) -> None:
    """Byte for byte, also from the middle, from the end and of an empty file."""
    assert len(DATA) == put(transport, "in/a.csv")
    assert (DATA, DATA[100_001:], b"") == tuple(
        read(transport, "in/a.csv", offset) for offset in (0, 100_001, len(DATA))
    )
    assert (0, b"") == (put(transport, "in/empty", b""), read(transport, "in/empty"))


def test_a_folder_lists_its_files(transport: Transport) -> None:
    """By name, with their sizes; folders in it are left out, and nothing of a temporary name is left."""
    for name in ("in/b ä.csv", "in/a.csv", "in/deep/c.csv", "top.csv"):
        put(transport, name, name.encode())
    found = transport.list("in")
    assert [("a.csv", 8), ("b ä.csv", 11)] == [(one.name, one.size_bytes) for one in found]
    assert ["top.csv"] == [one.name for one in transport.list()]
    assert ["c.csv"] == [one.name for one in transport.list("in/deep/")]
    assert all(one.modified_at is None or one.modified_at.tzinfo is not None for one in found)


def test_an_id_changes_with_the_bytes(transport: Transport) -> None:
    """So that a file that was replaced is seen."""
    put(transport, "a.csv", b"one")
    first = transport.list()[0]
    assert first == transport.list()[0]
    put(transport, "a.csv", b"other")
    assert first.id is None or first.id != transport.list()[0].id
    assert b"other" == read(transport, "a.csv")


def test_a_file_moves(transport: Transport) -> None:
    """To a folder that is made; what stands there already is kept."""
    put(transport, "a.csv", b"one")
    transport.move("a.csv", "done/a.csv")
    assert ([], b"one") == ([one.name for one in transport.list()], read(transport, "done/a.csv"))
    put(transport, "a.csv", b"two")
    with pytest.raises(Refused) as caught:
        transport.move("a.csv", "done/a.csv")
    assert ("LS-7418", b"one", b"two") == (
        caught.value.code,
        read(transport, "done/a.csv"),
        read(transport, "a.csv"),
    )


def test_a_file_is_deleted_once(transport: Transport) -> None:
    """The second time is no error."""
    put(transport, "a.csv")
    transport.delete("a.csv")
    transport.delete("a.csv")
    assert [] == list(transport.list())


def test_what_is_not_there_is_said(transport: Transport) -> None:
    """LS-7415, to read it and to move it."""
    for act in (lambda: transport.open("none.csv"), lambda: transport.move("none.csv", "b.csv")):
        with pytest.raises(FixFile) as caught:
            act()
        assert "LS-7415" == caught.value.code


def test_no_path_leads_out(transport: Transport) -> None:
    """LS-7414, whatever is asked."""
    for act in (
        lambda: transport.list("../etc"),
        lambda: transport.open("../../etc/passwd"),
        lambda: transport.put("../a", io.BytesIO(b"x")),
        lambda: transport.move("a", "../a"),
        lambda: transport.delete("/etc/passwd"),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert "LS-7414" == caught.value.code
