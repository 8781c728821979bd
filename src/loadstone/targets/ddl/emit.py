"""CREATE statements in a target's dialect; the map of types is docs/reference/types.md."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import FixSpec
from loadstone.targets.ddl.model import DdlColumn, DdlSchema, DdlTable, DdlType
from loadstone.targets.ddl.mysql import mysql_type
from loadstone.targets.ddl.oracle import oracle_type

_WHOLE = {"INTEGER", "INT", "SMALLINT", "BIGINT", "TINYINT", "MEDIUMINT", "INT4", "INT8", "INT2"}
_NUMBERS = {"NUMBER", "NUMERIC", "DECIMAL", "DEC", "FLOAT", "REAL", *_WHOLE}
_DOUBLES = {"BINARY_DOUBLE", "DOUBLE PRECISION", "DOUBLE", "BINARY_FLOAT"}
_TEXTS = {
    "VARCHAR2",
    "VARCHAR",
    "NVARCHAR2",
    "NVARCHAR",
    "CHARACTER VARYING",
    "CHAR VARYING",
    "NATIONAL CHARACTER VARYING",
    "NATIONAL CHAR VARYING",
    "TEXT",
    "CLOB",
    "NCLOB",
    "LONG",
    "XMLTYPE",
    "ROWID",
    "UROWID",
    "LONGTEXT",
    "JSON",
    "LONG VARCHAR",
    "MEDIUMTEXT",
}
_CHARS = {"CHAR", "NCHAR", "CHARACTER", "NATIONAL CHARACTER", "NATIONAL CHAR", "BPCHAR"}
_BYTES = {"RAW", "LONG RAW", "BLOB", "BYTEA", "VARBINARY"}


DIALECTS = ("postgresql", "duckdb", "sqlite", "oracle", "mysql")
"""Where tables can be made; MariaDB is a MySQL here."""


def create_statements(schema: DdlSchema, kind: str, *, only: Sequence[str] | None = None) -> list[str]:
    """
    Statements for target ``kind``: the tables named (all for None), their unique keys, and the sequences.

    Foreign keys, checks and computed defaults are not made: ``DdlTable.passed_over`` names them. Names are
    lower case on PostgreSQL and MySQL, upper case elsewhere, unless they were quoted with another case.

    Raises:
        FixSpec: LS-3017 ``kind`` is none of ``DIALECTS``.
    """
    if kind not in DIALECTS:
        raise FixSpec(
            "LS-3017",
            f"tables cannot be made in {kind}",
            hints=[f"make them yourself; Loadstone makes them in {', '.join(DIALECTS)}."],
        )
    wanted = {name.upper() for name in only} if only is not None else None
    tables = [t for name, t in schema.tables.items() if wanted is None or name.upper() in wanted]
    writer = _Writer(kind)
    made = [statement for table in tables for statement in (*writer.counters(table), writer.table(table))]
    if kind == "oracle":
        return made + [
            f"CREATE SEQUENCE {writer.name(name, False)} START WITH {start} INCREMENT BY {step}"
            for name, (start, step) in schema.sequences.items()
        ]
    if kind in ("postgresql", "duckdb"):
        made += [
            f"CREATE SEQUENCE IF NOT EXISTS {writer.name(name, False)} START {start} INCREMENT {step}"
            for name, (start, step) in schema.sequences.items()
        ]
    elif schema.sequences and kind == "sqlite":
        made.append(
            "CREATE TABLE IF NOT EXISTS loadstone_sequence (name TEXT PRIMARY KEY, next INTEGER, step INTEGER)"
        )
        made += [
            f"INSERT OR IGNORE INTO loadstone_sequence VALUES ('{name.upper()}', {start}, {step})"
            for name, (start, step) in schema.sequences.items()
        ]
    return made


# Private functions


class _Writer:
    def __init__(self, kind: str) -> None:
        self.kind = kind

    def name(self, name: str, quoted: bool) -> str:
        text = name if quoted else name.lower() if self.kind in ("postgresql", "mysql") else name.upper()
        return '"' + text.replace('"', '""') + '"'

    def counters(self, table: DdlTable) -> list[str]:
        """The sequences that identity columns draw from, where the target has no identity columns."""
        if self.kind != "duckdb":
            return []
        return [
            f"CREATE SEQUENCE IF NOT EXISTS {self.counter(table, column)} START {start} INCREMENT {step}"
            for column in table.columns
            if column.identity is not None
            for start, step in [column.identity]
        ]

    def counter(self, table: DdlTable, column: DdlColumn) -> str:
        return self.name(f"{table.name}_{column.name}_seq", False)

    def table(self, table: DdlTable) -> str:
        known = {column.name.upper(): column for column in table.columns}
        parts = [self._column(table, column) for column in known.values()]

        def listed(names: list[str]) -> str:
            return ", ".join(self.name(known[n.upper()].name, known[n.upper()].quoted) for n in names)

        def usable(names: list[str]) -> bool:
            return bool(names) and all(name.upper() in known for name in names)

        if usable(table.primary_key):
            parts.append(f"PRIMARY KEY ({listed(table.primary_key)})")
        for names in {tuple(n.upper() for n in names): names for names in table.uniques}.values():
            if usable(names) and [n.upper() for n in names] != [n.upper() for n in table.primary_key]:
                parts.append(f"UNIQUE ({listed(names)})")
        guard = "" if self.kind == "oracle" else "IF NOT EXISTS "
        return f"CREATE TABLE {guard}{self.name(table.name, table.quoted)} ({', '.join(parts)})"

    def _column(self, table: DdlTable, column: DdlColumn) -> str:
        name = self.name(column.name, column.quoted)
        if column.identity is not None:
            return f"{name} {self._identity(table, column, *column.identity)}"
        text = f"{name} {self._type(name, column.type)}"
        if column.default is not None and column.default != "NULL":
            moments = {"SYSDATE": "CURRENT_TIMESTAMP", "SYSTIMESTAMP": "CURRENT_TIMESTAMP"}
            default = column.default if self.kind == "oracle" else moments.get(column.default, column.default)
            text += f" DEFAULT {default.lstrip('nN') if default[:1] in 'nN' and default[1:2] == chr(39) else default}"
        return text + (" NOT NULL" if column.not_null or column.name in table.primary_key else "")

    def _identity(self, table: DdlTable, column: DdlColumn, start: int, step: int) -> str:
        """A whole number that the target draws where the load gives none."""
        if self.kind == "postgresql":
            return f"bigint GENERATED BY DEFAULT AS IDENTITY (START {start} INCREMENT {step})"
        if self.kind == "oracle":
            own = f"(START WITH {start} INCREMENT BY {step})"
            return f"{oracle_type(column.type)} GENERATED BY DEFAULT AS IDENTITY {own}"
        if self.kind == "duckdb":
            counter = self.counter(table, column).replace("'", "''")
            return f"BIGINT DEFAULT nextval('{counter}') NOT NULL"
        if self.kind == "mysql":
            return "BIGINT NOT NULL AUTO_INCREMENT UNIQUE"
        # SQLite numbers a column of exactly this type when it is the primary key, and no other.
        return "INTEGER"

    def _type(self, name: str, kind: DdlType) -> str:
        if self.kind == "oracle":
            return oracle_type(kind)
        if self.kind == "mysql":
            return mysql_type(name, kind)
        if kind.name in _NUMBERS:
            return self._number(kind)
        if kind.name in _DOUBLES:
            return {"postgresql": "double precision", "duckdb": "DOUBLE"}.get(self.kind, "DOUBLE")
        if kind.name in _CHARS:
            return self._text(
                name, DdlType(name=kind.name, size=kind.size or 1, chars=kind.chars), padded=True
            )
        if kind.name == "DATE":
            return {"postgresql": "timestamp(0)", "duckdb": "TIMESTAMP_S"}.get(self.kind, "DATE_TEXT")
        if kind.name.startswith(("TIMESTAMP", "DATETIME")):
            return self._timestamp(kind)
        if kind.name in _BYTES:
            return self._bytes(name, kind)
        if kind.name in ("BOOLEAN", "BOOL"):
            return {"sqlite": "INTEGER"}.get(self.kind, "BOOLEAN")
        return self._text(name, kind, padded=False)

    def _number(self, kind: DdlType) -> str:
        whole = kind.name in _WHOLE
        precision = 38 if whole or (kind.size is None and kind.scale is not None) else kind.size
        if kind.name in ("FLOAT", "REAL"):
            precision = None
        scale = kind.scale or 0
        if self.kind == "postgresql":
            return "numeric" if precision is None else f"numeric({precision},{scale})"
        if self.kind == "duckdb":
            if precision is None:
                return "DECIMAL(38,16)"
            digits = max(precision, scale) - min(scale, 0)  # no negative scale there: room for the zeros
            return f"DECIMAL({min(digits, 38)},{max(scale, 0)})"
        if precision is None:
            return "DECIMAL_TEXT"
        if scale == 0 and precision <= 18:
            return f"INTEGER_NUMBER({precision})"
        return f"DECIMAL_TEXT({precision},{scale})"

    def _timestamp(self, kind: DdlType) -> str:
        digits = 6 if kind.size is None else kind.size
        zoned = kind.name.endswith("TZ")
        if self.kind == "postgresql":
            # Without a number of digits nothing is rounded: the seventh digit and those behind are refused.
            told = f"({digits})" if digits <= 6 else ""
            return f"timestamp{told} {'with' if zoned else 'without'} time zone"
        if self.kind == "duckdb":
            return (
                "TIMESTAMP WITH TIME ZONE"
                if zoned
                else {0: "TIMESTAMP_S", 3: "TIMESTAMP_MS"}.get(digits, "TIMESTAMP")
            )
        return f"{'TIMESTAMPTZ' if zoned else 'TIMESTAMP'}_TEXT({digits})"

    def _text(self, name: str, kind: DdlType, *, padded: bool) -> str:
        sized = kind.size is not None and (kind.name in _CHARS or kind.name in _TEXTS) and kind.name != "LONG"
        if self.kind == "postgresql":
            if not sized:
                return "text"
            base = f"{'char' if padded else 'varchar'}({kind.size})"
            # As text, CHAR(n) is counted without the blanks that pad it.
            counted = f"{name}::text" if padded else name
            return base if kind.chars else f"{base} CHECK (octet_length({counted}) <= {kind.size})"
        if self.kind == "duckdb":
            call = "length" if kind.chars else "strlen"
            return f"VARCHAR CHECK ({call}({name}) <= {kind.size})" if sized else "VARCHAR"
        if not sized:
            return "TEXT"
        return f"{'CHAR' if padded else 'VARCHAR'}_{'CHAR' if kind.chars else 'BYTE'}({kind.size})"

    def _bytes(self, name: str, kind: DdlType) -> str:
        sized = kind.size is not None and kind.name == "RAW"
        if self.kind == "postgresql":
            return f"bytea CHECK (octet_length({name}) <= {kind.size})" if sized else "bytea"
        if self.kind == "duckdb":
            return f"BLOB CHECK (octet_length({name}) <= {kind.size})" if sized else "BLOB"
        return f"RAW_BLOB({kind.size})" if sized else "BLOB"
