"""
The records of a chunk that DuckDB refuses: set-wise where it can be told, else by trials.

There are no savepoints, an error ends the transaction, and one INSERT does not see its own rows as
parents: so every trial begins anew, and rows are parted where a record needs those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from loadstone.targets.duckdb.suspects import find_certain
from loadstone.targets.isolate import rows_between
from loadstone.targets.model import ConstraintError, ConstraintRefusal, TableInfo, TableRows
from loadstone.targets.names import quote_name
from loadstone.targets.staged import RECORD, StagedTable, error_of
from loadstone.telemetry.points import reach

if TYPE_CHECKING:
    from loadstone.targets.duckdb.session import DuckdbSession


def isolate_by_trials(
    session: DuckdbSession, tables: Sequence[TableRows], reopen: Callable[[], None]
) -> list[ConstraintError]:
    """Write what can be written, in record order over all tables; give the others. ``reopen`` begins anew."""
    work = _Trials(session, tables, reopen)
    while True:
        try:
            work.write(work.last)
            return [work.found[record] for record in sorted(work.found)]
        except ConstraintRefusal as refusal:
            reopen()
            work.settle(*work.first_refused(refusal))


# Private functions


class _Trials:
    """
    Attributes:
        found: Refusals so far, by record. breaks: Records that begin an INSERT of their own.
    """

    def __init__(
        self, session: DuckdbSession, tables: Sequence[TableRows], reopen: Callable[[], None]
    ) -> None:
        self.session, self.tables, self.reopen = session, tables, reopen
        self.records = np.unique(np.concatenate([table.rows.record for table in tables]))
        self.last = int(self.records[-1])
        self.found: dict[int, ConstraintError] = {}
        self.breaks: list[int] = []
        staged = [_as_stage(session, table, self.found) for table in tables if len(table.rows)]
        self.found.update(find_certain(session.cursor, staged, self.found))

    def write(self, last: int) -> None:
        """Write the records up to ``last`` that are not refused so far."""
        reach("isolating")
        kept = [_without(table, self.found) for table in self.tables]
        for first, end in self._parts(last):
            for rows in rows_between(kept, first, end):
                self.session.write(rows)

    def first_refused(self, refusal: ConstraintRefusal) -> tuple[int, ConstraintRefusal]:
        """The first record that cannot follow those before it in one INSERT."""
        records = [record for record in self.records.tolist() if record not in self.found]
        low, high = 0, len(records) - 1
        while low < high:
            middle = (low + high) // 2
            try:
                self.write(records[middle])
                low = middle + 1
            except ConstraintRefusal as error:
                refusal, high = error, middle
            self.reopen()
        return records[low], refusal

    def settle(self, record: int, refusal: ConstraintRefusal) -> None:
        """Refuse the record, unless it goes in after those before it are in."""
        if record in self.breaks:
            self.found[record] = error_of(record, refusal)
            return
        self.breaks.append(record)
        try:
            self.write(record)
        except ConstraintRefusal as error:
            self.breaks.remove(record)
            self.found[record] = error_of(record, error)
        self.reopen()

    def _parts(self, last: int) -> Iterator[tuple[int, int]]:
        starts = [int(self.records[0]), *sorted(one for one in self.breaks if one <= last)]
        for first, following in zip(starts, [*starts[1:], last + 1], strict=True):
            yield first, following - 1


def _as_stage(session: DuckdbSession, rows: TableRows, found: dict[int, ConstraintError]) -> StagedTable:
    """The rows as a relation in the types of the table; those that cannot be cast are refused."""
    import pyarrow as pa

    types = {column.name: column.type.declared for column in rows.table.columns}
    encoded: Any = rows.rows
    session.cursor.register("loadstone_raw", encoded.batch.append_column(RECORD, pa.array(encoded.record)))
    pairs = [(f"c{n}", name, f"TRY_CAST(c{n} AS {types[name]})") for n, name in enumerate(rows.columns)]
    for raw, name, cast in pairs:
        failed = f"SELECT {RECORD} FROM loadstone_raw WHERE {raw} IS NOT NULL AND {cast} IS NULL"
        for row in session.cursor.execute(failed).fetchall():
            found.setdefault(int(row[0]), _uncast(int(row[0]), rows.table_no, name.upper()))
    listed = ", ".join(f"{cast} AS {quote_name(name)}" for _, name, cast in pairs)
    made = session.cursor.sql(f"SELECT {listed}, {RECORD} FROM loadstone_raw").to_arrow_table()
    stage = TableInfo(schema=None, name=f"loadstone_part_{rows.table_no}", columns=())
    session.cursor.register(stage.name, made)
    return StagedTable(
        table_no=rows.table_no,
        stage=stage,
        table=rows.table,
        columns=rows.columns,
        method=rows.method,
        key=rows.key,
    )


def _uncast(record: int, table_no: int, column: str) -> ConstraintError:
    reason = "the column's type cannot hold the value"
    return ConstraintError(
        record=record, table_no=table_no, field=column, rule="value", code=None, reason=reason
    )


def _without(table: TableRows, found: Mapping[int, ConstraintError]) -> TableRows:
    gone = np.fromiter(found, np.int64, len(found))
    return replace(table, rows=table.rows.select(~np.isin(table.rows.record, gone)))
