"""What drivers say, as what the reader does next: again, mend, free room, give up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from psycopg import errors as pg

from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.targets.duckdb import faults as of_duckdb
from loadstone.targets.model import ConstraintRefusal, TableInfo, TableRows
from loadstone.targets.postgresql import faults as of_postgresql
from loadstone.targets.sqlite import faults as of_sqlite


def rows(table_no: int = 3) -> TableRows:
    """Rows of clause 3, whose content does not matter."""
    return TableRows(
        table_no=table_no, table=TableInfo(schema="main", name="t", columns=()), columns=("V",), rows=None
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (pg.DeadlockDetected("x"), Retry, "LS-3024"),
        (pg.SerializationFailure("x"), Retry, "LS-3024"),
        (pg.LockNotAvailable("x"), Retry, "LS-3024"),
        (pg.DiskFull("x"), Stop, "LS-3021"),
        (pg.OutOfMemory("x"), Stop, "LS-3021"),
        (pg.ReadOnlySqlTransaction("x"), Stop, "LS-3021"),
        (pg.InsufficientPrivilege("x"), Refused, "LS-3008"),
        (pg.AdminShutdown("x"), Retry, "LS-3022"),
        (pg.CrashShutdown("x"), Retry, "LS-3022"),
        (pg.QueryCanceled("x"), Retry, "LS-3022"),
        (pg.ConnectionFailure("x"), Retry, "LS-3022"),
        (psycopg.OperationalError("server closed the connection unexpectedly"), Retry, "LS-3022"),
        (pg.UniqueViolation("x"), Refused, "LS-4003"),
        (pg.SyntaxError("x"), FixSpec, "LS-3023"),
        (pg.UndefinedTable("x"), FixSpec, "LS-3023"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_postgresql(error: psycopg.Error, kind: type[LoadstoneError], code: str) -> None:
    """The class, the code, and the driver's error as the cause."""
    with pytest.raises(kind) as caught, of_postgresql.translate():
        raise error
    assert (code, error) == (caught.value.code, caught.value.__cause__)
    assert (code == "LS-3024") == bool(getattr(caught.value, "redo", False)), (
        "deadlocks are run again in their turn"
    )


@pytest.mark.parametrize(
    ("error", "rule", "code"),
    [
        (pg.UniqueViolation("x"), "unique", "ORA-00001"),
        (pg.ExclusionViolation("x"), "unique", "ORA-00001"),
        (pg.NotNullViolation("x"), "not_null", "ORA-01400"),
        (pg.ForeignKeyViolation("x"), "foreign_key", "ORA-02291"),
        (pg.CheckViolation("x"), "check", "ORA-02290"),
        (pg.RaiseException("x"), "trigger", "ORA-20000"),
        (pg.WithCheckOptionViolation("x"), "check", "ORA-01402"),
        (pg.NumericValueOutOfRange("x"), "value", None),
        (pg.InvalidTextRepresentation("x"), "value", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_postgresql_refusals(error: psycopg.Error, rule: str, code: str | None) -> None:
    """What concerns a row is a refusal of that row's clause, at once or at the COMMIT."""
    for about in ({"rows": rows()}, {"refusals": True}):
        with pytest.raises(ConstraintRefusal) as caught, of_postgresql.translate(**about):  # type: ignore[arg-type]
            raise error
        assert (rule, code, 3 if "rows" in about else 0) == (
            caught.value.rule,
            caught.value.code,
            caught.value.table_no,
        )


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("database or disk is full", Stop, "LS-3021"),
        ("database is locked", Retry, "LS-3022"),
        ("attempt to write a readonly database", Stop, "LS-3020"),
        ("unable to open database file", Stop, "LS-3020"),
        ("disk I/O error", Stop, "LS-3020"),
        ("no such table: x", FixSpec, "LS-3023"),
    ],
)
def test_sqlite(text: str, kind: type[LoadstoneError], code: str) -> None:
    """SQLite tells by its text."""
    with pytest.raises(kind) as caught, of_sqlite.translate():
        raise sqlite3.OperationalError(text)
    assert code == caught.value.code and text in caught.value.message


def test_sqlite_damage_is_a_stop(tmp_path: Path) -> None:
    """A file that is no database, by a real error."""
    path = tmp_path / "text.db"
    path.write_text("this is no database, however long it may become " * 40)
    with pytest.raises(Stop, match="LS-3020.*damaged or none"), of_sqlite.translate():
        sqlite3.connect(path).execute("SELECT * FROM sqlite_master")


SQLITE: list[tuple[str, str, str | None, str | None]] = [
    ("INSERT INTO t VALUES (1, 1, 1, 1)", "unique", "ORA-00001", None),
    ("INSERT INTO t VALUES (2, NULL, 1, 1)", "not_null", "ORA-01400", "B"),
    ("INSERT INTO t VALUES (2, 2, -1, 1)", "check", "ORA-02290", None),
    ("INSERT INTO t VALUES (2, 2, 1, 9)", "foreign_key", "ORA-02291", None),
    ("INSERT INTO t VALUES (99, 2, 1, 1)", "trigger", "ORA-20000", None),
    ("INSERT INTO s VALUES ('x')", "value", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "rule", "code", "field"), SQLITE)
def test_sqlite_refusals(statement: str, rule: str, code: str | None, field: str | None) -> None:
    """Each constraint of a real table, in Oracle's words."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.executescript(
        "PRAGMA foreign_keys = ON; CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);"
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER NOT NULL UNIQUE, c INTEGER CHECK (c > 0), d REFERENCES p (id));"
        "CREATE TABLE s (a INTEGER) STRICT;"
        "CREATE TRIGGER x BEFORE INSERT ON t WHEN new.a > 50 BEGIN SELECT RAISE(ABORT, 'too large'); END;"
        "INSERT INTO t VALUES (1, 1, 1, 1)"
    )
    with pytest.raises(ConstraintRefusal) as caught, of_sqlite.translate(rows()):
        database.execute(statement)
    found = caught.value
    assert (rule, code, field, 3) == (found.rule, found.code, found.field, found.table_no)
    assert found.reason.startswith(code or "the column's type")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (duckdb.TransactionException("conflict"), Retry, "LS-3022"),
        (duckdb.IOException("No space left on device"), Stop, "LS-3021"),
        (duckdb.IOException("Could not set lock on file x"), Refused, "LS-3006"),
        (duckdb.IOException("permission denied"), Stop, "LS-3020"),
        (duckdb.FatalException("Failed to create checkpoint: File too large"), Stop, "LS-3021"),
        (duckdb.FatalException("Failed to create checkpoint: I/O error"), Stop, "LS-3020"),
        (duckdb.ConstraintException("Duplicate key"), Refused, "LS-4003"),
        (duckdb.ConversionException("Could not convert"), FixSpec, "LS-3023"),
        (duckdb.CatalogException("no such table"), FixSpec, "LS-3023"),
    ],
    ids=lambda value: str(value) if isinstance(value, Exception) else "",
)
def test_duckdb(error: Exception, kind: type[LoadstoneError], code: str) -> None:
    """DuckDB's classes, and its words where a class says too little."""
    with pytest.raises(kind) as caught, of_duckdb.translate("bank.duckdb"):
        raise error
    assert (code, error) == (caught.value.code, caught.value.__cause__)


DUCKDB: list[tuple[str, str, str | None]] = [
    ("INSERT INTO t VALUES (1, 1, 1, 1)", "unique", "ORA-00001"),
    ("INSERT INTO t VALUES (2, NULL, 1, 1)", "not_null", "ORA-01400"),
    ("INSERT INTO t VALUES (2, 2, -1, 1)", "check", "ORA-02290"),
    ("INSERT INTO t VALUES (2, 2, 1, 9)", "foreign_key", "ORA-02291"),
    ("INSERT INTO t SELECT 2, 2, 'Secretary', 1", "value", None),
    ("INSERT INTO t VALUES (2::HUGEINT << 100, 2, 1, 1)", "value", None),
]


@pytest.mark.parametrize(("statement", "rule", "code"), DUCKDB)
def test_duckdb_refusals(statement: str, rule: str, code: str | None) -> None:
    """Each constraint of a real table, in Oracle's words, and no value in any of them."""
    database: Any = duckdb.connect()
    database.execute("CREATE TABLE p (id INTEGER PRIMARY KEY)")
    database.execute("INSERT INTO p VALUES (1)")
    database.execute(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER NOT NULL UNIQUE, c INTEGER CHECK (c > 0), d INTEGER REFERENCES p (id))"
    )
    database.execute("INSERT INTO t VALUES (1, 1, 1, 1)")
    with pytest.raises(ConstraintRefusal) as caught, of_duckdb.translate("", rows()):
        database.execute(statement)
    found = caught.value
    assert (rule, code, 3) == (found.rule, found.code, found.table_no)
    assert "Secretary" not in found.reason and found.reason.startswith(code or "the column's type")
