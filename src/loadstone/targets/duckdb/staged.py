"""Records of a staged set that DuckDB refuses: set-wise where it can be told, else by trials of ever shorter prefixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loadstone.spec import Method
from loadstone.targets.duckdb.catalogue import read_constraints
from loadstone.targets.model import ConstraintError, ConstraintRefusal, TableInfo
from loadstone.targets.staged import RECORD, StagedTable, error_of

if TYPE_CHECKING:
    from loadstone.targets.duckdb.session import DuckdbSession


def find_staged_refusals(
    session: DuckdbSession, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
) -> list[ConstraintError]:
    """The refused records, ascending; at most ``enough``. An error ends a transaction, so each trial begins anew."""
    found: dict[int, ConstraintError] = {}
    while enough is None or len(found) < enough:
        begin()
        found.update(_certain(session, tables, found))
        try:
            for staged in tables:
                session.move_part(staged, None, found)
            break
        except ConstraintRefusal as refusal:
            error = _first_refused(session, tables, begin, (found, refusal))
            found[error.record] = error
        finally:
            session.rollback()
    return [found[record] for record in sorted(found)][:enough]


def without(records: Sequence[int]) -> str:
    """The condition that leaves ``records`` out."""
    return f" AND {RECORD} NOT IN ({', '.join(str(record) for record in records)})" if records else ""


# Private functions


@dataclass(frozen=True)
class _Suspect:
    """A record that repeats the key of record ``first``, or (``first`` None) breaks a rule by itself."""

    error: ConstraintError
    first: int | None


def _certain(
    session: DuckdbSession, tables: Sequence[StagedTable], known: dict[int, ConstraintError]
) -> dict[int, ConstraintError]:
    """
    Records that are refused for certain, beside those ``known``.

    A record that repeats a key is refused if the one that has the key first is not refused itself,
    which the next round tells.
    """
    found: dict[int, ConstraintError] = {}
    while True:
        gone = without([*known, *found])
        suspects = [one for staged in tables for one in _suspects(session, staged, gone)]
        doubtful = {one.error.record for one in suspects}
        fresh = {
            one.error.record: one.error for one in suspects if one.first is None or one.first not in doubtful
        }
        if not fresh:
            return found
        found.update(fresh)


def _suspects(session: DuckdbSession, staged: StagedTable, gone: str) -> Iterator[_Suspect]:
    table, upper = staged.table, [name.upper() for name in staged.columns]
    for kind, columns, text in read_constraints(session.cursor, str(table.schema), table.name):
        if not columns or any(name.upper() not in upper for name in columns):
            continue
        if kind == "CHECK":
            yield from _broken_checks(session.cursor, staged, text, gone)
        elif kind in ("PRIMARY KEY", "UNIQUE") and staged.method is not Method.UPSERT:
            yield from _repeated_keys(session.cursor, staged, columns, gone)


def _broken_checks(cursor: Any, staged: StagedTable, text: str, gone: str) -> Iterator[_Suspect]:
    rule = text.strip().removeprefix("CHECK")
    rows = cursor.execute(
        f"SELECT {RECORD} FROM {_quoted(staged.stage)} WHERE NOT coalesce({rule}, true){gone} ORDER BY {RECORD}"
    ).fetchall()
    reason = f"ORA-02290: check constraint ({staged.table.name.upper()}) violated"
    for row in rows:
        yield _Suspect(_error(staged, int(row[0]), "check", "ORA-02290", reason), None)


def _repeated_keys(cursor: Any, staged: StagedTable, columns: list[str], gone: str) -> Iterator[_Suspect]:
    keys = ", ".join(f's."{name}"' for name in columns)
    filled = " AND ".join(f's."{name}" IS NOT NULL' for name in columns)
    same = " AND ".join(f't."{name}" = s."{name}"' for name in columns)
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
        yield _Suspect(error, None if known else int(first))


def _first_refused(
    session: DuckdbSession,
    tables: Sequence[StagedTable],
    begin: Callable[[], None],
    so_far: tuple[dict[int, ConstraintError], ConstraintRefusal],
) -> ConstraintError:
    """The first record that cannot follow those before it."""
    found, refusal = so_far
    session.rollback()
    low, high = session.staged.span(tables) or (0, 0)
    while low < high:
        middle = (low + high) // 2
        begin()
        try:
            for staged in tables:
                session.move_part(staged, middle, found)
            low = middle + 1
        except ConstraintRefusal as error:
            refusal, high = error, middle
        finally:
            session.rollback()
    return error_of(low, refusal)


def _error(staged: StagedTable, record: int, rule: str, code: str, reason: str) -> ConstraintError:
    return ConstraintError(
        record=record, table_no=staged.table_no, field=None, rule=rule, code=code, reason=reason
    )


def _quoted(table: TableInfo) -> str:
    names = [table.schema, table.name] if table.schema else [table.name]
    return ".".join(f'"{name}"' for name in names)
