"""The stand-in's data dictionary: what ALL_TAB_COLS and its like tell of the tables that were made."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import oracledb

from loadstone.targets.ddl import read_ddl
from loadstone.targets.ddl.model import DdlColumn, DdlTable
from loadstone.targets.ddl.oracle import oracle_type

_VIEWS = {
    "dual": "dummy",
    "nls_database_parameters": "parameter, value",
    "all_users": "username",
    "fake_table": "owner, name PRIMARY KEY",
    "all_synonyms": "owner, synonym_name, table_owner, table_name, db_link",
    "all_tab_cols": "owner, table_name, column_name, data_type, data_length, char_length, char_used, data_precision,"
    " data_scale, nullable, default_length, virtual_column, default_on_null, hidden_column, column_id",
    "all_tab_identity_cols": "owner, table_name, column_name, generation_type",
    "all_constraints": "owner, table_name, constraint_name, constraint_type",
    "all_cons_columns": "owner, constraint_name, column_name, position",
    "all_indexes": "owner, index_name, table_owner, table_name, uniqueness",
    "all_ind_columns": "index_owner, index_name, column_name",
    "all_triggers": "table_owner, table_name, status",
    "fake_sequence": "name PRIMARY KEY, next, step",
}
_MADE = (
    "CREATE VIEW all_tables AS SELECT owner, name AS table_name FROM fake_table"
    " WHERE lower(name) IN (SELECT lower(name) FROM sqlite_master)",
    "CREATE VIEW all_objects AS SELECT owner, table_name AS object_name, 'TABLE' AS object_type FROM all_tables",
)
_KEPT_AS = (
    (r"\((\d+) (?:CHAR|BYTE)\)", r"(\1)"),
    (r"\bNUMBER\((\d|1[0-8])\)", r"INTEGER_NUMBER(\1)"),
    (r"\bNUMBER\b", "DECIMAL_TEXT"),
    (r"\bTIMESTAMP\((\d)\)(?: WITH (?:LOCAL )?TIME ZONE)?", r"TIMESTAMP_TEXT(\1)"),
    (r"\bDATE\b", "DATE_TEXT"),
)
"""Oracle's types in a CREATE TABLE, and the SQLite types whose affinity keeps such values as they are."""

_TYPE = re.compile(
    r"(?P<name>[A-Z0-9_ ]+?)(?:\((?P<a>\d+)(?:,(?P<b>-?\d+))?(?: (?P<unit>CHAR|BYTE))?\))?( WITH .*)?"
)
_COMPUTED = re.compile(r"(\w+)\s+\w+\s+GENERATED ALWAYS AS \(")
_MADE_FROM = re.compile(r"CREATE TABLE (\S+) AS SELECT")


@dataclass(frozen=True)
class FakeError:
    """What the driver's exceptions carry, and its batch errors."""

    full_code: str
    message: str
    offset: int = 0


class Dictionary:
    """Tables of one owner in a SQLite file; DDL goes through ``define``."""

    def __init__(self, database: sqlite3.Connection, owner: str) -> None:
        self._database, self._owner = database, owner
        known = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'fake_sequence'").fetchone()
        if known:
            return
        database.execute("BEGIN IMMEDIATE")
        for name, columns in _VIEWS.items():
            database.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        for statement in _MADE:
            database.execute(statement.replace("VIEW", "VIEW IF NOT EXISTS"))
        if not database.execute("SELECT 1 FROM dual").fetchone():
            self._add("dual", "X")
            self._add("nls_database_parameters", "NLS_CHARACTERSET", "AL32UTF8")
            self._add("all_users", owner)
        database.execute("COMMIT")

    def define(self, sql: str) -> list[str]:
        """The dictionary after a statement of DDL, and the SQLite statements that do the same."""
        words = sql.split()
        if "INDEX" in words[1:3]:
            name, where = words[words.index("INDEX") + 1], words[words.index("ON") + 1]
            columns = [_bare(one.strip()) for one in sql[sql.rindex("(") + 1 : -1].split(",")]
            self._add_index(_bare(name), _bare(where), columns, unique=words[1] == "UNIQUE")
            return [sql]
        if words[1] == "SEQUENCE":
            step = int(words[-1]) if "BY" in words else 1
            start = int(words[words.index("WITH") + 1]) if "WITH" in words else 1
            self._add("fake_sequence", _bare(words[2]), start, step)
            return []
        if words[0] == "DROP":
            self._forget(_bare(words[4 if words[2:4] == ["IF", "EXISTS"] else 2]))
            return [sql.replace(" PURGE", "")]
        copied = _MADE_FROM.match(sql)
        if copied is not None:
            self._add_table(_bare(copied[1]))
            return [sql]
        if words[0] == "ALTER":
            self._alter(_bare(words[2]), words[3:])
        for table in read_ddl(sql).tables.values():
            known = self._database.execute("SELECT 1 FROM all_tables WHERE table_name = ?", [_named(table)])
            if known.fetchone():
                raise sqlite3.OperationalError(f"table {table.name} already exists")
            self._describe(table, {name.upper() for name in _COMPUTED.findall(sql)})
        for pattern, kept in _KEPT_AS:
            sql = re.sub(pattern, kept, sql)
        return [sql]

    def draw(self, sequence: str, count: int) -> tuple[int, int]:
        """The next value of a sequence and its step; ``count`` values are taken, outside of any transaction."""
        name = _bare(sequence.rpartition(".")[2])
        found = self._database.execute(
            "UPDATE fake_sequence SET next = next + ? * step WHERE name = ? RETURNING next - ? * step, step",
            [count, name, count],
        ).fetchone()
        if found is None:
            raise oracledb.DatabaseError(FakeError("ORA-02289", "ORA-02289: sequence does not exist"))
        return int(found[0]), int(found[1])

    def is_referred_to(self, table: str) -> bool:
        """Whether a foreign key refers to the table."""
        found = self._database.execute(
            'SELECT 1 FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE lower(f."table") = lower(?)',
            [_bare(table)],
        )
        return found.fetchone() is not None

    # Private methods

    def _add(self, view: str, *values: Any) -> None:
        places = ", ".join("?" for _ in values)
        self._database.execute(f"INSERT INTO {view} VALUES ({places})", values)

    def _add_table(self, name: str) -> None:
        self._forget(name)
        self._add("fake_table", self._owner, name)

    def _forget(self, name: str) -> None:
        for view in ("all_tab_cols", "all_constraints", "all_indexes"):
            self._database.execute(f"DELETE FROM {view} WHERE table_name = ?", [name])
        self._database.execute("DELETE FROM fake_table WHERE name = ?", [name])

    def _alter(self, table: str, change: Sequence[str]) -> None:
        """ADD column type, or DROP COLUMN column."""
        if change[0] == "DROP":
            self._database.execute(
                "DELETE FROM all_tab_cols WHERE table_name = ? AND column_name = ?", [table, _bare(change[2])]
            )
            return
        made = read_ddl(f"CREATE TABLE {table} ({' '.join(change[1:])})")
        column = next(iter(made.tables.values())).columns[0]
        self._add("all_tab_cols", self._owner, table, *_column(column, key=False, computed=set()), None)

    def _add_index(self, name: str, table: str, columns: Sequence[str], *, unique: bool) -> None:
        self._add("all_indexes", self._owner, name, self._owner, table, "UNIQUE" if unique else "NONUNIQUE")
        for column in columns:
            self._add("all_ind_columns", self._owner, name, column)

    def _describe(self, table: DdlTable, computed: set[str]) -> None:
        name = _named(table)
        self._add_table(name)
        for number, column in enumerate(table.columns, 1):
            middle = _column(column, key=column.name in table.primary_key, computed=computed)
            self._add("all_tab_cols", self._owner, name, *middle, number)
        for number, uniques in enumerate(table.uniques):
            columns = [_of_table(table, one) for one in uniques]
            self._add_index(f"{name}_U{number}", name, columns, unique=True)
        if table.primary_key:
            columns = [_of_table(table, one) for one in table.primary_key]
            self._add("all_constraints", self._owner, name, f"{name}_PK", "P")
            self._add_index(f"{name}_PK", name, columns, unique=True)
            for position, one in enumerate(columns, 1):
                self._add("all_cons_columns", self._owner, f"{name}_PK", one, position)


# Private functions


def _column(column: DdlColumn, *, key: bool, computed: set[str]) -> Sequence[Any]:
    """The middle of a row of ALL_TAB_COLS."""
    declared = oracle_type(column.type)
    found = _TYPE.fullmatch(declared)
    assert found is not None, declared
    name, size = found["name"], int(found["a"]) if found["a"] else None
    chars = found["unit"] == "CHAR" or name.startswith("N")
    text = name.endswith(("CHAR", "CHAR2"))
    number = name == "NUMBER"
    scale = int(found["b"] or 0) if number and size is not None else size if name == "TIMESTAMP" else None
    return (
        column.name if column.quoted else column.name.upper(),
        declared if name == "TIMESTAMP" else name,
        (4 * (size or 0) if chars else size or 0),
        size if text else 0,
        ("C" if chars else "B") if text else None,
        size if number else None,
        scale,
        "N" if column.not_null or key else "Y",
        len(column.default) if column.default else None,
        "YES" if column.name.upper() in computed else "NO",
        "NO",
        "NO",
    )


def _of_table(table: DdlTable, name: str) -> str:
    column = next(c for c in table.columns if c.name.upper() == name.upper())
    return column.name if column.quoted else column.name.upper()


def _named(table: DdlTable) -> str:
    return table.name if table.quoted else table.name.upper()


def _bare(name: str) -> str:
    """A name as the dictionary keeps it."""
    name = name.rpartition(".")[2]
    return name[1:-1] if name.startswith('"') else name.upper()
