"""What becomes of errors of the repository's database: who acts next, and what is told."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from loadstone.database.faults import error_of
from loadstone.errors import FixSpec, LoadstoneError, Retry, Stop

CODES = {"LS-7002": Retry, "LS-7003": Stop, "LS-7008": FixSpec}


def server(state: str | None) -> Exception:
    """An error as PostgreSQL's driver raises it."""
    error = psycopg.errors.lookup(state)("it says so") if state is not None else psycopg.OperationalError("no route")
    return error


@pytest.mark.parametrize(
    ("original", "code", "hint"),
    [
        (sqlite3.OperationalError("database is locked"), "LS-7002", "which process writes it"),
        (sqlite3.OperationalError("database table is locked"), "LS-7002", "which process writes it"),
        (sqlite3.OperationalError("something new"), "LS-7002", "is its server up"),
        (sqlite3.OperationalError("database or disk is full"), "LS-7003", "free room"),
        (sqlite3.OperationalError("disk I/O error"), "LS-7003", "free room"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "LS-7003", "may this user write the file"),
        (sqlite3.OperationalError("unable to open database file"), "LS-7003", "does the folder exist"),
        (sqlite3.DatabaseError("database disk image is malformed"), "LS-7003", "from a backup"),
        (sqlite3.DatabaseError("file is not a database"), "LS-7008", "right file"),
        (server("40001"), "LS-7002", "server"),
        (server("40P01"), "LS-7002", "server"),
        (server("55P03"), "LS-7002", "server"),
        (server("08006"), "LS-7002", "server"),
        (server("57P01"), "LS-7002", "server"),
        (server("53100"), "LS-7003", "free room"),
        (server("53200"), "LS-7003", "free room"),
        (server(None), "LS-7002", "server"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else type(value).__name__ + str(value)[:30],
)  # fmt: skip
def test_faults_are_told_by_what_comes_next(original: Exception, code: str, hint: str) -> None:
    """The same call again, room on the disk, or another file."""
    found = error_of(OperationalError("SELECT 1", {}, original))
    assert isinstance(found, CODES[code]) and isinstance(found, LoadstoneError)
    assert (code, True) == (found.code, hint in " ".join(found.hints))


def test_a_lost_connection_is_worth_another_try() -> None:
    """Whatever the driver said."""
    error = DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    assert isinstance(error_of(error), Retry)


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed: database is locked")),
        ProgrammingError("SELEKT", {}, server("42601")),
        ProgrammingError("SELECT x", {}, sqlite3.ProgrammingError("cannot operate on a closed database")),
    ],
    ids=["unique", "grammar", "closed"],
)
def test_defects_pass_as_they_are(error: DBAPIError) -> None:
    """A broken rule or statement is no outage: nobody should wait for it."""
    assert error is error_of(error)
