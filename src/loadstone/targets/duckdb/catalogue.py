"""Tables of a DuckDB file."""

from __future__ import annotations

from typing import Any

from loadstone.errors import FixSpec
from loadstone.targets.duckdb.types import column_type, limit_of
from loadstone.targets.model import Column, TableInfo


def table_names(connection: Any) -> list[tuple[str, str]]:
    """Schema and name of each table and view, those of the current schema first."""
    own = "database_name = current_database() AND NOT internal"
    rows = connection.execute(
        f"SELECT schema_name, table_name AS name FROM duckdb_tables() WHERE {own}"
        f" UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE {own}"
        " ORDER BY schema_name <> current_schema(), schema_name, name"
    ).fetchall()
    return [(row[0], row[1]) for row in rows]


def read_table(connection: Any, schema: str, name: str) -> TableInfo:
    """
    The columns and keys of a table.

    Raises:
        FixSpec: LS-3007 a column of a type that nothing can be loaded into.
    """
    found = connection.execute(
        "SELECT * FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ?"
        " AND table_name = ? ORDER BY column_index",
        [schema, name],
    )
    names = [part[0] for part in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    constraints = read_constraints(connection, schema, name)
    limits = {}
    for what, _, text in constraints:
        if what == "CHECK" and (found := limit_of(text)) is not None:
            limits[found[0].upper()] = found[1:]
    columns = []
    for row in rows:
        column, declared, default = row["column_name"], row["data_type"], row["column_default"]
        kind = column_type(declared, limits.get(column.upper()))
        if kind is None:
            raise FixSpec("LS-3007", f"column {name}.{column} is of type {declared}, which cannot be loaded")
        columns.append(
            Column(
                name=column,
                type=kind,
                not_null=not row["is_nullable"] and default is None,
                has_default=default is not None,
                generated=bool(row.get("is_generated")),  # DuckDB 1 does not tell
            )
        )
    keys = [names for what, names, _ in constraints if what == "PRIMARY KEY"]
    unique = any(what in ("PRIMARY KEY", "UNIQUE") for what, _, _ in constraints)
    return TableInfo(
        schema=schema,
        name=name,
        columns=tuple(columns),
        unnamed=schema == "main",
        unique=unique,
        primary_key=tuple(keys[0]) if keys else (),
        read_only=_is_view(connection, schema, name),
        indexes=_indexes(connection, schema, name),
    )


def _indexes(connection: Any, schema: str, name: str) -> tuple[str, ...]:
    """Indexes of keys, which have the names of their constraints, and those that were made."""
    rows = connection.execute(
        "SELECT upper(constraint_name) FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE')"
        " AND database_name = current_database() AND schema_name = $1 AND table_name = $2"
        " UNION SELECT upper(index_name) FROM duckdb_indexes()"
        " WHERE database_name = current_database() AND schema_name = $1 AND table_name = $2 ORDER BY 1",
        [schema, name],
    )
    return tuple(f"{schema.upper()}.{index}" for (index,) in rows.fetchall())


def _is_view(connection: Any, schema: str, name: str) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM duckdb_views() WHERE database_name = current_database() AND schema_name = ?"
        " AND view_name = ?",
        [schema, name],
    )
    return bool(found.fetchone()[0])


def read_constraints(connection: Any, schema: str, name: str) -> list[tuple[str, list[str], str]]:
    """Kind, columns and text of each constraint."""
    rows = connection.execute(
        "SELECT constraint_type, constraint_column_names, constraint_text FROM duckdb_constraints()"
        " WHERE database_name = current_database() AND schema_name = ? AND table_name = ?",
        [schema, name],
    ).fetchall()
    return [(row[0], list(row[1] or []), row[2] or "") for row in rows]


def read_references(connection: Any, schema: str, name: str) -> list[tuple[list[str], str, list[str]]]:
    """Columns, parent table (of the same schema) and its columns, of each foreign key."""
    rows = connection.execute(
        "SELECT constraint_column_names, referenced_table, referenced_column_names FROM duckdb_constraints()"
        " WHERE database_name = current_database() AND schema_name = ? AND table_name = ?"
        " AND constraint_type = 'FOREIGN KEY'",
        [schema, name],
    ).fetchall()
    return [(list(row[0]), row[1], list(row[2])) for row in rows]
