"""A chunk is made into rows piece by piece; that is not to be seen in what comes out."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loadstone.load.plan.compile as compiling
from loadstone.bootstrap.targets import open_target
from loadstone.formats.model import Chunk
from loadstone.formats.reader import open_records
from loadstone.load import prepare as preparing
from loadstone.load.batch import Batch
from loadstone.load.columnar import Columnar
from loadstone.load.environment import read_environment
from loadstone.load.inputs import resolve_inputs
from loadstone.load.plan.model import LoadPlan
from loadstone.load.prepare import Lanes, prepare
from loadstone.load.reading import Read
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control

CONTROL = """LOAD DATA INFILE 'x.dat' APPEND INTO TABLE t WHEN name <> 'none' FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
TRAILING NULLCOLS (no RECNUM, id INTEGER EXTERNAL, name CHAR(6) "TRIM(:name)")"""


@pytest.fixture
def plan(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadPlan]:
    """Compiled, into a table of SQLite."""
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    target = open_target(str(here / "bank.db"))
    target.run_ddl(["CREATE TABLE t (no INTEGER, id INTEGER, name VARCHAR_CHAR(4))"])
    (here / "x.dat").write_bytes(b"")
    request = LoadRequest(
        spec=parse_control(CONTROL.encode(), "x.ctl"), spec_path="x.ctl", target=target.url
    )
    environment = read_environment({}, datetime(2024, 5, 6, tzinfo=UTC))
    yield compiling.compile_plan(request, target, environment, resolve_inputs(request))
    target.close()


def read_of(plan: LoadPlan, data: bytes, first: int, stop: int | None) -> Read:
    """All records of ``data`` as one chunk."""
    layout = plan.layouts[plan.charsets[0]]
    chunks = list(
        open_records(
            layout, plan.inputs[0].spec, data,
            input_no=0, unit0=0, record0=70, chunk_size_bytes=1 << 20, compiled=plan.compiled,
        )
    )  # fmt: skip
    assert 1 == len(chunks)
    end = len(chunks[0]) if stop is None else stop
    return Read(
        number=0, chunk=chunks[0], first=first, stop=end, ended=False, digest_before=None, digest_after=None, stamp=""
    )  # fmt: skip


def told(batch: Batch, form: str) -> dict[str, Any]:
    """All of a batch."""
    rows: Any = batch.tables[0].rows
    return {
        "rows": rows.batch.combine_chunks().to_pylist() if form == "arrow" else bytes(rows.data()),
        "record": rows.record.tolist(),
        "rejects": sorted(batch.rejects.items()),
        "discards": batch.discards.tolist(),
        "verdict": batch.verdict.tolist(),
        "counts": batch.counts,
        "steps": batch.steps,
    }


@pytest.mark.parametrize("form", ["arrow", "pgcopy"])
@pytest.mark.parametrize(("first", "stop"), [(0, None), (3, 17)])
def test_pieces_give_the_batch_of_the_whole(
    form: str, first: int, stop: int | None, plan: LoadPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, rejects with their numbers and places, discards, SKIP and LOAD, in pieces of a record or two."""
    lines = [f'{n if n % 5 else "x"}," {"none" if n % 3 == 0 else "toolong" if n % 7 == 0 else n} "' for n in range(24)]
    lanes = Lanes.of(plan, Columnar(plan, {}, Path()))
    read = read_of(plan, "\n".join(lines).encode() + b"\n", first, stop)
    whole = told(prepare(lanes, read, lambda own: (0,) * len(own), form=form), form)
    for size in (1, 17, 60):
        monkeypatch.setattr(preparing, "PIECE_SIZE_BYTES", size)
        assert 1 < len(list(read.pieces(size)))
        assert whole == told(prepare(lanes, read, lambda own: (0,) * len(own), form=form), form)
    assert whole["rejects"] and whole["record"] and len(np.unique(whole["record"])) == len(whole["record"])


def test_a_piece_is_gone_before_the_next_is_read(plan: LoadPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece has a copy of its text: all of them at once would be the chunk twice."""
    alive: list[weakref.ref[Chunk]] = []
    make = Read._piece

    def counted(read: Read, first: int, stop: int) -> Read:
        assert not [one for one in alive[:-1] if one() is not None]  # the last one is let go on return
        made = make(read, first, stop)
        alive.append(weakref.ref(made.chunk))
        return made

    monkeypatch.setattr(Read, "_piece", counted)
    monkeypatch.setattr(preparing, "PIECE_SIZE_BYTES", 20)
    lines = b"".join(b"%d,a\n" % n for n in range(50))
    batch = prepare(Lanes.of(plan, Columnar(plan, {}, Path())), read_of(plan, lines, 0, None), lambda own: (0,), form="arrow")
    assert 50 == batch.counts.loaded and 5 < len(alive)
