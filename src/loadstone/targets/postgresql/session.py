"""Chunks into PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import sql

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.spec import Method
from loadstone.targets.control import (
    CHECKPOINT_COLUMNS,
    DISCARD_COLUMNS,
    FENCE,
    REJECT_COLUMNS,
    Control,
    checkpoint_row,
    discard_row,
    reject_row,
)
from loadstone.targets.isolate import isolate_by_halves
from loadstone.targets.model import (
    ConstraintError,
    ConstraintRefusal,
    TableInfo,
    TableRows,
    dropped,
    refuse_dropped,
)
from loadstone.targets.postgresql.faults import translate
from loadstone.targets.postgresql.idle import SHELF
from loadstone.targets.postgresql.totals import total_sql
from loadstone.targets.preparing import empty_tables
from loadstone.targets.staged import StagedSql, StagedTable, quoted, refused_in, returning
from loadstone.targets.totals import Measured, Total
from loadstone.telemetry.points import reach

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

SORT_BYTES_MAX = 256 << 20
"""Memory that the server may take, for the transaction, to put staged rows in the order of their records."""

_STORED = "SELECT {names} FROM {table} WHERE xmin = pg_current_xact_id()::xid"
"""What this transaction has stored in a table, as it stands there."""

_SMALL = "SELECT relkind = 'r' AND pg_relation_size(oid) <= pg_relation_size(?::regclass) FROM pg_class WHERE oid = ?::regclass"
"""Whether a table takes no longer to read than the staged rows do."""

_SORT_MEMORY = (
    "SELECT set_config('work_mem', greatest(pg_size_bytes(current_setting('work_mem')),"
    " least(2 * pg_table_size(?::regclass), ?)) / 1024 || 'kB', true)"
)
"""Twice the table's size: rows in a sort are wider than rows in a page. What the server's owner allows already is kept."""


class PostgresSession:
    """One connection for chunks; ``pid`` is its backend's process id."""

    def __init__(self, connection: psycopg.Connection[Any], prefix: str, part: int = 0) -> None:
        self._raw, self._begun = connection, True
        self._prefix, self._part = prefix, part
        self._moved: set[str] = set()
        self.pid = connection.info.backend_pid
        self._control = Control(self._execute, prefix, part)
        self.staged = StagedSql(self._execute, prefix, _named)

    def begin(self) -> None:
        """Start a transaction; the server is told with the next statement."""
        self._begun = False
        self._moved.clear()

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """
        All in one trip: the fence's row is locked in share mode, so that it cannot be raised before this transaction ends.

        The checkpoint comes from a statement of its own behind that lock, which sees what is committed when it begins,
        and makes no row where another fence or a later claim stands.
        """
        self._begun = True
        key = [fence.load_id, self._part]
        values = [*key, *checkpoint_row(fence.load_id, checkpoint), *key, fence.number, fence.number]
        with translate(), psycopg.ClientCursor(self._raw) as cursor:
            cursor.execute(_enter_query(self._prefix), values)
            while cursor.nextset():
                pass
            entered = cursor.rowcount == 1
        reach("fence_checked")
        return entered

    def check_fence(self, fence: Fence) -> bool:
        """Lock the fence row in share mode: it cannot be raised before this transaction ends."""
        return self._control.holds_fence(fence.load_id, fence.number, lock=" FOR SHARE")

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Insert the checkpoint."""
        self._control.add_checkpoint(load_id, checkpoint)

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint."""
        self._control.update_checkpoint(load_id, checkpoint)

    def write(self, rows: TableRows) -> None:
        """Binary COPY; upserts go through a temporary table."""
        with translate(rows):
            if rows.method is Method.UPSERT:
                self._upsert(rows)
            else:
                refuse_dropped(rows, self._copy(_parts_of(rows.table), rows))

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """COPY reject and discard rows."""
        for table, columns, rows in (
            ("loadstone_reject", REJECT_COLUMNS, [reject_row(load_id, one) for one in rejects]),
            ("loadstone_discard", DISCARD_COLUMNS, [discard_row(load_id, one) for one in discards]),
        ):
            if not rows:
                continue
            with translate(), self._connection.cursor() as cursor:
                with cursor.copy(f"COPY {self._prefix}{table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)

    def commit(self) -> None:
        """Commit; deferred constraints may refuse here, and then nothing is committed."""
        with translate(refusals=True):
            self._connection.execute("COMMIT")

    def stay(self) -> None:
        """A query, which starts the time of ``idle_in_transaction_session_timeout`` anew."""
        self._execute("SELECT 1", [])

    def rollback(self) -> None:
        """Give up the transaction; a lost connection has done so by itself."""
        self._begun = True
        try:
            if self._raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                self._raw.execute("ROLLBACK")
        except psycopg.Error:
            return

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """Find refused records by savepoints; deferred constraints are checked at once."""
        self._execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        return isolate_by_halves(tables, self._attempt)

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Check or empty tables; TRUNCATE is part of the transaction."""
        empty_tables(tables, self._execute, quoted=_named, truncate="TRUNCATE TABLE {}")

    def move(self, staged: StagedTable) -> Measured:
        """
        Copy all rows that wait; they are sorted in memory where ``SORT_BYTES_MAX`` holds them.

        What is stored is read again where that is quick and nothing else of this transaction is in the table: the server
        keeps all that RETURNING gives until the statement ends, at a third of the time of the statement.
        """
        self._execute(_SORT_MEMORY, [_named(staged.stage), SORT_BYTES_MAX])
        reads = bool(staged.totals) and self._reads_again(staged)
        self._moved.add(_named(staged.table))
        moved = self._move(staged, None, None, () if reads else staged.totals)
        if not reads:
            return moved
        names = ", ".join(quoted(total.column) for total in staged.totals)
        stored = _STORED.format(names=names, table=_named(staged.table))
        return _measured(self._execute(_totals_sql(staged.totals, stored), [])[0])

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """Rows that wait, as ``Session`` says."""
        if not staged.totals:
            return Measured(rows=self.staged.counted(staged, moving, records))
        rows = self._execute(_totals_sql(staged.totals, self.staged.totals_sql(staged, moving, records)), [])
        return _measured(rows[0])

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """Find refused records by savepoints over ranges, in one transaction that is rolled back."""

        def attempt(first: int, last: int) -> None:
            with self._savepoint():
                for staged in tables:
                    self._move(staged, first, last)

        begin()
        try:
            self._execute("SET CONSTRAINTS ALL IMMEDIATE", [])
            self.staged.index(tables)
            return refused_in(self.staged.span(tables), attempt, enough)
        finally:
            self.rollback()

    def close(self) -> None:
        """Give the connection back; it is closed where it stands in a transaction, or is not kept."""
        SHELF.give(self._raw)

    # Private methods

    @property
    def _connection(self) -> psycopg.Connection[Any]:
        """The connection, in the transaction that ``begin`` promised."""
        if not self._begun:
            self._begun = True
            run(self._raw, "BEGIN", [])
        return self._raw

    def _execute(self, text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return run(self._connection, text, parameters)

    def _move(
        self, staged: StagedTable, first: int | None, last: int | None, totals: Sequence[Total] = ()
    ) -> Measured:
        statement = self.staged.move_sql(staged, first, last)
        with translate(staged.blamed()):
            if totals:
                measuring = _totals_sql(totals, statement + returning(totals)).encode()
                moved = _measured(self._connection.execute(measuring).fetchall()[0])
            else:
                moved = Measured(rows=self._connection.execute(statement.encode()).rowcount)
            # Where no trigger and no rule can take a row away, counting again would only cost time.
            if not staged.table.parallel_safe and moved.rows < self.staged.expected(staged, first, last):
                raise dropped(staged.table_no)
        return moved

    def _reads_again(self, staged: StagedTable) -> bool:
        """Whether what the transaction has stored in the table will be the rows of this set alone, and few beside others."""
        table = _named(staged.table)
        if table in self._moved or not staged.table.parallel_safe:
            return False
        return bool(self._execute(_SMALL, [_named(staged.stage), table])[0][0])

    def _attempt(self, tables: Sequence[TableRows]) -> None:
        with self._savepoint():
            for table in tables:
                self.write(table)

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """A refusal inside leaves the transaction as it was before."""
        self._execute("SAVEPOINT part", [])
        try:
            yield
        except ConstraintRefusal:
            self._execute("ROLLBACK TO SAVEPOINT part", [])
            self._execute("RELEASE SAVEPOINT part", [])
            raise
        self._execute("RELEASE SAVEPOINT part", [])

    def _copy(self, table: tuple[str, ...], rows: TableRows) -> int:
        """How many rows the server has stored."""
        cursor = self._connection.cursor()
        with cursor.copy(_copy_query(table, rows.columns)) as copy:
            copy.write(HEADER)
            copy.write(rows.rows.data())  # type: ignore[attr-defined]
            copy.write(TRAILER)
        return cursor.rowcount

    def _upsert(self, rows: TableRows) -> None:
        """The last row of a key wins, within the chunk and against the table."""
        names = [sql.Identifier(name) for name in rows.columns]
        key = {name.upper() for name in rows.key}
        keys = [sql.Identifier(name) for name in rows.columns if name.upper() in key]
        changed = [name for name in rows.columns if name.upper() not in key]
        listed, by = sql.SQL(", ").join(names), sql.SQL(", ").join(keys)
        self._connection.execute("DROP TABLE IF EXISTS pg_temp.loadstone_upsert")
        self._connection.execute(
            sql.SQL(
                "CREATE TEMP TABLE loadstone_upsert ON COMMIT DROP AS SELECT {} FROM {} WHERE false"
            ).format(listed, name_of(rows.table))
        )
        self._connection.execute("ALTER TABLE loadstone_upsert ADD loadstone_n bigserial")
        self._copy(("pg_temp", "loadstone_upsert"), rows)
        update = sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in changed
        )
        action = sql.SQL("DO UPDATE SET {}").format(update) if changed else sql.SQL("DO NOTHING")
        sent = self._connection.execute(
            sql.SQL("SELECT count(*) FROM (SELECT DISTINCT {} FROM loadstone_upsert) d").format(by)
        ).fetchone()
        stored = self._connection.execute(
            sql.SQL(
                "INSERT INTO {table} ({names}) SELECT DISTINCT ON ({keys}) {names} FROM loadstone_upsert"
                " ORDER BY {keys}, loadstone_n DESC ON CONFLICT ({keys}) {action}"
            ).format(table=name_of(rows.table), names=listed, keys=by, action=action)
        ).rowcount
        if changed and sent is not None and stored < sent[0]:
            raise dropped(rows.table_no)


@cache
def _enter_query(prefix: str) -> bytes:
    marks = ", ".join(["%s"] * len(CHECKPOINT_COLUMNS))
    return (
        (
            f"BEGIN;{FENCE.format(prefix)} FOR SHARE;"
            f"INSERT INTO {prefix}loadstone_chunk ({', '.join(CHECKPOINT_COLUMNS)}) SELECT {marks}"
            f" FROM {prefix}loadstone_fence f JOIN {prefix}loadstone_claim c USING (load_id, part)"
            " WHERE load_id = ? AND part = ? AND fence_no = ? AND claim_no <= ?"
        )
        .replace("?", "%s")
        .encode()
    )


@cache
def _copy_query(table: tuple[str, ...], columns: tuple[str, ...]) -> bytes:
    """Composed once: every chunk sends it."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(*table), names).as_bytes()


def name_of(table: TableInfo) -> sql.Identifier:
    """The table's qualified name."""
    return sql.Identifier(*_parts_of(table))


def _parts_of(table: TableInfo) -> tuple[str, ...]:
    return (table.schema, table.name) if table.schema else (table.name,)


def _named(table: TableInfo) -> str:
    return name_of(table).as_string()


def _totals_sql(totals: Sequence[Total], rows: str) -> str:
    """Count and totals of what a statement gives, computed by the server."""
    sums = ", ".join(total_sql(total, f"c{number}") for number, total in enumerate(totals))
    names = ", ".join(f"c{number}" for number in range(len(totals)))
    return f"WITH moved ({names}) AS ({rows}) SELECT count(*), {sums} FROM moved"


def _measured(row: tuple[Any, ...]) -> Measured:
    return Measured(rows=int(row[0]), sums=tuple(row[1:]))


def run(connection: psycopg.Connection[Any], text: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a statement with ``?`` parameters; its rows."""
    with translate():
        cursor = connection.execute(text.replace("?", "%s") if parameters else text, parameters or None)
        return cursor.fetchall() if cursor.description else []
