"""Rejects and discards of a load, page by page: a load may have millions of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from loadstone.books import Discard, Reject
from loadstone.targets.control import DISCARD_COLUMNS, REJECT_COLUMNS, Execute, discard_of, reject_of
from loadstone.targets.model import RefusedRecords, RejectSum
from loadstone.targets.upgrade import Known, readable

PAGE_ROWS = 2_000
"""Rows read at once."""

KEPT_ROWS_MAX = 10_000
"""Rows of one load that ``RememberedRecords`` keeps: about 10 MB."""

Page = TypeVar("Page", Reject, Discard)


class StoredRecords:
    """The refused records that the control tables of a target hold."""

    def __init__(
        self, execute: Execute, known: Callable[[], Known], prefix: str = "", limit: str = "LIMIT {}"
    ) -> None:
        """``known`` asks for the columns of the control tables; ``limit`` is how the target says that it gives so many rows."""
        self._execute, self._known, self._prefix, self._limit = execute, cache(known), prefix, limit

    def rejects(self, load_id: str, after: int, limit: int) -> list[Reject]:
        """The next ``limit`` rejects behind record ``after``, without their bytes."""
        # The bytes stand last; they are in the bad file too, and would fill the memory.
        rows = self._page("loadstone_reject", REJECT_COLUMNS[1:-1], load_id, (after, limit))
        return [reject_of((*row, None)) for row in rows]

    def discards(self, load_id: str, after: int, limit: int) -> list[Discard]:
        """The next ``limit`` discards behind record ``after``."""
        rows = self._page("loadstone_discard", DISCARD_COLUMNS[1:], load_id, (after, limit))
        return [discard_of(row) for row in rows]

    def sums(self, load_id: str) -> list[RejectSum]:
        """How many rejects there are of each kind, the most frequent first."""
        rows = self._execute(
            "SELECT table_name, field, rule_name, code, count(*), min(record_no) FROM"
            f" {self._prefix}loadstone_reject WHERE load_id = ?"
            " GROUP BY table_name, field, rule_name, code ORDER BY count(*) DESC, min(record_no)",
            [load_id],
        )
        return [
            RejectSum(
                table=row[0], field=row[1], rule=row[2], code=row[3], count=int(row[4]), first=int(row[5])
            )
            for row in rows
        ]

    # Private methods

    def _page(
        self, table: str, columns: tuple[str, ...], load_id: str, place: tuple[int, int]
    ) -> list[tuple[Any, ...]]:
        after, limit = place
        chosen = readable(self._known(), table, columns)
        return self._execute(
            f"SELECT {', '.join(chosen)} FROM {self._prefix}{table} WHERE load_id = ? AND record_no > ?"
            f" ORDER BY record_no {self._limit.format(int(limit))}",
            [load_id, after],
        )


class RememberedRecords:
    """The refused records of one load: the first pages are read once, though several files are made of them."""

    def __init__(self, records: RefusedRecords) -> None:
        self._records = records
        self._rejects: dict[int, list[Reject]] = {}
        self._discards: dict[int, list[Discard]] = {}
        self._kept = 0

    def rejects(self, load_id: str, after: int, limit: int) -> list[Reject]:
        """As ``RefusedRecords.rejects``; ``limit`` is the same in all calls."""
        if after in self._rejects:
            return self._rejects[after]
        return self._keep(self._rejects, after, self._records.rejects(load_id, after, limit))

    def discards(self, load_id: str, after: int, limit: int) -> list[Discard]:
        """As ``RefusedRecords.discards``; ``limit`` is the same in all calls."""
        if after in self._discards:
            return self._discards[after]
        return self._keep(self._discards, after, self._records.discards(load_id, after, limit))

    def sums(self, load_id: str) -> list[RejectSum]:
        """As ``RefusedRecords.sums``."""
        return self._records.sums(load_id)

    # Private methods

    def _keep(self, pages: dict[int, list[Page]], after: int, page: list[Page]) -> list[Page]:
        if self._kept + len(page) <= KEPT_ROWS_MAX:
            self._kept += len(page)
            pages[after] = page
        return page


def all_rejects(records: RefusedRecords, load_id: str, after: int = 0) -> Iterator[Reject]:
    """All rejects behind record ``after``, in record order."""
    return _all(lambda last: records.rejects(load_id, last, PAGE_ROWS), after)


def all_discards(records: RefusedRecords, load_id: str) -> Iterator[Discard]:
    """All discards in record order."""
    return _all(lambda last: records.discards(load_id, last, PAGE_ROWS), 0)


# Private functions


def _all(read: Callable[[int], list[Page]], after: int) -> Iterator[Page]:
    while page := read(after):
        yield from page
        if len(page) < PAGE_ROWS:
            return
        after = page[-1].record_no
