"""Records that DuckDB is going to refuse, found set-wise: broken checks, missing parents, repeated keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.spec import Method
from loadstone.targets.duckdb.catalogue import read_constraints, read_references
from loadstone.targets.model import ConstraintError, TableInfo
from loadstone.targets.names import quote_name
from loadstone.targets.staged import RECORD, StagedTable


def find_certain(
    cursor: Any, tables: Sequence[StagedTable], known: dict[int, ConstraintError]
) -> dict[int, ConstraintError]:
    """
    Records that are refused for certain, beside those ``known``.

    A record that repeats a key is refused if the one that has the key first is not refused itself,
    which the next round tells. A record whose parent may come with these very rows is left to trials,
    and so are those that repeat its keys.
    """
    found: dict[int, ConstraintError] = {}
    while True:
        gone = without([*known, *found])
        suspects = [one for staged in tables for one in _suspects(cursor, staged, tables, gone)]
        doubtful = {one.error.record for one in suspects}
        fresh = {
            one.error.record: one.error
            for one in reversed(suspects)
            if one.certain or (one.first is not None and one.first not in doubtful)
        }
        if not fresh:
            return found
        found.update(fresh)


def without(records: Sequence[int]) -> str:
    """The condition that leaves ``records`` out."""
    return f" AND {RECORD} NOT IN ({', '.join(str(record) for record in records)})" if records else ""


# Private functions


@dataclass(frozen=True)
class _Suspect:
    """A record that breaks a rule by itself (``certain``), or repeats the key of record ``first``, or may lack a parent."""

    error: ConstraintError
    certain: bool = False
    first: int | None = None


def _suspects(
    cursor: Any, staged: StagedTable, tables: Sequence[StagedTable], gone: str
) -> Iterator[_Suspect]:
    table, upper = staged.table, {name.upper() for name in staged.columns}
    empty = [one for one in table.columns if one.not_null and not (one.has_default or one.generated)]
    for column in empty:
        if column.name.upper() not in upper:
            yield from _unfilled(cursor, staged, column.name, gone)
            return
    for kind, columns, text in read_constraints(cursor, str(table.schema), table.name):
        if not columns or any(name.upper() not in upper for name in columns):
            continue
        if kind == "CHECK":
            yield from _broken_checks(cursor, staged, text, gone)
        elif kind in ("PRIMARY KEY", "UNIQUE") and staged.method is not Method.UPSERT:
            yield from _repeated_keys(cursor, staged, columns, gone)
    coming = {one.table.name for one in tables}
    for columns, parent, keys in read_references(cursor, str(table.schema), table.name):
        if all(name.upper() in upper for name in columns):
            certain = parent not in coming
            yield from _orphans(cursor, staged, (columns, parent, keys), gone, certain=certain)


def _unfilled(cursor: Any, staged: StagedTable, column: str, gone: str) -> Iterator[_Suspect]:
    """All of them: the load leaves a column empty that may not be."""
    name = f'"{staged.table.name.upper()}"."{column.upper()}"'
    rows = cursor.execute(
        f"SELECT {RECORD} FROM {_quoted(staged.stage)} WHERE true{gone} ORDER BY {RECORD}"
    ).fetchall()
    for row in rows:
        reason = f"ORA-01400: cannot insert NULL into ({name})"
        yield _Suspect(_error(staged, int(row[0]), "not_null", "ORA-01400", reason), certain=True)


def _broken_checks(cursor: Any, staged: StagedTable, text: str, gone: str) -> Iterator[_Suspect]:
    rule = text.strip().removeprefix("CHECK")
    rows = cursor.execute(
        f"SELECT {RECORD} FROM {_quoted(staged.stage)} WHERE NOT coalesce({rule}, true){gone} ORDER BY {RECORD}"
    ).fetchall()
    reason = f"ORA-02290: check constraint ({staged.table.name.upper()}) violated"
    for row in rows:
        yield _Suspect(_error(staged, int(row[0]), "check", "ORA-02290", reason), certain=True)


def _repeated_keys(cursor: Any, staged: StagedTable, columns: list[str], gone: str) -> Iterator[_Suspect]:
    keys = ", ".join(f"s.{quote_name(name)}" for name in columns)
    filled = " AND ".join(f"s.{quote_name(name)} IS NOT NULL" for name in columns)
    same = " AND ".join(f"t.{quote_name(name)} = s.{quote_name(name)}" for name in columns)
    rows = cursor.execute(
        f"SELECT record, first, known FROM (SELECT s.{RECORD} AS record,"
        f" min(s.{RECORD}) OVER (PARTITION BY {keys}) AS first,"
        f" EXISTS (SELECT 1 FROM {_quoted(staged.table)} t WHERE {same}) AS known"
        f" FROM {_quoted(staged.stage)} s WHERE {filled}{gone}) WHERE known OR record > first ORDER BY record"
    ).fetchall()
    name = f"{staged.table.name.upper()}({', '.join(columns).upper()})"
    reason = f"ORA-00001: unique constraint ({name}) violated"
    for record, first, known in rows:
        error = _error(staged, int(record), "unique", "ORA-00001", reason)
        yield _Suspect(error, certain=known, first=int(first))


def _orphans(
    cursor: Any,
    staged: StagedTable,
    reference: tuple[list[str], str, list[str]],
    gone: str,
    *,
    certain: bool,
) -> Iterator[_Suspect]:
    columns, parent, keys = reference
    filled = " AND ".join(f"s.{quote_name(name)} IS NOT NULL" for name in columns)
    same = " AND ".join(
        f"p.{quote_name(key)} = s.{quote_name(name)}" for key, name in zip(keys, columns, strict=True)
    )
    table = TableInfo(schema=staged.table.schema, name=parent, columns=())
    rows = cursor.execute(
        f"SELECT {RECORD} FROM {_quoted(staged.stage)} s WHERE {filled}{gone}"
        f" AND NOT EXISTS (SELECT 1 FROM {_quoted(table)} p WHERE {same}) ORDER BY {RECORD}"
    ).fetchall()
    name = staged.table.name.upper()
    reason = f"ORA-02291: integrity constraint ({name}) violated - parent key not found"
    for row in rows:
        yield _Suspect(_error(staged, int(row[0]), "foreign_key", "ORA-02291", reason), certain=certain)


def _error(staged: StagedTable, record: int, rule: str, code: str, reason: str) -> ConstraintError:
    return ConstraintError(
        record=record, table_no=staged.table_no, field=None, rule=rule, code=code, reason=reason
    )


def _quoted(table: TableInfo) -> str:
    names = [table.schema, table.name] if table.schema else [table.name]
    return ".".join(quote_name(name) for name in names)
