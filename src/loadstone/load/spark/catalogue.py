"""What a plan asks of its target, remembered: tasks have no connection to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from loadstone.spec import TableName
from loadstone.targets.model import TableInfo, Target


@dataclass(kw_only=True)
class Catalogue:
    """
    Stands for a target where a plan is compiled again.

    Attributes:
        kind, form, sessions_max, chunk_size_bytes, url: As the target's.
        tables: What was asked for and what was found; None for a table that there is not.
    """

    kind: Literal["postgresql", "duckdb", "sqlite", "oracle", "sqlalchemy"]
    form: Literal["pgcopy", "arrow"]
    sessions_max: int
    chunk_size_bytes: int
    url: str
    tables: dict[TableName, TableInfo | None] = field(default_factory=dict)

    @classmethod
    def of(cls, target: Target) -> Catalogue:
        """One that nothing was asked of yet."""
        return cls(
            kind=target.kind,
            form=target.form,
            sessions_max=target.sessions_max,
            chunk_size_bytes=target.chunk_size_bytes,
            url=target.url,
        )

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """What the target had under that name."""
        return self.tables[table]


class Remembering:
    """A target whose answers go into a catalogue."""

    def __init__(self, target: Target) -> None:
        self._target, self.catalogue = target, Catalogue.of(target)

    def __getattr__(self, name: str) -> object:
        return getattr(self._target, name)

    def find_table(self, table: TableName, schema_map: dict[str, str]) -> TableInfo | None:
        """The target's table."""
        found = self._target.find_table(table, schema_map)
        self.catalogue.tables[table] = found
        return found
