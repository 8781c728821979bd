"""Staged sets: rows of an all-or-nothing load wait in tables beside the real ones; one SQL for all targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import Method
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.model import Column, ConstraintError, ConstraintRefusal, TableInfo, TableRows

if TYPE_CHECKING:
    from loadstone.targets.control import Execute

RECORD = "loadstone_record"
"""Column of a staged table: the 1-based number of the record in the load."""

RANGE_RECORDS = 50_000
"""Records that are tried at once when refused ones are looked for."""

_IN_MAX = 500
"""Numbers in one IN list."""


@dataclass(frozen=True, kw_only=True)
class StagedTable:
    """
    The rows of one INTO TABLE clause that wait.

    Attributes:
        stage: Where they wait. table: where they go. columns: in the target's own case.
        key: Columns that tell rows apart for method upsert.
    """

    table_no: int
    stage: TableInfo
    table: TableInfo
    columns: tuple[str, ...]
    method: Method
    key: tuple[str, ...]

    def blamed(self) -> TableRows:
        """The table for a refusal to name; without rows."""
        none = ArrowRows(None, np.zeros(0, np.int64))
        return TableRows(table_no=self.table_no, table=self.table, columns=self.columns, rows=none)


def stage_info(load_id: str, table_no: int, schema: str | None) -> TableInfo:
    """The name of a staged table, in the schema of the control tables."""
    record = Column(name=RECORD, type=ColumnType(kind=Kind.INT8), not_null=True)
    return TableInfo(schema=schema, name=f"loadstone_stage_{load_id[:16]}_{table_no}", columns=(record,))


class StagedSql:
    """Statements on staged tables, in the transaction of one session."""

    def __init__(self, execute: Execute, prefix: str, named: Callable[[TableInfo], str]) -> None:
        """``prefix`` is that of the control tables; ``named`` gives a table's name in SQL."""
        self._execute, self._prefix, self._named = execute, prefix, named

    def make(self, load_id: str, staged: StagedTable, made_at: str) -> None:
        """Make and register a staged table where it is missing: the target's columns, none of its constraints."""
        columns = ", ".join(_quoted(name) for name in staged.columns)
        self._execute(
            f"CREATE TABLE IF NOT EXISTS {self._named(staged.stage)} AS SELECT {columns},"
            f" CAST(NULL AS BIGINT) AS {RECORD} FROM {self._named(staged.table)} WHERE 1 = 0",
            [],
        )
        known = self._execute(
            f"SELECT 1 FROM {self._prefix}loadstone_stage WHERE load_id = ? AND table_name = ?",
            [load_id, staged.stage.name],
        )
        if not known:
            self._execute(
                f"INSERT INTO {self._prefix}loadstone_stage (load_id, table_name, made_at) VALUES (?, ?, ?)",
                [load_id, staged.stage.name, made_at],
            )

    def count(self, staged: StagedTable) -> int:
        """Rows that wait."""
        return int(self._execute(f"SELECT count(*) FROM {self._named(staged.stage)}", [])[0][0])

    def span(self, tables: Sequence[StagedTable]) -> tuple[int, int] | None:
        """First and last record that have rows; None where none wait."""
        ends = [
            self._execute(f"SELECT min({RECORD}), max({RECORD}) FROM {self._named(t.stage)}", [])[0]
            for t in tables
        ]
        known = [(int(low), int(high)) for low, high in ends if low is not None]
        return (min(low for low, _ in known), max(high for _, high in known)) if known else None

    def index(self, tables: Sequence[StagedTable]) -> None:
        """Make ranges of records cheap to read."""
        for staged in tables:
            name = _quoted(f"{staged.stage.name}_r")
            self._execute(f"CREATE INDEX IF NOT EXISTS {name} ON {self._named(staged.stage)} ({RECORD})", [])

    def move(self, staged: StagedTable, first: int | None = None, last: int | None = None) -> None:
        """Copy the rows of records ``first`` to ``last`` (all of them for None) into the table, in record order."""
        self._execute(self.move_sql(staged, first, last), [])

    def move_sql(self, staged: StagedTable, first: int | None, last: int | None, gone: str = "") -> str:
        """INSERT ... SELECT; upserts let the last row of a key win. ``gone`` is one more condition."""
        names = ", ".join(_quoted(name) for name in staged.columns)
        chosen = "1 = 1" if first is None or last is None else f"{RECORD} BETWEEN {first} AND {last}"
        source = f"SELECT {names}, {RECORD} FROM {self._named(staged.stage)} WHERE {chosen}{gone}"
        if staged.method is not Method.UPSERT:
            return f"INSERT INTO {self._named(staged.table)} ({names}) SELECT {names} FROM ({source}) s ORDER BY {RECORD}"
        key = {name.upper() for name in staged.key}
        keys = ", ".join(_quoted(name) for name in staged.columns if name.upper() in key)
        changed = [_quoted(name) for name in staged.columns if name.upper() not in key]
        action = "DO UPDATE SET " + ", ".join(f"{n} = excluded.{n}" for n in changed)
        return (
            f"INSERT INTO {self._named(staged.table)} ({names}) SELECT {names} FROM (SELECT {names}, {RECORD},"
            f" row_number() OVER (PARTITION BY {keys} ORDER BY {RECORD} DESC) AS loadstone_n FROM ({source}) s) u"
            f" WHERE loadstone_n = 1 ORDER BY {RECORD} ON CONFLICT ({keys}) {action if changed else 'DO NOTHING'}"
        )

    def remove(self, staged: StagedTable, records: Sequence[int]) -> int:
        """Delete the rows of ``records``; gives how many there were."""
        removed, name = 0, self._named(staged.stage)
        for start in range(0, len(records), _IN_MAX):
            chosen = f"{RECORD} IN ({', '.join(str(int(one)) for one in records[start : start + _IN_MAX])})"
            removed += int(self._execute(f"SELECT count(*) FROM {name} WHERE {chosen}", [])[0][0])
            self._execute(f"DELETE FROM {name} WHERE {chosen}", [])
        return removed

    def drop(self, load_id: str, stage: TableInfo) -> None:
        """Drop a staged table and its registration."""
        self._execute(f"DROP TABLE IF EXISTS {self._named(stage)}", [])
        self._execute(
            f"DELETE FROM {self._prefix}loadstone_stage WHERE load_id = ? AND table_name = ?",
            [load_id, stage.name],
        )


def refused_in(
    span: tuple[int, int] | None, attempt: Callable[[int, int], None], enough: int | None
) -> list[ConstraintError]:
    """
    The records between ``span`` that are refused, ascending; at most ``enough`` of them.

    Args:
        attempt: Moves a range of records, or raises ``ConstraintRefusal`` and leaves the
            transaction as it was before.
    """
    found: list[ConstraintError] = []
    if span is not None:
        for first in range(span[0], span[1] + 1, RANGE_RECORDS):
            _try_range(first, min(first + RANGE_RECORDS - 1, span[1]), attempt, found, enough)
    return found


def error_of(record: int, refusal: ConstraintRefusal) -> ConstraintError:
    """The refusal of one record."""
    return ConstraintError(
        record=record,
        table_no=refusal.table_no,
        field=refusal.field,
        rule=refusal.rule,
        code=refusal.code,
        reason=refusal.reason,
    )


# Private functions


def _try_range(
    first: int,
    last: int,
    attempt: Callable[[int, int], None],
    found: list[ConstraintError],
    enough: int | None,
) -> None:
    if enough is not None and len(found) >= enough:
        return
    try:
        attempt(first, last)
    except ConstraintRefusal as refusal:
        if first == last:
            found.append(error_of(first, refusal))
            return
        middle = (first + last) // 2
        _try_range(first, middle, attempt, found, enough)
        _try_range(middle + 1, last, attempt, found, enough)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
