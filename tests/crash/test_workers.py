"""Workers share a session on targets that have one writer: one of them that leaves lets the others' work alone."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from loadstone.clock import SystemClock
from loadstone.load.columnar import Columnar
from loadstone.load.commit import Committer
from loadstone.load.environment import read_environment
from loadstone.load.inputs import resolve_inputs
from loadstone.load.plan.compile import compile_plan
from loadstone.load.prepare import Lanes, prepare
from loadstone.load.reading import ChunkSource
from loadstone.load.remembered import Remembered
from loadstone.load.resume import Progress
from loadstone.load.tickets import Closed
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.targets.model import Claimant, Session, TableRows
from tests.runs import rows_of
from tests.targets import execute, opened

CONTROL = "LOAD DATA INFILE 'load.dat' APPEND INTO TABLE t FIELDS TERMINATED BY '|' (id INTEGER EXTERNAL)"
LOAD = "a" * 32


class Slow:
    """A session whose writes wait until they are let go."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.writing, self.go_on = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._session, name)

    def write(self, rows: TableRows) -> None:
        self.writing.set()
        assert self.go_on.wait(60)
        self._session.write(rows)


@pytest.mark.parametrize("name", ["bank.db", "bank.duckdb"])
def test_a_worker_that_leaves_does_not_roll_back_the_chunk_of_another(here: Path, name: str) -> None:
    """
    The first chunk is being written; the second waits for its turn, and leaves since a third worker failed.

    It must not roll back the session that the first one writes to: the rest would commit without a checkpoint.
    """
    (here / "load.dat").write_bytes(b"1\n2\n3\n4\n")
    execute(name, "CREATE TABLE t (id INTEGER)")
    request = LoadRequest(
        spec=parse_control(CONTROL.encode(), "x.ctl"), spec_path="x.ctl", target=name, chunk_size_bytes=4
    )
    with opened(name) as target:
        target.init_control()
        environment = read_environment({}, SystemClock().now())
        plan = compile_plan(request, target, environment, resolve_inputs(request))
        lanes = Lanes.of(plan, Columnar(plan, {}, here))
        committer = Committer(
            plan, target.raise_fence(LOAD, Claimant.here()), Progress(), Remembered(), early=False
        )
        source, slow = ChunkSource(plan, Progress(), {}, lambda: 4), Slow(target.open())
        reads = [read for read in iter(source.next, None)]
        batches = [prepare(lanes, read, lambda own: (0,)) for read in reads]
        assert len(reads) == 2
        ended: list[BaseException | None] = [None, None]

        def submit(number: int) -> None:
            try:
                committer.submit(slow, reads[number], batches[number])  # type: ignore[arg-type]
            except BaseException as error:
                ended[number] = error

        first, second = (threading.Thread(target=submit, args=(number,)) for number in (0, 1))
        first.start()
        assert slow.writing.wait(60)
        second.start()
        committer.tickets.close()
        second.join(60)
        slow.go_on.set()
        first.join(60)
        assert isinstance(ended[1], Closed) and ended[0] is None
        committed = sum(one.counts.loaded for one in target.checkpoints(LOAD))
        slow.close()
    assert (2, 2) == (committed, len(rows_of(name, "SELECT id FROM t")))
