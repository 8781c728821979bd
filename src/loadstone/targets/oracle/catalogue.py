"""Tables of an Oracle database."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.spec import TableName
from loadstone.targets.control import Execute
from loadstone.targets.model import Column, TableInfo
from loadstone.targets.names import match_name, match_schema
from loadstone.targets.oracle.types import DeclaredColumn, column_type

CHARSET = "SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_CHARACTERSET'"
CURRENT_SCHEMA = "SELECT sys_context('USERENV', 'CURRENT_SCHEMA') FROM dual"
USERS = "SELECT username FROM all_users"
OBJECTS = (
    "SELECT DISTINCT object_name FROM all_objects WHERE owner = ? AND upper(object_name) = upper(?)"
    " AND object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW')"
)
SYNONYMS = (
    "SELECT synonym_name, table_owner, table_name FROM all_synonyms"
    " WHERE owner = ? AND upper(synonym_name) = upper(?) AND db_link IS NULL"
)
COLUMNS = (
    "SELECT c.column_name, c.data_type, c.data_length, c.char_length, c.char_used, c.data_precision, c.data_scale,"
    " c.nullable, c.default_length, c.virtual_column, c.default_on_null, i.generation_type"
    " FROM all_tab_cols c LEFT JOIN all_tab_identity_cols i"
    " ON i.owner = c.owner AND i.table_name = c.table_name AND i.column_name = c.column_name"
    " WHERE c.owner = ? AND c.table_name = ? AND c.hidden_column = 'NO' ORDER BY c.column_id"
)
KEYS = (
    "SELECT k.column_name FROM all_constraints c JOIN all_cons_columns k"
    " ON k.owner = c.owner AND k.constraint_name = c.constraint_name"
    " WHERE c.owner = ? AND c.table_name = ? AND c.constraint_type = 'P' ORDER BY k.position"
)
UNIQUES = (
    "SELECT i.owner, i.index_name, c.column_name FROM all_indexes i JOIN all_ind_columns c"
    " ON c.index_owner = i.owner AND c.index_name = i.index_name"
    " WHERE i.table_owner = ? AND i.table_name = ? AND i.uniqueness = 'UNIQUE'"
)
TRIGGERS = "SELECT count(*) FROM all_triggers WHERE table_owner = ? AND table_name = ? AND status = 'ENABLED'"


def find_place(
    execute: Execute, table: TableName, schema_map: dict[str, str], where: str
) -> tuple[str, str] | None:
    """
    Owner and name of a table or view, by its own name or by a private or public synonym; None if missing.

    A schema that does not exist gives way to the current one.

    Raises:
        FixSpec: LS-3002 names that differ in case only; LS-3001 ``schema_map`` names no schema of ``where``.
    """
    users = [row[0] for row in execute(USERS, [])] if table.schema_name else []
    owner = match_schema(table, schema_map, users, where)
    if owner is None:
        owner = str(execute(CURRENT_SCHEMA, [])[0][0])
    names = [row[0] for row in execute(OBJECTS, [owner, table.name])]
    name = match_name(table.name, names, quoted=table.name_quoted, what="table")
    if name is not None:
        return owner, name
    for giver in (owner, "PUBLIC"):
        synonyms = execute(SYNONYMS, [giver, table.name])
        name = match_name(table.name, [r[0] for r in synonyms], quoted=table.name_quoted, what="synonym")
        if name is not None:
            return next((r[1], r[2]) for r in synonyms if r[0] == name)
    return None


def read_table(execute: Execute, place: tuple[str, str], charset: str) -> TableInfo:
    """The columns and keys of a table; hidden columns are left out."""
    owner, name = place
    keys = [row[0] for row in execute(KEYS, [owner, name])]
    triggers = int(execute(TRIGGERS, [owner, name])[0][0])
    return TableInfo(
        schema=owner,
        name=name,
        columns=tuple(_column(row, charset) for row in execute(COLUMNS, [owner, name])),
        parallel_safe=triggers == 0,
        unique=bool(keys) or bool(unique_keys(execute, place)),
        primary_key=tuple(keys),
    )


def unique_keys(execute: Execute, place: tuple[str, str]) -> list[set[str]]:
    """The columns of each unique index of a table, and of its primary key."""
    found: dict[tuple[object, object], set[str]] = {}
    for owner, index, column in execute(UNIQUES, list(place)):
        found.setdefault((owner, index), set()).add(str(column))
    primary = {str(row[0]) for row in execute(KEYS, list(place))}
    return [*found.values(), *([primary] if primary else [])]


# Private functions


def _column(row: Sequence[object], charset: str) -> Column:
    name, kind, length, chars, used, precision, scale, nullable, default, virtual, on_null, identity = row
    declared = DeclaredColumn(
        type=str(kind),
        length_bytes=_int(length) or 0,
        chars=_int(chars) or 0,
        by_chars=used == "C",
        precision=_int(precision),
        scale=_int(scale),
    )
    filled = default is not None or on_null == "YES" or identity is not None
    return Column(
        name=str(name),
        type=column_type(declared, charset),
        not_null=nullable == "N" and not filled,
        has_default=default is not None or identity is not None,
        generated=virtual == "YES" or identity == "ALWAYS",
    )


def _int(value: object) -> int | None:
    return int(str(value)) if value is not None else None
