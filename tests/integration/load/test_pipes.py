"""Data from pipes: kept first, so that the load can resume, with outputs named after the control file."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, rows_of
from tests.targets import execute

CONTROL = "LOAD DATA INFILE 'in.dat'{} APPEND INTO TABLE t WHEN v <> 'skip' FIELDS TERMINATED BY ',' TRAILING NULLCOLS (id, v)"
DATA = b"1,a\nx,b\n2,skip\n3,c\n"


@pytest.fixture(autouse=True)
def landing(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table, and a folder of its own for what comes through pipes."""
    execute("b.db", "CREATE TABLE t (id INTEGER, v VARCHAR(9))")
    monkeypatch.setenv("LOADSTONE_LANDING", str(here / "landing"))
    return here / "landing"


def load(clauses: str = "", data: str | None = "fifo", **options: object) -> LoadReceipt:
    """Load what comes through a pipe."""
    spec = parse_control(CONTROL.format(clauses).encode(), "load.ctl")
    given = () if data is None else (data,)
    request = LoadRequest(spec=spec, spec_path="load.ctl", target="b.db", data=given, **options)  # type: ignore[arg-type]
    return loads.load(request, Undisturbed())


def feed(data: bytes = DATA, name: str = "fifo") -> threading.Thread:
    """A writer at the other end of a named pipe."""
    if not Path(name).exists():
        os.mkfifo(name)

    def write() -> None:
        with open(name, "wb") as pipe:
            pipe.write(data)

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_a_named_pipe_loads_once_however_often_it_is_sent(landing: Path) -> None:
    """The same bytes are the same load; other bytes are another one."""
    for repeated, data in ((False, DATA), (True, DATA), (False, b"7,z\n")):
        thread = feed(data)
        assert repeated == load().repeated
        thread.join(60)
    assert [(1,), (3,), (7,)] == rows_of("b.db", "SELECT id FROM t ORDER BY id")
    assert 2 == len(list(landing.iterdir()))


def test_outputs_of_a_pipe_are_named_after_the_control_file(landing: Path) -> None:
    """Nobody finds a bad file in the landing folder."""
    thread = feed()
    receipt = load(discardmax=5)
    thread.join(60)
    assert (("load.bad",), ("load.dsc",)) == (receipt.bad_files, receipt.discard_files)
    assert (b"x,b\n", b"2,skip\n") == (Path("load.bad").read_bytes(), Path("load.dsc").read_bytes())
    assert all(path.suffix == ".dat" for path in landing.iterdir())


def test_names_of_the_control_file_stand_for_a_pipe_too(landing: Path) -> None:
    """BADFILE and DISCARDFILE go with the first data file, whatever it is."""
    thread = feed()
    receipt = load(" BADFILE 'own.bad' DISCARDFILE 'own.dsc'")
    thread.join(60)
    assert (("own.bad",), ("own.dsc",)) == (receipt.bad_files, receipt.discard_files)


def test_standard_input_is_a_pipe(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` reads it to its end."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DATA)))
    assert (4, 2) == (lambda counts: (counts.read, counts.loaded))(load(data="-").counts)


def test_an_infile_may_be_a_pipe(landing: Path) -> None:
    """It is read once; the bad and discard files are named after it, and the same bytes are the same load."""
    for repeated in (False, True):
        thread = feed(name="in.dat")
        receipt = load(discardmax=5, data=None)
        thread.join(60)
        assert repeated == receipt.repeated
    assert (("in.bad",), ("in.dsc",)) == (receipt.bad_files, receipt.discard_files)
    assert (b"x,b\n", b"2,skip\n") == (Path("in.bad").read_bytes(), Path("in.dsc").read_bytes())


def test_each_infile_may_be_a_pipe(landing: Path) -> None:
    """Data that replace the first INFILE leave the second one as it is, a pipe or not."""
    Path("first").write_bytes(b"5,e\n")
    thread = feed(name="two.dat")
    receipt = load(" INFILE 'two.dat'", data="first")
    thread.join(60)
    assert (5, ("two.bad",)) == (receipt.counts.read, receipt.bad_files)


def test_the_data_file_that_no_infile_names_may_be_a_pipe(landing: Path) -> None:
    """A control file without INFILE reads the file of its name."""
    control = "LOAD DATA APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, v)"
    request = LoadRequest(spec=parse_control(control.encode(), "load.ctl"), spec_path="load.ctl", target="b.db")
    thread = feed(name="load.dat")
    receipt = loads.load(request, Undisturbed())
    thread.join(60)
    assert (4, ("load.bad",)) == (receipt.counts.read, receipt.bad_files)
