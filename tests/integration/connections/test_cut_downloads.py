"""An FTP server that ends downloads too early: they go on where they were cut, and a part is never taken for the whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import FTPHandler

from loadstone.arrivals.model import State
from loadstone.bootstrap.places import open_place
from loadstone.connections.model import Connection
from loadstone.connections.transports.model import Transport
from loadstone.errors import Retry
from tests.arrivals import Bank
from tests.integration.arrivals.test_pipeline import wake
from tests.integration.connections.servers import PASSWORD, ftp_server
from tests.repository import open_repository

DATA = b"".join(b"%06d,%d.50\n" % (number, number) for number in range(60_000))
LIES, HANGS_UP = "says that it was all", "hangs up"


@dataclass
class Scissors:
    """
    Cuts downloads.

    Attributes:
        how: What the server does then. cuts: bytes after which each of the next downloads ends. begun: where each began.
    """

    how: str = LIES
    cuts: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)


class Short:
    """A file that ends too early."""

    def __init__(self, file: Any, scissors: Scissors, hang_up: Callable[[], None]) -> None:
        self._file, self._scissors, self._hang_up = file, scissors, hang_up
        self._left = scissors.cuts.pop(0) if scissors.cuts else None
        self._begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int) -> bytes:
        """Until it is cut."""
        if not self._begun:
            self._begun = True
            self._scissors.begun.append(self._file.tell())
        if self._left is None:
            return bytes(self._file.read(size))
        data: bytes = self._file.read(min(size, self._left))
        self._left -= len(data)
        if not data and self._scissors.how == HANGS_UP:
            self._hang_up()
        return data


@dataclass(frozen=True)
class Cut:
    """A server that cuts: where it is, its folder, and its scissors."""

    connection: Connection
    folder: Path
    scissors: Scissors

    def open(self) -> Transport:
        """The place as arrivals open it."""
        return open_place(self.connection, None)


Serve = Callable[..., Cut]
"""Starts one that does not know the commands named."""


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Real servers on loopback."""
    monkeypatch.setenv("PLACE_PASSWORD", PASSWORD)
    with ExitStack() as servers:

        def start(*unknown: str) -> Cut:
            scissors = Scissors()

            class Cutting(AbstractedFS):  # type: ignore[misc]
                def open(self, filename: str, mode: str) -> Any:
                    """For reading until it is cut."""
                    file = super().open(filename, mode)
                    return Short(file, scissors, self.cmd_channel.close) if mode == "rb" else file

            commands = {name: one for name, one in FTPHandler.proto_cmds.items() if name not in unknown}
            values = {"abstracted_fs": Cutting, "proto_cmds": commands}
            served = servers.enter_context(ftp_server(tmp_path, handler=values))
            url = f"ftp://loader@127.0.0.1:{served.port}/"
            options = {"password": "env:PLACE_PASSWORD", "timeout_s": 10, "pause_s": 0.001}
            return Cut(Connection(name="place", kind="ftp", url=url, options=options), served.folder, scissors)

        yield start


@pytest.mark.parametrize("how", [LIES, HANGS_UP])
def test_a_download_goes_on_where_it_was_cut(serve: Serve, how: str) -> None:
    """Twice, whatever the server says: what came is not sent again."""
    place = serve()
    (place.folder / "a.csv").write_bytes(DATA)
    place.scissors.how, place.scissors.cuts = how, [100_000, 200_000]
    transport = place.open()
    transport.list()
    with transport.open("a.csv") as stream:
        assert DATA == stream.read()
    transport.close()
    assert [0, 100_000, 300_000] == place.scissors.begun


def test_a_server_that_cannot_begin_in_the_middle_sends_all_again(serve: Serve) -> None:
    """What was there before is passed over."""
    place = serve("REST", "MLSD", "MLST")
    (place.folder / "a.csv").write_bytes(DATA)
    place.scissors.cuts = [100_000]
    transport = place.open()
    transport.list()
    with transport.open("a.csv") as stream:
        assert DATA == stream.read()
    transport.close()
    assert [0, 0] == place.scissors.begun


def test_what_is_cut_again_and_again_is_never_whole(serve: Serve) -> None:
    """It ends as an outage that is tried later."""
    place = serve()
    (place.folder / "a.csv").write_bytes(DATA)
    place.scissors.cuts = [100_000] + [0] * 20
    transport = place.open()
    transport.list()
    with pytest.raises(Retry, match="LS-7411.*bytes before its end"), transport.open("a.csv") as stream:
        stream.read()
    transport.close()


def test_a_server_that_tells_no_sizes_is_of_use(serve: Serve) -> None:
    """Its files are listed, its folders are not; what stands there already is kept."""
    place = serve("SIZE", "MDTM", "MLSD", "MLST")
    (place.folder / "a.csv").write_bytes(DATA)
    (place.folder / "deep").mkdir()
    transport = place.open()
    assert [("a.csv", None)] == [(one.name, one.size_bytes) for one in transport.list()]
    transport.move("a.csv", "deep/b.csv")
    assert ["b.csv"] == [one.name for one in transport.list("deep")]
    transport.delete("deep/b.csv")
    transport.delete("deep/b.csv")
    assert [] == list(transport.list("deep"))
    transport.close()


REGISTRY = """
sources:
  - name: core
    feeds:
      - {name: GL, connection: place, patterns: [{glob: "*.csv"}], complete: {stable_s: 0}, target: bank.db}
"""


@dataclass(frozen=True)
class Outside:
    """The only place there is."""

    place: Cut

    def open(self, connection: str) -> Transport:
        return self.place.open()

    def is_local(self, connection: str) -> bool:
        return False


@pytest.mark.parametrize("sizes", [True, False], ids=["sizes", "no sizes"])
def test_half_a_file_does_not_arrive(serve: Serve, tmp_path: Path, sizes: bool) -> None:
    """With sizes it goes on at once; without, two readings differ, and it is fetched again later. It is whole in the end."""
    place = serve() if sizes else serve("SIZE", "MDTM", "MLSD", "MLST")
    (place.folder / "a.csv").write_bytes(DATA)
    place.scissors.cuts = [100_000]
    bank = Bank(open_repository(str(tmp_path / "r.db")), tmp_path / "bank", REGISTRY)
    bank.around = replace(bank.around, outside=Outside(place))
    bank.look()
    bank.settle()
    assert sizes is ("archived" in bank.states()["a.csv"])
    assert sizes is ("file.delayed" not in bank.told(bank.all()[0]))
    wake(bank)
    bank.settle()
    (one,) = bank.all()
    assert (State.ARCHIVED, hashlib.sha256(DATA).hexdigest()) == (one.state, one.sha256)
    bank.database.close()
