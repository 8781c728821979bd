"""SQLite's errors as ours."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from loadstone.errors import FixSpec, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, TableRows

_FAILED = re.compile(r"\w+(?: \w+)? constraint failed(?:: (.*))?")

_DATATYPE = 3091
"""SQLITE_CONSTRAINT_DATATYPE, which Python 3.11 has no name for."""


@contextmanager
def translate(rows: TableRows | None = None) -> Iterator[None]:
    """
    Turn SQLite's errors into classes of ``errors``.

    Raises:
        ConstraintRefusal: The table refuses one of ``rows``.
    """
    try:
        yield
    except sqlite3.IntegrityError as error:
        if rows is not None:
            raise refusal_of(error, rows) from error
        raise Refused("LS-4003", f"a row of Loadstone's own tables stands there already: {error}") from error
    except sqlite3.OperationalError as error:
        text = str(error)
        if "full" in text:
            raise Stop(
                "LS-3021",
                f"the disk is full: {text}",
                hints=["free room and start the load again; it resumes."],
            ) from error
        if "locked" in text or "busy" in text:
            raise Retry(
                "LS-3022", f"the database is busy: {text}", hints=["who else writes to it?"]
            ) from error
        if "readonly" in text or "unable to open" in text or "I/O" in text:
            raise Stop(
                "LS-3020",
                f"cannot write the database: {text}",
                hints=[
                    "may this user write the file?",
                    "is there room on its disk, and no limit on the size of files? free some, and start again: it resumes.",
                ],
            ) from error
        raise FixSpec("LS-3023", f"SQLite refuses: {text}") from error
    except sqlite3.DatabaseError as error:
        raise Stop(
            "LS-3020",
            f"the database file is damaged or none: {error}",
            hints=["is it the right file?", "if it is, restore it from a backup."],
        ) from error


def refusal_of(error: sqlite3.IntegrityError, rows: TableRows) -> ConstraintRefusal:
    """The refusal in Oracle's words."""
    found = _FAILED.match(str(error))
    detail = (found[1] or "") if found else ""
    kind = error.sqlite_errorname.removeprefix("SQLITE_CONSTRAINT_")
    if error.sqlite_errorcode == _DATATYPE:
        return _refusal("value", None, "the column's type cannot hold the value", rows)
    table = rows.table.name.upper()
    names = detail.replace(rows.table.name + ".", "").upper()
    if kind in ("UNIQUE", "PRIMARYKEY", "ROWID"):
        label = f"{table}({names})" if names else table
        return _refusal("unique", "ORA-00001", f"ORA-00001: unique constraint ({label}) violated", rows)
    if kind == "NOTNULL":
        reason = f'ORA-01400: cannot insert NULL into ("{table}"."{names}")'
        return _refusal("not_null", "ORA-01400", reason, rows, names)
    if kind == "FOREIGNKEY":
        return orphan(rows)
    if kind == "TRIGGER":
        return _refusal("trigger", "ORA-20000", f"ORA-20000: {error}", rows)
    return _refusal("check", "ORA-02290", f"ORA-02290: check constraint ({detail or table}) violated", rows)


def orphan(rows: TableRows) -> ConstraintRefusal:
    """The refusal of a row without its parent."""
    table = rows.table.name.upper()
    reason = f"ORA-02291: integrity constraint ({table}) violated - parent key not found"
    return _refusal("foreign_key", "ORA-02291", reason, rows)


# Private functions


def _refusal(
    rule: str, code: str | None, reason: str, rows: TableRows, field: str | None = None
) -> ConstraintRefusal:
    return ConstraintRefusal(reason, code=code, rule=rule, field=field, table_no=rows.table_no)
