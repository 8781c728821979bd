"""A file goes to its place outside once: through crashes, outages, and a receiver that takes it at once; servers are real."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap import outputs
from loadstone.bootstrap.places import open_place
from loadstone.cli.main import main
from loadstone.connections.guarded import Guarded
from loadstone.connections.model import Connection
from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry
from loadstone.output import deliver as delivering
from loadstone.output import numbers
from loadstone.output.model import OutputReceipt, OutputSpec, Request, Value
from tests.integration.connections.conftest import Connect
from tests.integration.output.rows import fill
from tests.repository import open_repository

SPEC: dict[str, Any] = {
    "file": "out_{day}.txt",
    "rows": {"table": "payments", "order": ["id"]},
    "layout": {"kind": "delimited"},
    "columns": [{"name": "id"}, {"name": "amount", "decimals": 2}],
    "footer": ["T{count}"],
    "checksum": "sha256",
    "deliver": {"connection": "place", "folder": "in/{day}", "marker": "{file_name}.done"},
}
NAME, FOLDER = "out_7.txt", "in/7"
COMMAND = "import sys; from loadstone.cli.main import main; sys.exit(main(sys.argv[1:]))"
POINTS = ("sent", "moving", "moved", "marked", "settled")


class Killed(BaseException):
    """The process ends here."""


class Bank:
    """Rows, a configuration with one place, and what lies there."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, connection: Connection) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.rows = str(folder / "bank.db")
        self.repository = f"sqlite:///{folder / 'r.db'}"
        fill(self.rows)
        self.configure(connection)

    def configure(self, connection: Connection) -> None:
        """Write ``loadstone.toml``."""
        self.connection = connection
        values = {
            "url": connection.url,
            "kind": connection.kind,
            "access": "write",
            "pause_s": 0.001,
            **connection.options,
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        config = self.folder / "loadstone.toml"
        config.write_text("\n".join(["[connections.place]", *lines]))
        self._monkeypatch.setenv("LOADSTONE_CONFIG", str(config))

    def write(
        self, spec: dict[str, Any] | None = None, *, over: bool = False, **variables: Value
    ) -> OutputReceipt:
        """Write and deliver."""
        request = Request(
            spec=OutputSpec.model_validate(spec or SPEC),
            spec_path="out.yaml",
            source=self.rows,
            folder=str(self.folder / "out"),
            variables={"day": "7", **variables},
            replace=over,
        )
        return outputs.write(request, repository=self.repository)

    def cut_at(self, point: str, **variables: Value) -> None:
        """Write and deliver until a point, where nothing goes on."""

        def reach(name: str) -> None:
            if name == f"delivery_{point}":
                raise Killed

        with self._monkeypatch.context() as patched:
            patched.setattr(delivering, "reach", reach)
            with pytest.raises(Killed):
                self.write(**variables)

    def place(self) -> Guarded:
        """A way there."""
        return open_place(self.connection, None)

    def there(self) -> dict[str, bytes]:
        """All files of the folder there, hidden ones too."""
        place = self.place()
        try:
            return {one.name: _read(place, f"{FOLDER}/{one.name}") for one in place.list(FOLDER)}
        finally:
            place.close()

    def here(self) -> dict[str, bytes]:
        """All files of the folder here."""
        return {one.name: one.read_bytes() for one in (self.folder / "out").iterdir()}


def _read(place: Guarded, path: str) -> bytes:
    with place.open(path) as stream:
        return stream.read()


@pytest.fixture(params=["directory", "sftp", "ftp", "old_ftp", "ftps", "s3"])
def bank(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A bank, and a place of each kind."""
    if request.param == "directory":
        (tmp_path / "far").mkdir()
        return Bank(tmp_path, monkeypatch, folder_at(tmp_path / "far"))
    connect: Connect = request.getfixturevalue(request.param)
    return Bank(tmp_path, monkeypatch, connect())


@pytest.fixture
def near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A bank, and a folder."""
    (tmp_path / "far").mkdir()
    return Bank(tmp_path, monkeypatch, folder_at(tmp_path / "far"))


def folder_at(path: Path, **options: Any) -> Connection:
    """A connection to a folder."""
    return Connection(name="place", kind="directory", url=str(path), options=options)


def refused(act: Callable[[], object], kind: type[LoadstoneError]) -> LoadstoneError:
    """What is raised."""
    with pytest.raises(kind) as caught:
        act()
    return caught.value


def test_a_file_is_delivered(bank: Bank) -> None:
    """With its checksum and its marker; here nothing but the file and its checksum is left."""
    receipt = bank.write()
    data = (bank.folder / "out" / NAME).read_bytes()
    assert (f"place:{FOLDER}/{NAME}", 5) == (receipt.delivered, receipt.records)
    line = f"{hashlib.sha256(data).hexdigest()}  {NAME}\n".encode()
    assert {NAME: data, f"{NAME}.sha256": line, f"{NAME}.done": b""} == bank.there()
    assert {NAME: data, f"{NAME}.sha256": line} == bank.here()
    assert "LS-8014" == refused(bank.write, Refused).code


@pytest.mark.parametrize("point", ["sent", "moved"])
def test_a_delivery_cut_off_is_gone_on_with(bank: Bank, point: str) -> None:
    """Over every protocol."""
    gone_on_with(bank, point)


@pytest.mark.parametrize("point", POINTS)
def test_a_delivery_cut_off_anywhere_is_gone_on_with(near: Bank, point: str) -> None:
    """At every point."""
    gone_on_with(near, point)


def gone_on_with(bank: Bank, point: str) -> None:
    """The same command delivers the file, without writing it anew; nothing hidden is left there."""
    bank.cut_at(point)
    written = (bank.folder / "out" / NAME).stat().st_mtime_ns
    receipt = bank.write()
    assert (f"place:{FOLDER}/{NAME}", 5, 5) == (receipt.delivered, receipt.records, receipt.totals["count"])
    assert written == (bank.folder / "out" / NAME).stat().st_mtime_ns
    assert {NAME, f"{NAME}.sha256", f"{NAME}.done"} == bank.there().keys()
    assert bank.here()[NAME] == bank.there()[NAME]
    assert {NAME, f"{NAME}.sha256"} == bank.here().keys()


def test_a_file_that_was_taken_is_not_sent_twice(bank: Bank) -> None:
    """The process dies right behind the move, and the receiver takes the file before it comes back."""
    bank.cut_at("moved")
    place = bank.place()
    place.delete(f"{FOLDER}/{NAME}")
    place.close()
    assert f"place:{FOLDER}/{NAME}" == bank.write().delivered
    assert NAME not in bank.there()


def test_another_file_there_is_kept(bank: Bank) -> None:
    """LS-8016, and the file waits; the same bytes are taken for delivered; --replace replaces it."""
    place = bank.place()
    place.put(f"{FOLDER}/{NAME}", io.BytesIO(b"another"))
    error = refused(bank.write, Refused)
    assert "LS-8016" == error.code and "waits; the same command delivers it" in error.hints[-1]
    assert {NAME: b"another"} == bank.there()
    place.put(f"{FOLDER}/{NAME}", io.BytesIO(bank.here()[NAME]))
    assert f"place:{FOLDER}/{NAME}" == bank.write().delivered
    assert {NAME, f"{NAME}.done"} == bank.there().keys()
    place.put(f"{FOLDER}/{NAME}", io.BytesIO(b"another"))
    bank.write(over=True)
    assert bank.here()[NAME] == bank.there()[NAME]
    place.close()


def test_one_that_comes_in_between_is_kept_too(near: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the move: nothing is overwritten."""
    near.cut_at("moving")
    far = near.folder / "far" / FOLDER / NAME
    far.write_bytes(b"another")
    assert "LS-8016" == refused(near.write, Refused).code
    assert b"another" == far.read_bytes()


def test_an_outage_leaves_the_file_waiting(
    near: Bank, sftp: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LS-7411 after its attempts, with what to do; when the place is back, the same command delivers."""
    good = near.connection
    near.configure(
        Connection(
            name="place",
            kind="sftp",
            url="sftp://loader@127.0.0.1:1/in",
            options={"password": "env:PLACE_PASSWORD", "attempts": 2},
        )
    )
    error = refused(near.write, Retry)
    assert "LS-7411" == error.code and "waits; the same command delivers it" in error.hints[-1]
    assert 5 == near.here()[NAME].count(b"\n") - 1
    near.configure(good)
    assert 5 == near.write().records
    assert NAME in near.there()


def test_rows_that_changed_are_not_delivered_for_those_that_wait(near: Bank) -> None:
    """A file that somebody changed here, or that was made from something else, is not gone on with."""
    near.cut_at("sent")
    assert "LS-8014" == refused(lambda: near.write({**SPEC, "footer": []}), Refused).code
    (near.folder / "out" / NAME).write_text("changed")
    assert "LS-8014" == refused(near.write, Refused).code
    near.write(over=True)
    assert 5 == near.there()[NAME].count(b"\n") - 1


def test_what_cannot_be_delivered_is_refused_before_it_is_written(near: Bank, tmp_path: Path) -> None:
    """No such connection, none for writing, none with files: nothing is written."""
    other = {**SPEC, "deliver": {"connection": "nobody"}}
    assert "LS-7404" == refused(lambda: near.write(other), FixSpec).code
    near.configure(folder_at(tmp_path / "far", access="read"))
    assert "LS-8018" == refused(near.write, FixSpec).code
    (tmp_path / "loadstone.toml").write_text('[connections.place]\nurl = "postgresql://h/d"\n')
    assert "LS-7402" == refused(near.write, FixSpec).code
    assert not (tmp_path / "out").exists()


def test_two_do_not_deliver_at_once(near: Bank) -> None:
    """LS-8020 while another process holds the file."""
    import fcntl

    near.cut_at("sent")
    with open(near.folder / "out" / NAME, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "LS-8020" == refused(near.write, Refused).code
    assert NAME in (near.write().delivered or "")


def test_a_killed_process_over_sftp(
    tmp_path: Path, sftp: Connect, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A real kill between the upload and the move; the command line goes on and tells where the file is."""
    bank = Bank(tmp_path, monkeypatch, sftp())
    (tmp_path / "out.yaml").write_text(json.dumps(SPEC))
    words = ["write", str(tmp_path / "out.yaml"), "--source", bank.rows, "--define", "day=7"]
    words += ["--folder", str(tmp_path / "out"), "--repository", bank.repository]
    killed = subprocess.run(
        [sys.executable, "-c", COMMAND, *words],
        env={**os.environ, "LOADSTONE_CRASH_AT": "delivery_moving"},
        capture_output=True,
    )
    assert -signal.SIGKILL == killed.returncode, killed.stderr
    assert NAME not in bank.there() and any(name.endswith(".sending") for name in bank.there())
    assert 0 == main(words)
    assert f"delivered to place:{FOLDER}/{NAME}" in capsys.readouterr().out
    assert {NAME, f"{NAME}.sha256", f"{NAME}.done"} == bank.there().keys()


NUMBERED = {
    **SPEC,
    "file": "n_{sequence:03}_{day}.txt",
    "deliver": {"connection": "place", "folder": FOLDER},
    "sequence": {"id": "payments", "first": 5},
    "header": ["H{sequence:04}"],
}


def test_files_are_numbered(near: Bank) -> None:
    """One after the other, over all that share the id; --define takes a number by hand, and the counter stays."""
    names = []
    for day in ("7", "8", "7"):
        receipt = near.write(NUMBERED, day=day)
        names.append((Path(receipt.path).name, receipt.sequence))
    assert [("n_005_7.txt", 5), ("n_006_8.txt", 6), ("n_007_7.txt", 7)] == names
    assert (None, "n_900_7.txt") == (
        (by_hand := near.write(NUMBERED, sequence="900")).sequence,
        Path(by_hand.path).name,
    )
    only_here = {**NUMBERED, "deliver": None}
    assert 8 == near.write(only_here).sequence
    assert near.here()["n_008_7.txt"].startswith(b"H0008\n")
    assert not any(name.endswith(".json") for name in near.here())


@pytest.mark.parametrize("point", POINTS)
def test_a_run_that_died_keeps_its_number(near: Bank, point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started anew it goes on with it, and others take the next ones meanwhile; settled, the next run has its own."""
    monkeypatch.setitem(globals(), "SPEC", NUMBERED)
    near.cut_at(point)
    assert 6 == near.write(day="8").sequence
    again = near.write().sequence
    assert (7 if point == "settled" else 5) == again
    assert {"n_005_7.txt", "n_006_8.txt"} <= near.there().keys()
    assert (8 if point == "settled" else 7) == near.write().sequence


def test_numbers_begin_anew_and_end(near: Bank, tmp_path: Path) -> None:
    """Each day, month or year of business dates; the last one is the last; a date is needed."""
    from datetime import date

    def spec(restart: str) -> dict[str, Any]:
        file = "{business_date:YYYYMMDD}_{sequence}.txt"
        return {**NUMBERED, "file": file, "sequence": {"id": restart, "last": 2, "restart": restart}}

    days = [date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 1), date(2027, 1, 1)]
    expected = {"month": [1, 2, 1, 1], "year": [1, 2, "LS-8017", 1]}
    for restart, wanted in expected.items():
        found: list[object] = []
        for day in days:
            try:
                found.append(near.write(spec(restart), business_date=day).sequence)
            except Refused as error:
                found.append(error.code)
        assert wanted == found
        for path in (tmp_path / "out").glob("2*.txt*"):
            path.unlink()
        for path in (tmp_path / "far" / FOLDER).glob("2*"):
            path.unlink()
    assert "LS-8005" == refused(lambda: near.write(spec("day")), FixSpec).code
    with pytest.raises(ValueError, match="last must not be less than first"):
        OutputSpec.model_validate({**NUMBERED, "sequence": {"id": "x", "first": 3, "last": 2}})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_numbers_are_drawn_once(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """By many at the same time: each its own, and none left out."""
    from concurrent.futures import ThreadPoolExecutor

    url = str(request.getfixturevalue("postgres_url")) if kind == "postgresql" else str(tmp_path / "r.db")
    database = open_repository(url)

    def drawn(no: int) -> int:
        spec = OutputSpec.model_validate(NUMBERED)
        wanted = Request(spec=spec, spec_path="", source="x", folder=".", variables={"day": str(no)})
        return numbers.draw(database, wanted)

    with ThreadPoolExecutor(3) as pool:
        found = [*pool.map(drawn, range(6)), *pool.map(drawn, range(6))]
    assert [*range(5, 11)] == sorted(found[:6])
    assert found[:6] == found[6:]
    database.close()
