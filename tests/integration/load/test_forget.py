"""A chunk's bytes go once its rows exist, and are read again where the target refuses records or a limit cuts."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import SimpleNamespace

import pytest

from loadstone.books import LoadReceipt
from loadstone.errors import FixFile
from loadstone.formats.model import Chunk
from loadstone.load import workers
from loadstone.load.reading import Read
from tests.runs import load, rows_of

DDL = "CREATE TABLE t (id NUMBER(9) PRIMARY KEY, name VARCHAR2(9));"
CONTROL = "LOAD DATA INFILE '{}' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, name)"
LINES = [f"{n % 40},name {n}\n" for n in range(60)]
"""The last twenty have ids that stand there already."""


def loaded(file: str, target: str, *, errors: int = -1) -> LoadReceipt:
    """Load the file in chunks of five records or so."""
    return load(CONTROL.format(file), target, ddl=DDL, errors=errors, chunk_size_bytes=60, bad="in.bad")


@pytest.mark.parametrize("file", ["in.dat", "in.dat.gz"])
def test_records_that_the_target_refuses_keep_their_bytes(here: Path, target_url: str, file: str) -> None:
    """Of a plain file they are read again; of a compressed one they were never let go."""
    data = "".join(LINES).encode()
    (here / file).write_bytes(gzip.compress(data) if file.endswith("gz") else data)
    receipt = loaded(file, target_url)
    assert (40, 20) == (receipt.counts.loaded, receipt.counts.rejected)
    assert "".join(LINES[40:]) == (here / "in.bad").read_text()
    raw = [
        bytes(row[0])
        for row in rows_of(target_url, "SELECT raw_bytes FROM loadstone_reject ORDER BY record_no")
    ]
    assert [line.encode() for line in LINES[40:]] == raw


def test_a_limit_within_a_chunk_still_knows_its_digest(here: Path, target_url: str) -> None:
    """The load ends at the eighth refused record, and the rest goes in with a further one."""
    (here / "in.dat").write_text("".join(LINES))
    stopped = loaded("in.dat", target_url, errors=7)
    assert ("errors", 48) == (stopped.outcome, stopped.counts.read)
    rest = loaded("in.dat", target_url)
    assert (40, 20) == (rest.counts.loaded, rest.counts.rejected)


def test_a_plain_chunk_holds_nothing_while_it_waits(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is committed is rows; bytes are there only for chunks with refused records."""
    (here / "in.dat").write_text("".join(LINES))
    held: list[int] = []
    forget = Chunk.forget

    def seen(chunk: Chunk) -> None:
        forget(chunk)
        held.append(len(chunk.data) + len(chunk.text))

    recalled: list[int] = []
    recall = Read.recall
    monkeypatch.setattr(Chunk, "forget", seen)
    monkeypatch.setattr(Read, "recall", lambda read, one: (recalled.append(read.number), recall(read, one)))
    loaded("in.dat", "bank.db")
    assert {0} == set(held) and 8 < len(held)
    assert 0 < len(recalled) < len(held)


def test_a_file_that_is_written_to_meanwhile_is_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its records are not those that were loaded: nothing is told of them."""
    (here / "in.dat").write_text("".join(LINES))
    forget = Chunk.forget

    def overwritten(chunk: Chunk) -> None:
        forget(chunk)
        (here / "in.dat").write_text((here / "in.dat").read_text().swapcase())

    monkeypatch.setattr(Chunk, "forget", overwritten)
    with pytest.raises(FixFile, match="was written to while it was loaded") as caught:
        loaded("in.dat", "bank.db")
    assert "LS-4002" == caught.value.code


@pytest.mark.parametrize(("modules", "expected"), [({"pyarrow": None}, list(workers.LIBRARIES)), ({}, [])])
def test_libraries_are_let_go_once(
    modules: dict[str, None], expected: list[str], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first chunk, whatever comes behind it; a load without Arrow has none of them."""
    (here / "in.dat").write_text("".join(LINES))
    released: list[str] = []
    monkeypatch.setattr(workers, "release", released.append)
    monkeypatch.setattr(workers, "sys", SimpleNamespace(modules=modules))
    loaded("in.dat", "bank.db")
    assert expected == released
