"""Records of a staged set that DuckDB refuses: set-wise where it can be told, else by trials of ever shorter prefixes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from loadstone.targets.duckdb.suspects import find_certain
from loadstone.targets.model import ConstraintError, ConstraintRefusal
from loadstone.targets.staged import StagedTable, error_of

if TYPE_CHECKING:
    from loadstone.targets.duckdb.session import DuckdbSession


def find_staged_refusals(
    session: DuckdbSession, tables: Sequence[StagedTable], begin: Callable[[], None], enough: int | None
) -> list[ConstraintError]:
    """The refused records, ascending; at most ``enough``. An error ends a transaction, so each trial begins anew."""
    found: dict[int, ConstraintError] = {}
    while enough is None or len(found) < enough:
        begin()
        found.update(find_certain(session.cursor, tables, found))
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


# Private functions


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
