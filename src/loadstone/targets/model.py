"""What every target offers: a catalogue, sessions, and chunks that commit with their checkpoint."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from loadstone.books import Checkpoint, Discard, Fence, Lease, LoadReceipt, Reject
from loadstone.datatypes.model import ColumnType
from loadstone.errors import Retry
from loadstone.spec import Method, TableName

if TYPE_CHECKING:
    from loadstone.targets.lookups import LookupQuery

if TYPE_CHECKING:
    from loadstone.targets.staged import StagedSql, StagedTable
    from loadstone.targets.totals import Measured, Total


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the catalogue; ``name`` in the target's own case."""

    name: str
    type: ColumnType
    not_null: bool = False
    has_default: bool = False
    generated: bool = False


@dataclass(frozen=True, kw_only=True)
class TableInfo:
    """
    A table of the catalogue.

    Attributes:
        schema, name: In the target's own case. columns: in order.
        oracle_name: ``"SCHEMA"."TABLE"`` parts as ORA messages show them (upper case).
        parallel_safe: No triggers or rules, and no defaults that draw from a sequence.
        unique: Whether unique keys or exclusion constraints exist; keys: their columns.
        partition: ``PARTITION ("P")`` of an Oracle table, where the spec names one.
        unnamed: The schema is the one that nobody names, as DuckDB's ``main``; messages leave it out.
        read_only: A view that takes no rows; lookups read it.
        logged: Whether rows survive a crash of the server.
        indexes: Names of its indexes with their schema, in upper case, as the log of a direct path shows them.
    """

    schema: str | None
    name: str
    columns: tuple[Column, ...]
    parallel_safe: bool = True
    unique: bool = False
    primary_key: tuple[str, ...] = ()
    partition: str = ""
    unnamed: bool = False
    read_only: bool = False
    logged: bool = True
    indexes: tuple[str, ...] = ()

    def column(self, name: str, *, quoted: bool = False) -> Column | None:
        """The column of that name; any case unless quoted. ``FixSpec`` if several differ in case only."""
        from loadstone.targets.names import match_name

        found = match_name(name, [c.name for c in self.columns], quoted=quoted, what="column")
        return next((c for c in self.columns if c.name == found), None)


class Rows(Protocol):
    """
    Encoded rows of one INTO TABLE clause, in record order.

    Attributes:
        record: 0-based index in the chunk of the record of each row; int64, ascending.
    """

    record: NDArray[np.int64]

    def __len__(self) -> int: ...

    def select(self, keep: NDArray[np.bool_]) -> Rows:
        """The rows whose flag is set."""
        ...

    def slice(self, start: int, stop: int) -> Rows:
        """Rows start to stop, without copying where possible."""
        ...

    def total(self, total: Total) -> Decimal:
        """A total over the rows, as they are sent."""
        ...

    def joined(self, parts: Sequence[Any], starts: Sequence[int]) -> Rows:
        """The rows of ``parts``, of which these are the first; each counts its records from one of ``starts``."""
        ...


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """Rows for one table: the columns named here, in this order, are in ``rows``; ``totals`` are counted in the books."""

    table_no: int
    table: TableInfo
    columns: tuple[str, ...]
    rows: Rows
    method: Method = Method.APPEND
    key: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ConstraintError:
    """Why the target refused one record, in the words of the log."""

    record: int
    table_no: int
    field: str | None
    rule: str
    code: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """The load as its row in the target states it; ``frozen`` holds what chunk 0 fixed (JSON values)."""

    load_id: str
    fence: int
    status: Literal["running", "stopped", "complete"]
    frozen: dict[str, Any] = field(default_factory=dict)
    receipt: dict[str, Any] | None = None


GRACE_S = 7.5
"""How long a holder that is taken over has to leave by itself; a quarter of a lease."""


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """
    One start of a load, which wants its fence.

    Attributes:
        token: Tells starts apart, so that a start knows its own claims. holder: host and process, for messages.
        lease: The lease of the job that runs it; None where none does.
    """

    token: str
    holder: str
    lease: Lease | None = None

    @classmethod
    def here(cls, lease: Lease | None = None) -> Claimant:
        """A new start in this process."""
        return cls(token=uuid.uuid4().hex, holder=f"{socket.gethostname()} pid {os.getpid()}", lease=lease)


class Session(Protocol):
    """
    One connection. Every call may raise ``Retry`` (connection lost, deadlock), ``Stop``
    (disk full, server gone), ``FixSpec`` or ``Refused``; driver errors are chained.
    """

    def begin(self) -> None:
        """Start a write transaction."""
        ...

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """
        Start a write transaction, check the fence, and insert the checkpoint behind it; False when it is no longer mine.

        A transaction for which this gives False, or raises, is to be rolled back.
        """
        ...

    def check_fence(self, fence: Fence) -> bool:
        """Inside the transaction: lock or read the fence row; False when it is no longer mine."""
        ...

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Insert the checkpoint key with its counts; ``Refused`` when the key is there already."""
        ...

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace the counts of a checkpoint added in this transaction."""
        ...

    def write(self, rows: TableRows) -> None:
        """Bulk-write; raises ``ConstraintRefusal`` when the target refuses any row."""
        ...

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Insert reject and discard rows."""
        ...

    def commit(self) -> None:
        """Commit; deferred constraints may raise ``ConstraintRefusal`` (nothing is committed then)."""
        ...

    def stay(self) -> None:
        """Say that an open transaction, which waits for its turn, is wanted; servers end those that stand still."""
        ...

    def rollback(self) -> None:
        """Give up the transaction; never raises on a lost connection."""
        ...

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """
        Inside the transaction, write rows record by record over all tables where bulk fails:
        good ones are written, refused ones are returned, and stand in no table.
        """
        ...

    @property
    def staged(self) -> StagedSql:
        """Statements on staged tables, in the transaction."""
        ...

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Inside the transaction, check or empty tables by their methods; ``Refused`` LS-3005."""
        ...

    def move(self, staged: StagedTable) -> Measured:
        """
        Inside the transaction, copy all rows that wait into their table; raises ``ConstraintRefusal``.

        Returns:
            What this statement stored, as the target has it, whatever others write at the same time.
        """
        ...

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """
        Inside the transaction, the rows that wait, with their totals.

        Args:
            moving: Without those that a later one of their key replaces. records: those of these only.
        """
        ...

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """
        The records (numbered as in the load, ascending) whose staged rows the target refuses, found in
        trials that are rolled back; at most ``enough``. ``begin`` starts a transaction and empties the tables.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, kw_only=True)
class RejectSum:
    """Rejects of one kind: how many, and the record of the first."""

    table: str
    field: str | None
    rule: str
    code: str | None
    count: int
    first: int


class RefusedRecords(Protocol):
    """Rejects and discards of loads, in record order, page by page."""

    def rejects(self, load_id: str, after: int, limit: int) -> list[Reject]:
        """The next ``limit`` rejects behind record ``after``, without their bytes."""
        ...

    def discards(self, load_id: str, after: int, limit: int) -> list[Discard]:
        """The next ``limit`` discards behind record ``after``."""
        ...

    def sums(self, load_id: str) -> list[RejectSum]:
        """How many rejects there are of each kind, the most frequent first."""
        ...


class Target(Protocol):
    """
    A database.

    Attributes:
        kind: Its name in ``--target``. ddl: the dialect of its CREATE statements. form: what rows it takes: PostgreSQL's binary COPY, or Arrow.
        sessions_max: Write sessions that may be open at once.
        chunk_size_bytes: Bytes of a chunk that suit it.
        url: Without password.
    """

    @property
    def kind(self) -> Literal["postgresql", "duckdb", "sqlite", "oracle", "sqlalchemy"]: ...

    @property
    def ddl(self) -> str: ...

    @property
    def form(self) -> Literal["pgcopy", "arrow"]: ...

    @property
    def sessions_max(self) -> int: ...

    @property
    def chunk_size_bytes(self) -> int: ...

    @property
    def url(self) -> str: ...

    def open(self) -> Session:
        """A new session for chunks."""
        ...

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The table, any case unless quoted; None if missing; ``FixSpec`` if ambiguous."""
        ...

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements (already in the target's dialect)."""
        ...

    def init_sql(self, role: str | None = None) -> list[str]:
        """The statements that make the control tables; with the grants for ``role``, where there are roles."""
        ...

    def init_control(self) -> None:
        """Make the control tables where they are missing; ``Refused`` names missing rights."""
        ...

    def hold(self, load_id: str, *, take_over: Claimant | None = None) -> Callable[[], None]:
        """
        Become the only holder of the load until the returned call; ``Refused`` LS-3006 names the holder.

        For ``take_over`` the load is claimed first, so that a holder begins no new chunk; one that does not leave
        is ended after a while. The holder of a file has been ended before the file was opened.
        """
        ...

    def read_load(self, load_id: str) -> LoadRow | None:
        """The load's row."""
        ...

    def unfinished(self, besides: str) -> list[LoadRow]:
        """The rows of other loads that run, or that may go on; the oldest first."""
        ...

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """
        Claim, end older sessions of the load, wait for them, raise the fence (makes the rows).

        ``again``: this start has raised it before and has lost a connection; LS-4003 if another claimed it since.
        """
        ...

    def prepare(
        self, fence: Fence, frozen: dict[str, Any], tables: Sequence[tuple[int, TableInfo, Method]]
    ) -> None:
        """
        Chunk 0, in one transaction: freeze; emptiness check (INSERT: ``Refused`` LS-3005,
        SQL*Loader-601), DELETE (REPLACE) or TRUNCATE, once a table; mark prepared. A second call does nothing.
        """
        ...

    def checkpoints(self, load_id: str) -> list[Checkpoint]:
        """Committed chunks, by (input_no, unit0)."""
        ...

    def rejects(self, load_id: str) -> tuple[list[Reject], list[Discard]]:
        """All rejects and discards, in record order."""
        ...

    @property
    def refused(self) -> RefusedRecords:
        """Rejects and discards, page by page."""
        ...

    def check_rights(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """``Refused`` LS-3008 names each right on a table that the load needs and does not have."""
        ...

    def finish(self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt) -> None:
        """Store status and receipt."""
        ...

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """COUNT(*) or MAX(column) of the table now; 0 when empty."""
        ...

    def look_up(self, query: LookupQuery) -> list[tuple[Any, ...]]:
        """The rows of a lookup, as the driver gives them."""
        ...

    def find_loads(self, prefix: str | None) -> list[str]:
        """Ids of the loads that begin with ``prefix``; the latest one for None."""
        ...

    def ask(self, query: str) -> Any:
        """The one value that ``query`` (one row, one column) gives; None when it gives no row."""
        ...

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Draw ``count`` values of a native sequence (a table on SQLite)."""
        ...

    def close(self) -> None:
        """Close the control connection."""
        ...


class Redo(Retry):
    """The server asks to run the transaction again: a deadlock or a lock that could not be had."""

    redo = True


def refuse_dropped(rows: TableRows, stored: int) -> None:
    """
    Rows that a trigger or a rule takes away without a word are not loaded: their records are refused.

    Args:
        stored: How many of ``rows`` the database says it has stored.

    Raises:
        ConstraintRefusal: Fewer than were sent.
    """
    if stored < len(rows.rows):
        raise dropped(rows.table_no)


def dropped(table_no: int) -> ConstraintRefusal:
    """The refusal of a row that the database took and did not store."""
    reason = "a trigger or a rule of the table did not let the row in"
    return ConstraintRefusal(reason, rule="trigger", table_no=table_no)


class ConstraintRefusal(Exception):
    """
    The target refused a row of a bulk write; the transaction must be rolled back and redone by ``isolate``.

    Attributes:
        table_no, field, rule, code, reason: As in ``ConstraintError``, where the target tells.
    """

    def __init__(
        self,
        reason: str,
        *,
        code: str | None = None,
        rule: str = "constraint",
        field: str | None = None,
        table_no: int = 0,
    ) -> None:
        super().__init__(reason)
        self.reason, self.code, self.rule, self.field, self.table_no = reason, code, rule, field, table_no
