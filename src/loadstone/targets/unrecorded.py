"""Loads without control tables, where none may be made: what they would hold is kept in memory, and dies with the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal

from loadstone.books import Checkpoint, Discard, Fence, LoadReceipt, Reject
from loadstone.errors import Stop
from loadstone.spec import Method, TableName
from loadstone.targets.lookups import LookupQuery
from loadstone.targets.model import (
    Claimant,
    ConstraintError,
    LoadRow,
    RejectSum,
    Session,
    TableInfo,
    TableRows,
    Target,
)
from loadstone.targets.staged import StagedSql, StagedTable
from loadstone.targets.totals import Measured


class Memory:
    """What the control tables would hold of one load."""

    def __init__(self) -> None:
        self.checkpoints: list[Checkpoint] = []
        self._rejects: list[Reject] = []
        self._discards: list[Discard] = []
        self._lock = threading.Lock()

    def add(
        self, checkpoint: Checkpoint | None, rejects: Sequence[Reject], discards: Sequence[Discard]
    ) -> None:
        """Keep what a chunk has committed."""
        with self._lock:
            self.checkpoints += [checkpoint] if checkpoint is not None else []
            self._rejects += rejects
            self._discards += discards

    def rejects(self, load_id: str, after: int, limit: int) -> list[Reject]:
        """The next ``limit`` rejects behind record ``after``."""
        return [one for one in self._rejects if one.record_no > after][:limit]

    def discards(self, load_id: str, after: int, limit: int) -> list[Discard]:
        """The next ``limit`` discards behind record ``after``."""
        return [one for one in self._discards if one.record_no > after][:limit]

    def sums(self, load_id: str) -> list[RejectSum]:
        """How many rejects there are of each kind."""
        found: dict[tuple[Any, ...], RejectSum] = {}
        for one in self._rejects:
            key = (one.table, one.field, one.rule, one.code)
            first = found[key].first if key in found else one.record_no
            count = found[key].count + 1 if key in found else 1
            found[key] = RejectSum(
                table=one.table, field=one.field, rule=one.rule, code=one.code, count=count, first=first
            )
        return sorted(found.values(), key=lambda one: -one.count)

    def all(self) -> tuple[list[Reject], list[Discard]]:
        """All rejects and discards."""
        return self._rejects, self._discards


class UnrecordedTarget:
    """
    A target of which only the tables of the load are written.

    A chunk is one transaction as ever. A connection that is lost ends the load, since nobody can tell
    whether the last chunk was committed; a start after that loads anew.
    """

    def __init__(self, inner: Target) -> None:
        self._inner, self._memory = inner, Memory()
        self._fenced = False

    @property
    def kind(self) -> Literal["postgresql", "duckdb", "sqlite", "oracle", "sqlalchemy"]:
        """As the target has it."""
        return self._inner.kind

    @property
    def ddl(self) -> str:
        """As the target has it."""
        return self._inner.ddl

    @property
    def form(self) -> Literal["pgcopy", "arrow"]:
        """As the target has it."""
        return self._inner.form

    @property
    def sessions_max(self) -> int:
        """As the target has it."""
        return self._inner.sessions_max

    @property
    def chunk_size_bytes(self) -> int:
        """As the target has it."""
        return self._inner.chunk_size_bytes

    @property
    def url(self) -> str:
        """As the target has it."""
        return self._inner.url

    @property
    def refused(self) -> Memory:
        """Rejects and discards, page by page."""
        return self._memory

    def open(self) -> UnrecordedSession:
        """A new session for chunks."""
        return UnrecordedSession(self._inner.open(), self._memory)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """As the target has it."""
        return self._inner.find_table(table, schema_map)

    def run_ddl(self, statements: Sequence[str]) -> None:
        """As the target has it."""
        self._inner.run_ddl(statements)

    def init_sql(self, role: str | None = None) -> list[str]:
        """Nothing is made."""
        return []

    def init_control(self) -> None:
        """Nothing is made."""

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """As the target has it."""
        self._inner.check_rights(tables)

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """As the target has it; Oracle would need a table for that."""
        return self._inner.hold(load_id) if self._inner.kind != "oracle" else _nothing

    def read_load(self, load_id: str) -> LoadRow | None:
        """No load is known."""
        return None

    def unfinished(self, besides: str) -> list[LoadRow]:
        """No load is known."""
        return []

    def find_loads(self, prefix: str | None) -> list[str]:
        """No load is known."""
        return []

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """
        The fence of the one start.

        Raises:
            Stop: LS-3026 the connection was lost.
        """
        if self._fenced:
            raise Stop(
                "LS-3026",
                "the connection is lost, and without control tables nobody can tell whether the last chunk is there",
                hints=["look at the table, empty it where that is right, and start again."],
            )
        self._fenced = True
        return Fence(load_id=load_id, partition=0, number=1)

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """Check or empty the tables, in one transaction."""
        session = self._inner.open()
        try:
            session.begin()
            session.empty(tables)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    def checkpoints(self, load_id: str) -> list[Checkpoint]:
        """Committed chunks of this process."""
        return list(self._memory.checkpoints)

    def rejects(self, load_id: str) -> tuple[list[Reject], list[Discard]]:
        """Rejects and discards."""
        return self._memory.all()

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Nothing is kept."""

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """As the target has it."""
        return self._inner.sequence_base(table, column, base)

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """As the target has it."""
        return self._inner.look_up(query)

    def ask(self, query: str) -> Any:
        """As the target has it."""
        return self._inner.ask(query)

    def next_values(self, sequence: str, count: int) -> list[int]:
        """As the target has it."""
        return self._inner.next_values(sequence, count)

    def blocked_by_mine(self, pids: Sequence[int]) -> bool:
        """As the target has it."""
        blocked = getattr(self._inner, "blocked_by_mine", None)
        return bool(blocked is not None and blocked(pids))

    def close(self) -> None:
        """Close the target."""
        self._inner.close()


class UnrecordedSession:
    """A session whose checkpoints and rejects go into memory when its transaction is committed."""

    def __init__(self, inner: Session, memory: Memory) -> None:
        self._inner, self._memory = inner, memory
        self._checkpoint: Checkpoint | None = None
        self._rejects: list[Reject] = []
        self._discards: list[Discard] = []

    @property
    def pid(self) -> int | None:
        """As the session has it."""
        found: int | None = getattr(self._inner, "pid", None)
        return found

    @property
    def staged(self) -> StagedSql:
        """As the session has it."""
        return self._inner.staged

    def begin(self) -> None:
        """Start a transaction."""
        self._forget()
        self._inner.begin()

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """Start a transaction; the checkpoint is kept until its commit."""
        self.begin()
        self.add_checkpoint(fence.load_id, checkpoint)
        return True

    def check_fence(self, fence: Fence) -> bool:
        """Nobody else can take an unrecorded load over."""
        return True

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Keep it until the commit."""
        self._checkpoint = checkpoint

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Keep this one instead."""
        self._checkpoint = checkpoint

    def write(self, rows: TableRows) -> None:
        """As the session has it."""
        self._inner.write(rows)

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Keep them until the commit."""
        self._rejects, self._discards = list(rejects), list(discards)

    def commit(self) -> None:
        """Commit; what was kept counts from now on."""
        self._inner.commit()
        self._memory.add(self._checkpoint, self._rejects, self._discards)
        self._forget()

    def stay(self) -> None:
        """As the session has it."""
        self._inner.stay()

    def rollback(self) -> None:
        """Give up the transaction and what was kept."""
        self._forget()
        self._inner.rollback()

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """As the session has it."""
        return self._inner.isolate(tables)

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """As the session has it."""
        self._inner.empty(tables)

    def move(self, staged: StagedTable) -> Measured:
        """As the session has it."""
        return self._inner.move(staged)

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """As the session has it."""
        return self._inner.measure(staged, moving=moving, records=records)

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """As the session has it."""
        return self._inner.find_refused(tables, begin, enough)

    def close(self) -> None:
        """Close the session."""
        self._inner.close()

    # Private methods

    def _forget(self) -> None:
        self._checkpoint, self._rejects, self._discards = None, [], []


# Private functions


def _nothing() -> None:
    return None
