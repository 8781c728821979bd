"""A target for dry runs: what it has is read, what would be made is made elsewhere, and nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from loadstone.spec import TableName
from loadstone.targets.model import TableInfo, Target
from loadstone.targets.unrecorded import UnrecordedTarget


class Rehearsal(UnrecordedTarget):
    """A target whose missing tables are made in a scratch one, which comes when it is needed and goes with it."""

    def __init__(self, inner: Target, make_scratch: Callable[[], Target]) -> None:
        super().__init__(inner)
        self._make_scratch = make_scratch
        self._scratch: Target | None = None
        self._rehearsed: list[TableInfo] = []

    def run_ddl(self, statements: Sequence[str]) -> None:
        """Run CREATE statements in the scratch target."""
        self._scratch = self._scratch or self._make_scratch()
        self._scratch.run_ddl(statements)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The target's own table, else the one that was made for the rehearsal."""
        found = self._inner.find_table(table, schema_map)
        if found is None and self._scratch is not None:
            found = self._scratch.find_table(TableName(name=table.name, name_quoted=table.name_quoted), {})
            self._rehearsed += [found] if found is not None else []
        return found

    def sequence_base(self, table: TableInfo, column: str, base: Literal["count", "max"]) -> int:
        """As the target has it; 0 for a table that is made for the rehearsal."""
        return 0 if table in self._rehearsed else self._inner.sequence_base(table, column, base)

    def next_values(self, sequence: str, count: int) -> list[int]:
        """Numbers from 1 on; none is drawn from the target's sequence."""
        return list(range(1, count + 1))

    def close(self) -> None:
        """Close both."""
        super().close()
        if self._scratch is not None:
            self._scratch.close()
