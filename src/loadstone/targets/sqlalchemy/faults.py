"""Errors of drivers as SQLAlchemy hands them on, as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, Redo, TableRows

_RULES = {
    "23505": "unique",
    "23502": "not_null",
    "23503": "foreign_key",
    "23514": "check",
    "1062": "unique",
    "1586": "unique",
    "1048": "not_null",
    "1364": "not_null",
    "1452": "foreign_key",
    "1216": "foreign_key",
    "4025": "check",
    "3819": "check",
    "1264": "range",
    "1406": "length",
    "22001": "length",
    "2627": "unique",
    "2601": "unique",
    "515": "not_null",
    "547": "foreign_key",
    "2628": "length",
    "8152": "length",
}
"""SQLSTATEs of PostgreSQL, numbers of MySQL, MariaDB and SQL Server, for what a row breaks."""

_CODES = {
    "unique": ("ORA-00001", "unique constraint violated"),
    "not_null": ("ORA-01400", "cannot insert NULL"),
    "foreign_key": ("ORA-02291", "integrity constraint violated - parent key not found"),
    "check": ("ORA-02290", "check constraint violated"),
    "length": ("ORA-12899", "value too large for column"),
}
_REDO = {"40001", "40P01", "55P03", "1205", "1213", "1020", "3572"}
_FULL = {"53100", "53200", "1021", "1041", "1114", "1105", "9002"}
_LOST = {"2006", "2013", "2055", "1053", "1077", "1927", "57P01", "57P02", "57P03"}
_RIGHTS = {"42501", "1044", "1142", "1143", "1227", "229"}
_NUMBER = re.compile(r"\(?(\d{3,5})\b")


def code_of(error: exc.DBAPIError) -> str:
    """SQLSTATE or number of the server's error; empty where the driver tells none."""
    told: Any = error.orig
    first = told.args[0] if getattr(told, "args", ()) else ""
    if isinstance(first, int):  # MySQL's number says more than its SQLSTATE
        return str(first)
    state = getattr(told, "sqlstate", None) or getattr(told, "pgcode", None)
    if state:
        return str(state)
    found = _NUMBER.match(str(first))
    return found[1] if found else ""


def text_of(error: exc.DBAPIError) -> str:
    """The server's sentence, in one line."""
    told: Any = error.orig
    args: tuple[Any, ...] = getattr(told, "args", ())
    text = str(args[1]) if len(args) > 1 and isinstance(args[0], int) else str(told)
    return text.strip().split("\n")[0]


def is_refusal(error: exc.DBAPIError) -> bool:
    """Whether the row is to blame."""
    return isinstance(error, exc.IntegrityError | exc.DataError) or code_of(error) in _RULES


@contextmanager
def translate(rows: TableRows | None = None) -> Iterator[None]:
    """Turn errors into classes of ``errors``; with ``rows``, those of a row into ``ConstraintRefusal``."""
    try:
        yield
    except exc.DBAPIError as error:
        if rows is not None and is_refusal(error):
            raise refusal_of(error, rows) from error
        raise error_of(error) from error


def error_of(error: exc.DBAPIError) -> LoadstoneError:
    """The class that tells what to do next."""
    code, text = code_of(error), text_of(error)
    if code in _REDO:
        return Redo("LS-3024", f"the server asks to run the transaction again: {text}")
    if code in _FULL:
        return Stop(
            "LS-3021",
            f"the server cannot store more: {text}",
            hints=["free room on the server and start the load again; it resumes."],
        )
    if code in _RIGHTS:
        return Refused(
            "LS-3008",
            f"a right is missing: {text}",
            hints=["`loadstone target init --sql` prints the tables and grants that a load needs."],
        )
    lost = error.connection_invalidated or code in _LOST or isinstance(error, exc.InterfaceError)
    if lost:
        return Retry("LS-3022", f"the connection is lost: {text}", hints=["is the server up?"])
    return FixSpec("LS-3023", f"the database refuses: {text}")


def refusal_of(error: exc.DBAPIError, rows: TableRows | None) -> ConstraintRefusal:
    """The refusal, with Oracle's code and the server's sentence."""
    text = text_of(error)
    rule = _RULES.get(code_of(error), "value")
    code, sentence = _CODES.get(rule, (None, ""))
    reason = f"{code}: {sentence} ({text})" if code else text
    return ConstraintRefusal(reason, code=code, rule=rule, table_no=rows.table_no if rows is not None else 0)
