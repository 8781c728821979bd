"""Chunks into a database by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from loadstone.books import Checkpoint, Discard, Fence, Reject
from loadstone.datatypes.model import Kind
from loadstone.errors import FixSpec, Refused
from loadstone.spec import Method
from loadstone.targets.control import DISCARD_COLUMNS, REJECT_COLUMNS, Control, discard_row, reject_row
from loadstone.targets.entering import enter_stepwise
from loadstone.targets.isolate import isolate_by_halves
from loadstone.targets.model import (
    ConstraintError,
    ConstraintRefusal,
    TableInfo,
    TableRows,
    dropped,
    refuse_dropped,
)
from loadstone.targets.names import quote_name
from loadstone.targets.sqlalchemy.catalogue import unique_keys
from loadstone.targets.sqlalchemy.faults import error_of, is_refusal, refusal_of, translate
from loadstone.targets.staged import StagedSql, StagedTable
from loadstone.targets.totals import Measured

BATCH_ROWS = 5_000
_CHECKS_AT_ONCE = {"postgresql", "oracle"}
"""Dialects with deferred constraints, which isolation wants checked at once."""


class SqlAlchemySession:
    """One connection for chunks."""

    def __init__(self, connection: sa.Connection, prefix: str) -> None:
        self._connection, self._prefix = connection, prefix
        self._control = Control(self._execute, prefix)
        self._keys_checked: set[tuple[str, tuple[str, ...]]] = set()

    def begin(self) -> None:
        """Start a transaction."""
        with translate():
            self._connection.begin()

    def enter(self, fence: Fence, checkpoint: Checkpoint) -> bool:
        """One statement after the other."""
        return enter_stepwise(self, fence, checkpoint)

    def check_fence(self, fence: Fence) -> bool:
        """The beat locks the fence row: it cannot be raised before this transaction ends."""
        self._execute(
            f"UPDATE {self._prefix}loadstone_fence SET beat = beat + 1 WHERE load_id = ? AND part = 0",
            [fence.load_id],
        )
        return self._control.holds_fence(fence.load_id, fence.number)

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """
        Insert the checkpoint.

        Raises:
            Refused: LS-4003 another process has loaded that chunk.
        """
        try:
            self._control.add_checkpoint(load_id, checkpoint)
        except ConstraintRefusal as refusal:
            raise Refused("LS-4003", f"load {load_id} was taken over by another process") from refusal

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace the checkpoint."""
        self._control.update_checkpoint(load_id, checkpoint)

    def write(self, rows: TableRows) -> None:
        """
        Insert all rows in batches; an upsert changes the row of its key, or inserts.

        Raises:
            ConstraintRefusal: A row is refused, or the driver tells that fewer were stored than were sent.
        """
        names = [f"p{number}" for number in range(len(rows.columns))]
        upsert = rows.method is Method.UPSERT
        if upsert:
            self._check_key(rows)
        insert, stored = sa.text(insert_sql(rows)), 0
        with translate(rows):
            for start in range(0, len(rows.rows), BATCH_ROWS):
                values = [dict(zip(names, row, strict=True)) for row in _values(rows, start)]
                if upsert:
                    self._upsert(rows, insert, values)
                    stored += len(values)
                else:
                    stored += self._insert(insert, values)
        refuse_dropped(rows, stored)

    def add_rejects(self, load_id: str, rejects: Sequence[Reject], discards: Sequence[Discard]) -> None:
        """Insert reject and discard rows."""
        for table, columns, rows in (
            ("loadstone_reject", REJECT_COLUMNS, [reject_row(load_id, one) for one in rejects]),
            ("loadstone_discard", DISCARD_COLUMNS, [discard_row(load_id, one) for one in discards]),
        ):
            if rows:
                places = ", ".join(f":{name}" for name in columns)
                sql = f"INSERT INTO {self._prefix}{table} ({', '.join(columns)}) VALUES ({places})"
                with translate():
                    self._connection.execute(
                        sa.text(sql), [dict(zip(columns, row, strict=True)) for row in rows]
                    )

    def commit(self) -> None:
        """Commit; deferred constraints may refuse here, and then nothing is committed."""
        try:
            self._connection.commit()
        except exc.DBAPIError as error:
            if is_refusal(error):
                raise refusal_of(error, None) from error
            raise error_of(error) from error

    def stay(self) -> None:
        """Nothing is sent before its turn."""

    def rollback(self) -> None:
        """Give up the transaction; a lost connection has done so by itself."""
        with suppress(exc.SQLAlchemyError):
            self._connection.rollback()

    def isolate(self, tables: Sequence[TableRows]) -> list[ConstraintError]:
        """Find refused records by savepoints."""
        if self._connection.dialect.name in _CHECKS_AT_ONCE:
            self._execute("SET CONSTRAINTS ALL IMMEDIATE", [])
        return isolate_by_halves(tables, self._attempt)

    @property
    def staged(self) -> StagedSql:
        """Not to be had: CREATE TABLE commits on many servers."""
        raise _no_staged_sets(self._connection.dialect.name)

    def empty(self, tables: Sequence[tuple[int, TableInfo, Method]]) -> None:
        """Not to be had without staged sets."""
        raise _no_staged_sets(self._connection.dialect.name)

    def move(self, staged: StagedTable) -> Measured:
        """Not to be had without staged sets."""
        raise _no_staged_sets(self._connection.dialect.name)

    def measure(
        self, staged: StagedTable, *, moving: bool = False, records: Sequence[int] | None = None
    ) -> Measured:
        """Not to be had without staged sets."""
        raise _no_staged_sets(self._connection.dialect.name)

    def find_refused(
        self, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
    ) -> list[ConstraintError]:
        """Not to be had without staged sets."""
        raise _no_staged_sets(self._connection.dialect.name)

    def close(self) -> None:
        """Close the connection."""
        with suppress(exc.SQLAlchemyError):
            self._connection.close()

    # Private methods

    def _execute(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return run(self._connection, sql, parameters)

    def _attempt(self, tables: Sequence[TableRows]) -> None:
        with translate():
            nested = self._connection.begin_nested()
        try:
            for table in tables:
                self.write(table)
        except ConstraintRefusal:
            nested.rollback()
            raise
        nested.commit()

    def _insert(self, insert: sa.TextClause, values: Sequence[dict[str, Any]]) -> int:
        """How many of the rows are stored; as many as were sent where the driver does not tell."""
        result = self._connection.execute(insert, values)
        dialect = self._connection.dialect
        tells = dialect.supports_sane_multi_rowcount if len(values) > 1 else dialect.supports_sane_rowcount
        return result.rowcount if tells and result.rowcount >= 0 else len(values)

    def _upsert(self, rows: TableRows, insert: sa.TextClause, values: list[dict[str, Any]]) -> None:
        """Row by row in order, so that the last one of a key wins."""
        wanted = {name.upper() for name in rows.key}
        pairs = [(quote_name(name), f":p{number}") for number, name in enumerate(rows.columns)]
        keys = [name.upper() in wanted for name in rows.columns]
        where = " AND ".join(f"{n} = {p}" for (n, p), key in zip(pairs, keys, strict=True) if key)
        changed = ", ".join(f"{n} = {p}" for (n, p), key in zip(pairs, keys, strict=True) if not key)
        update = sa.text(f"UPDATE {name_of(rows.table)} SET {changed} WHERE {where}")
        known = sa.text(f"SELECT count(*) FROM {name_of(rows.table)} WHERE {where}")
        used = {f"p{number}" for number, key in enumerate(keys) if key}
        for row in values:
            if changed and self._connection.execute(update, row).rowcount:
                continue
            key_alone = {name: value for name, value in row.items() if name in used}
            new = changed or not self._connection.execute(known, key_alone).scalar()
            if new and not self._insert(insert, [row]):
                raise dropped(rows.table_no)

    def _check_key(self, rows: TableRows) -> None:
        """
        Columns that no unique key covers may mean several rows.

        Raises:
            FixSpec: LS-3023.
        """
        table = rows.table
        if (table.name, rows.key) in self._keys_checked:
            return
        wanted = {name.upper() for name in rows.key}
        known = unique_keys(sa.inspect(self._connection), table.schema, table.name)
        if not any({name.upper() for name in one} <= wanted for one in known):
            raise FixSpec(
                "LS-3023",
                f"table {table.name} has no unique key of {', '.join(rows.key)}, so no row can be told apart",
                hints=["name the columns of its primary or unique key under `key`."],
            )
        self._keys_checked.add((table.name, rows.key))


def name_of(table: TableInfo) -> str:
    """The table's qualified name."""
    return ".".join(quote_name(part) for part in (table.schema, table.name) if part)


def insert_sql(rows: TableRows) -> str:
    """The INSERT of a table, with places ``:p0``, ``:p1``, ..."""
    names = ", ".join(quote_name(name).replace(":", "\\:") for name in rows.columns)
    places = ", ".join(f":p{number}" for number in range(len(rows.columns)))
    return f"INSERT INTO {name_of(rows.table)} ({names}) VALUES ({places})"


def run(connection: sa.Connection, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """
    Run a statement with ``?`` parameters; its rows.

    Raises:
        ConstraintRefusal: A row of our own tables is there already.
    """
    parts = sql.replace(":", "\\:").split("?") if parameters else [sql.replace(":", "\\:")]
    named = "".join(f"{part}:p{number}" for number, part in enumerate(parts[:-1])) + parts[-1]
    try:
        result = connection.execute(
            sa.text(named), {f"p{number}": value for number, value in enumerate(parameters)}
        )
        return [tuple(row) for row in result] if result.returns_rows else []
    except exc.IntegrityError as error:
        raise refusal_of(error, None) from error
    except exc.DBAPIError as error:
        raise error_of(error) from error


# Private functions


def _values(rows: TableRows, start: int) -> list[tuple[Any, ...]]:
    """Rows from ``start`` on as Python values; decimals exact."""
    batch = rows.rows.batch.slice(start, BATCH_ROWS)  # type: ignore[attr-defined]
    known = {column.name: column.type.kind for column in rows.table.columns}
    columns = []
    for number, name in enumerate(rows.columns):
        values = batch.column(number).to_pylist()
        if known[name] is Kind.DECIMAL:
            values = [None if text is None else Decimal(text) for text in values]
        columns.append(values)
    return list(zip(*columns, strict=True))


def _no_staged_sets(dialect: str) -> FixSpec:
    return FixSpec(
        "LS-3016",
        f"--atomic is not possible on {dialect}: staged tables cannot be made in a transaction",
        hints=["load into PostgreSQL, Oracle, DuckDB or SQLite, or without --atomic."],
    )
