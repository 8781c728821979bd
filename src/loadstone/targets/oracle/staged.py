"""Staged sets in Oracle, where every CREATE and DROP commits by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from loadstone.spec import Method
from loadstone.targets.model import TableInfo
from loadstone.targets.oracle.statements import quote
from loadstone.targets.staged import RECORD, StagedSql, StagedTable, quoted

if TYPE_CHECKING:
    from loadstone.targets.control import Execute

PUBLISHED = "published"
"""Mark of a staged table whose rows stand in the real one; it is dropped after the COMMIT that says so."""


class OracleStaged(StagedSql):
    """
    Statements on staged tables.

    Attributes:
        published: Tables to drop once the transaction is committed.
    """

    def __init__(self, execute: Execute, prefix: str, named: Callable[[TableInfo], str]) -> None:
        super().__init__(execute, prefix, named)
        self.published: list[tuple[str, TableInfo]] = []

    def make(self, load_id: str, staged: StagedTable, made_at: str) -> None:
        """Make and register; a table whose rows were published when its load died is made anew."""
        stage, where = staged.stage, [load_id, staged.stage.name]
        table = f"{self.prefix}loadstone_stage"
        known = self.execute(f"SELECT made_at FROM {table} WHERE load_id = ? AND table_name = ?", where)
        if known and known[0][0] == PUBLISHED:
            self.drop_published(load_id, stage)
        if not self._exists(stage):
            columns = ", ".join(quoted(name) for name in staged.columns)
            self.execute(
                f"CREATE TABLE {self.named(stage)} AS SELECT {columns}, CAST(NULL AS NUMBER(19)) AS {quoted(RECORD)}"
                f" FROM {self.named(staged.table)} WHERE 1 = 0",
                [],
            )
        if not known or known[0][0] == PUBLISHED:
            self.execute(
                f"INSERT INTO {table} (load_id, table_name, made_at) VALUES (?, ?, ?)", [*where, made_at]
            )

    def index(self, tables: Sequence[StagedTable]) -> None:
        """Make ranges of records cheap to read; it commits, so it comes before any transaction."""
        for staged in tables:
            name = staged.stage.name.replace("_stage_", "_index_")
            owner = staged.stage.schema
            known = self.execute(
                "SELECT 1 FROM all_indexes WHERE index_name = ?" + (" AND owner = ?" if owner else ""),
                [name, owner] if owner else [name],
            )
            if not known:
                place = f"{quote(owner)}.{quote(name)}" if owner else quote(name)
                self.execute(f"CREATE INDEX {place} ON {self.named(staged.stage)} ({quoted(RECORD)})", [])

    def move_sql(self, staged: StagedTable, first: int | None, last: int | None, gone: str = "") -> str:
        """INSERT ... SELECT; an upsert is a MERGE of the last row of each key."""
        if staged.method is not Method.UPSERT:
            return super().move_sql(staged, first, last, gone)
        record, keys = quoted(RECORD), {name.upper() for name in staged.key}
        chosen = "1 = 1" if first is None or last is None else f"{record} BETWEEN {first} AND {last}"
        names = [quoted(name) for name in staged.columns]
        key = [quoted(name) for name in staged.columns if name.upper() in keys]
        changed = [name for name in names if name not in key]
        update = ", ".join(f"t.{name} = s.{name}" for name in changed)
        return (
            f"MERGE INTO {self.named(staged.table)} t USING (SELECT {', '.join(names)} FROM (SELECT {', '.join(names)},"
            f" row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY {record} DESC) AS loadstone_n"
            f" FROM {self.named(staged.stage)} WHERE {chosen}{gone}) u WHERE loadstone_n = 1) s"
            f" ON ({' AND '.join(f't.{name} = s.{name}' for name in key)})"
            + (f" WHEN MATCHED THEN UPDATE SET {update}" if changed else "")
            + f" WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({', '.join(f's.{name}' for name in names)})"
        )

    def drop(self, load_id: str, stage: TableInfo) -> None:
        """Mark the table as published; ``drop_published`` comes after the COMMIT."""
        self.execute(
            f"UPDATE {self.prefix}loadstone_stage SET made_at = ? WHERE load_id = ? AND table_name = ?",
            [PUBLISHED, load_id, stage.name],
        )
        self.published.append((load_id, stage))

    def drop_published(self, load_id: str, stage: TableInfo) -> None:
        """Drop the table, which commits, then its registration."""
        if self._exists(stage):
            self.execute(f"DROP TABLE {self.named(stage)} PURGE", [])
        self.execute(
            f"DELETE FROM {self.prefix}loadstone_stage WHERE load_id = ? AND table_name = ? AND made_at = ?",
            [load_id, stage.name, PUBLISHED],
        )

    # Private methods

    def _exists(self, stage: TableInfo) -> bool:
        owner = "?" if stage.schema else "sys_context('USERENV', 'CURRENT_SCHEMA')"
        values = [stage.name, stage.schema] if stage.schema else [stage.name]
        sql = f"SELECT 1 FROM all_tables WHERE table_name = ? AND owner = {owner}"
        return bool(self.execute(sql, values))
