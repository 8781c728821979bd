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
    from loadstone.targets.totals import Total

RECORD = "loadstone_record"
"""Column of a staged table: the 1-based number of the record in the load."""

RANGE_RECORDS = 50_000
"""Records that are tried at once when refused ones are looked for."""

IN_MAX = 500
"""Numbers in one IN list."""

_RECORD = f'"{RECORD}"'
"""Quoted, for in Oracle a quoted name keeps its case and an unquoted one does not."""


@dataclass(frozen=True, kw_only=True)
class StagedTable:
    """
    The rows of one INTO TABLE clause that wait.

    Attributes:
        stage: Where they wait. table: where they go. columns: in the target's own case.
        key: Columns that tell rows apart for method upsert.
        totals: What is measured of the rows on their way; its columns are among ``columns``.
    """

    table_no: int
    stage: TableInfo
    table: TableInfo
    columns: tuple[str, ...]
    method: Method
    key: tuple[str, ...]
    totals: tuple[Total, ...] = ()

    @property
    def keeps(self) -> bool:
        """Whether an upsert leaves rows of the target alone, for every column is of the key."""
        key = {one.upper() for one in self.key}
        return self.method is Method.UPSERT and all(one.upper() in key for one in self.columns)

    def blamed(self) -> TableRows:
        """The table for a refusal to name; without rows."""
        none = ArrowRows(None, np.zeros(0, np.int64))
        return TableRows(table_no=self.table_no, table=self.table, columns=self.columns, rows=none)


@dataclass(frozen=True, kw_only=True)
class ParentEdge:
    """
    Where the parent rows of a staged table must be: in ``table``, or among rows that go into it with it.

    Attributes:
        columns, references: Pairs of columns, in the target's own case. waiting: staged rows of the parent's table.
    """

    table: TableInfo
    columns: tuple[str, ...]
    references: tuple[str, ...]
    waiting: tuple[StagedTable, ...] = ()


def stage_info(load_id: str, table_no: int, schema: str | None, columns: Sequence[Column]) -> TableInfo:
    """A staged table in the schema of the control tables; Oracle 12.1 takes names of 30 bytes."""
    record = Column(name=RECORD, type=ColumnType(kind=Kind.INT8), not_null=True)
    name = f"loadstone_stage_{load_id[:10]}_{table_no}"
    return TableInfo(schema=schema, name=name, columns=(*columns, record))


class StagedSql:
    """Statements on staged tables, in the transaction of one session."""

    def __init__(self, execute: Execute, prefix: str, named: Callable[[TableInfo], str]) -> None:
        """``prefix`` is that of the control tables; ``named`` gives a table's name in SQL."""
        self.execute, self.prefix, self.named = execute, prefix, named

    def make(self, load_id: str, staged: StagedTable, made_at: str) -> None:
        """Make and register a staged table where it is missing: the target's columns, none of its constraints."""
        columns = ", ".join(quoted(name) for name in staged.columns)
        self.execute(
            f"CREATE TABLE IF NOT EXISTS {self.named(staged.stage)} AS SELECT {columns},"
            f" CAST(NULL AS BIGINT) AS {_RECORD} FROM {self.named(staged.table)} WHERE 1 = 0",
            [],
        )
        known = self.execute(
            f"SELECT 1 FROM {self.prefix}loadstone_stage WHERE load_id = ? AND table_name = ?",
            [load_id, staged.stage.name],
        )
        if not known:
            self.execute(
                f"INSERT INTO {self.prefix}loadstone_stage (load_id, table_name, made_at) VALUES (?, ?, ?)",
                [load_id, staged.stage.name, made_at],
            )

    def count(self, staged: StagedTable) -> int:
        """Rows that wait."""
        return int(self.execute(f"SELECT count(*) FROM {self.named(staged.stage)}", [])[0][0])

    def span(self, tables: Sequence[StagedTable]) -> tuple[int, int] | None:
        """First and last record that have rows; None where none wait."""
        ends = [
            self.execute(f"SELECT min({_RECORD}), max({_RECORD}) FROM {self.named(t.stage)}", [])[0]
            for t in tables
        ]
        known = [(int(low), int(high)) for low, high in ends if low is not None]
        return (min(low for low, _ in known), max(high for _, high in known)) if known else None

    def index(self, tables: Sequence[StagedTable]) -> None:
        """Make ranges of records cheap to read."""
        for staged in tables:
            name = quoted(f"{staged.stage.name}_r")
            self.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {self.named(staged.stage)} ({_RECORD})", [])

    def move(self, staged: StagedTable, first: int | None = None, last: int | None = None) -> None:
        """Copy the rows of records ``first`` to ``last`` (all of them for None) into the table, in record order."""
        self.execute(self.move_sql(staged, first, last), [])

    def expected(self, staged: StagedTable, first: int | None, last: int | None) -> int:
        """How many rows ``move_sql`` stores or changes at least, where nothing takes one away."""
        chosen = "1 = 1" if first is None or last is None else f"{_RECORD} BETWEEN {first} AND {last}"
        return 0 if staged.keeps else self._moving(staged, chosen)

    def counted(self, staged: StagedTable, moving: bool, records: Sequence[int] | None) -> int:
        """How many rows ``totals_sql`` gives."""
        chosen = among(records)
        if moving:
            return self._moving(staged, chosen)
        return int(self.execute(f"SELECT count(*) FROM {self.named(staged.stage)} WHERE {chosen}", [])[0][0])

    def totals_sql(self, staged: StagedTable, moving: bool, records: Sequence[int] | None) -> str:
        """The columns of the totals, of all rows that wait (of ``records``), or of those that move."""
        names = ", ".join(quoted(one.column) for one in staged.totals)
        stage = f"{self.named(staged.stage)} s WHERE {among(records)}"
        if not moving or staged.method is not Method.UPSERT:
            return f"SELECT {names} FROM {stage}"
        key = {name.upper() for name in staged.key}
        keys = ", ".join(quoted(name) for name in staged.columns if name.upper() in key)
        last = f"row_number() OVER (PARTITION BY {keys} ORDER BY {_RECORD} DESC) AS loadstone_n"
        return f"SELECT {names} FROM (SELECT s.*, {last} FROM {stage}) u WHERE loadstone_n = 1"

    def move_sql(self, staged: StagedTable, first: int | None, last: int | None, gone: str = "") -> str:
        """INSERT ... SELECT; upserts let the last row of a key win. ``gone`` is one more condition."""
        names = ", ".join(quoted(name) for name in staged.columns)
        chosen = "1 = 1" if first is None or last is None else f"{_RECORD} BETWEEN {first} AND {last}"
        source = f"SELECT {names}, {_RECORD} FROM {self.named(staged.stage)} WHERE {chosen}{gone}"
        if staged.method is not Method.UPSERT:
            return f"INSERT INTO {self.named(staged.table)} ({names}) SELECT {names} FROM ({source}) s ORDER BY {_RECORD}"
        key = {name.upper() for name in staged.key}
        keys = ", ".join(quoted(name) for name in staged.columns if name.upper() in key)
        changed = [quoted(name) for name in staged.columns if name.upper() not in key]
        action = "DO UPDATE SET " + ", ".join(f"{n} = excluded.{n}" for n in changed)
        return (
            f"INSERT INTO {self.named(staged.table)} ({names}) SELECT {names} FROM (SELECT {names}, {_RECORD},"
            f" row_number() OVER (PARTITION BY {keys} ORDER BY {_RECORD} DESC) AS loadstone_n FROM ({source}) s) u"
            f" WHERE loadstone_n = 1 ORDER BY {_RECORD} ON CONFLICT ({keys}) {action if changed else 'DO NOTHING'}"
        )

    def remove(self, staged: StagedTable, records: Sequence[int]) -> int:
        """Delete the rows of ``records``; gives how many there were."""
        removed, name = 0, self.named(staged.stage)
        for start in range(0, len(records), IN_MAX):
            chosen = among(records[start : start + IN_MAX])
            removed += int(self.execute(f"SELECT count(*) FROM {name} WHERE {chosen}", [])[0][0])
            self.execute(f"DELETE FROM {name} WHERE {chosen}", [])
        return removed

    def records(self, staged: Sequence[StagedTable]) -> int:
        """Different records that have rows in one of the tables."""
        if len(staged) == 1:
            return self.count(staged[0])
        each = " UNION ".join(f"SELECT {_RECORD} FROM {self.named(one.stage)}" for one in staged)
        return int(self.execute(f"SELECT count(*) FROM ({each}) r", [])[0][0])

    def next_records(self, staged: Sequence[StagedTable], enough: int) -> list[int]:
        """The first ``enough`` records that have rows in one of the tables, ascending."""
        each = " UNION ".join(f"SELECT {_RECORD} FROM {self.named(one.stage)}" for one in staged)
        return self._first(each, enough)

    def orphans(self, staged: StagedTable, edge: ParentEdge, enough: int) -> list[int]:
        """The first ``enough`` records, ascending, whose rows have no parent row; a NULL in a column needs none."""
        pairs = [
            (f"c.{quoted(mine)}", quoted(theirs))
            for mine, theirs in zip(edge.columns, edge.references, strict=True)
        ]
        theirs = ", ".join(name for _, name in pairs)
        places = [self.named(edge.table), *(self.named(one.stage) for one in edge.waiting)]
        parents = " UNION ".join(f"SELECT {theirs} FROM {place}" for place in places)
        joined = " AND ".join(f"p.{name} = {mine}" for mine, name in pairs)
        given = " AND ".join(f"{mine} IS NOT NULL" for mine, _ in pairs)
        # An outer join: SQLite makes an index for it, and for NOT EXISTS it makes none.
        lost = (
            f"SELECT c.{_RECORD} FROM {self.named(staged.stage)} c LEFT JOIN ({parents}) p ON {joined}"
            f" WHERE p.{pairs[0][1]} IS NULL AND {given}"
        )
        return self._first(lost, enough)

    def _moving(self, staged: StagedTable, chosen: str) -> int:
        name = self.named(staged.stage)
        if staged.method is not Method.UPSERT:
            return int(self.execute(f"SELECT count(*) FROM {name} WHERE {chosen}", [])[0][0])
        key = {one.upper() for one in staged.key}
        keys = ", ".join(quoted(one) for one in staged.columns if one.upper() in key)
        counted = f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM {name} WHERE {chosen}) d"
        return int(self.execute(counted, [])[0][0])

    def _first(self, records: str, enough: int) -> list[int]:
        numbered = f"SELECT {_RECORD}, row_number() OVER (ORDER BY {_RECORD}) AS n FROM ({records}) r"
        rows = self.execute(f"SELECT {_RECORD} FROM ({numbered}) f WHERE n <= {enough} ORDER BY n", [])
        return [int(row[0]) for row in rows]

    def drop(self, load_id: str, stage: TableInfo) -> None:
        """Drop a staged table and its registration."""
        self.execute(f"DROP TABLE IF EXISTS {self.named(stage)}", [])
        self.execute(
            f"DELETE FROM {self.prefix}loadstone_stage WHERE load_id = ? AND table_name = ?",
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


def among(records: Sequence[int] | None) -> str:
    """The condition on rows of some records, ``IN_MAX`` at most; of all for None."""
    return "1 = 1" if records is None else f"{_RECORD} IN ({', '.join(str(int(one)) for one in records)})"


def returning(totals: Sequence[Total]) -> str:
    """What makes a statement give the columns of the totals, as they are stored."""
    return f" RETURNING {', '.join(quoted(total.column) for total in totals)}"


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


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
