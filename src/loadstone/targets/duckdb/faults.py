"""DuckDB's errors as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from loadstone.errors import FixSpec, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, TableRows

_FULL = re.compile(r"no space left|disk.*full|out of disk|file too large", re.IGNORECASE)


@contextmanager
def translate(path: str, rows: TableRows | None = None) -> Iterator[None]:
    """
    Turn DuckDB's errors into classes of ``errors``.

    Raises:
        ConstraintRefusal: One of ``rows`` breaks a constraint, or its type cannot hold a value.
    """
    import duckdb

    try:
        yield
    except duckdb.ConstraintException as error:
        if rows is None:
            raise Refused(
                "LS-4003", f"a row of Loadstone's own tables stands there already: {error}"
            ) from error
        raise refusal_of(error, rows) from error
    except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
        if rows is None:
            raise FixSpec("LS-3023", f"DuckDB refuses: {error}") from error
        # The text of the error holds the value, which is not to be shown.
        raise ConstraintRefusal(
            "the column's type cannot hold the value", rule="value", table_no=rows.table_no
        ) from error
    except duckdb.TransactionException as error:
        if _FULL.search(str(error)):
            raise _full(error) from error
        raise Retry("LS-3022", f"the transaction is lost: {error}") from error
    except duckdb.IOException as error:
        text = str(error)
        if _FULL.search(text):
            raise _full(error) from error
        if "lock" in text.lower():
            raise Refused(
                "LS-3006",
                f"{path} is open in another process: {text}",
                hints=["close it there.", "if a load of it hangs, --take-over ends it and goes on."],
            ) from error
        raise Stop(
            "LS-3020", f"cannot use {path}: {text}", hints=["may this user write the file?"]
        ) from error
    except duckdb.FatalException as error:
        # A checkpoint failed behind a commit: the rows are in the log, and the next connection puts them in.
        if _FULL.search(str(error)):
            raise _full(error) from error
        raise Stop(
            "LS-3020", f"cannot use {path}: {error}", hints=["start the load again; it resumes."]
        ) from error
    except duckdb.Error as error:
        raise FixSpec("LS-3023", f"DuckDB refuses: {error}") from error


def refusal_of(error: Exception, rows: TableRows) -> ConstraintRefusal:
    """The refusal in Oracle's words."""
    text = str(error)
    table = rows.table.name.upper()
    lower = text.lower()
    if "duplicate key" in lower or "unique" in lower or "primary key" in lower:
        key = re.search(r'key "([^:"]+):', text)
        label = f"{table}({key[1].upper()})" if key else table
        return _refusal("unique", "ORA-00001", f"ORA-00001: unique constraint ({label}) violated", rows)
    if "not null" in lower:
        column = (re.search(r"\.(\w+)\s*$", text.split("\n")[0]) or [None, ""])[1]
        return _refusal(
            "not_null",
            "ORA-01400",
            f'ORA-01400: cannot insert NULL into ("{table}"."{(column or "").upper()}")',
            rows,
        )
    if "foreign key" in lower:
        return _refusal(
            "foreign_key",
            "ORA-02291",
            f"ORA-02291: integrity constraint ({table}) violated - parent key not found",
            rows,
        )
    return _refusal("check", "ORA-02290", f"ORA-02290: check constraint ({table}) violated", rows)


# Private functions


def _refusal(rule: str, code: str, reason: str, rows: TableRows) -> ConstraintRefusal:
    return ConstraintRefusal(reason, code=code, rule=rule, table_no=rows.table_no)


def _full(error: Exception) -> Stop:
    hints = ["free room and start the load again; it resumes.", "is there a limit on the size of files?"]
    return Stop("LS-3021", f"the disk is full: {error}", hints=hints)
