"""PostgreSQL's errors as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from loadstone.errors import FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, Redo, TableRows

_QUOTED = re.compile(r'"[^"]*"')
_COLUMN = re.compile(r"COPY \S+, line \d+, column (\w+)")

REFUSALS = (
    psycopg.IntegrityError,
    psycopg.DataError,
    pg.RaiseException,
    pg.WithCheckOptionViolation,
    pg.ProgramLimitExceeded,
)
"""What the server says when it does not want a row: constraints, types, triggers, views, rows and keys past a page."""

_RAISED = re.compile(r"\b(?:RAISE|ASSERT)\b")
_NOT_OF_A_ROW = ("08", "40", "53", "55", "57", "58", "XX")
"""Classes of states that stay what they are, also where a function raises one: try again, free room."""

TIMED_OUT = ("25P03", "25P04", "57P05")
"""The server has ended a session that stood still for too long."""

_ENDED = ["was it restarted, or did its administrator end the session? the server's log says."]
_LOST = [
    "is the server up?",
    "was the session ended, by a restart or by its administrator? the server's log says.",
]


@contextmanager
def translate(rows: TableRows | None = None, *, refusals: bool = False) -> Iterator[None]:
    """
    Turn the driver's errors into classes of ``errors``.

    Raises:
        ConstraintRefusal: The server refuses one of ``rows``, or (with ``refusals``) a row written before.
    """
    try:
        yield
    except psycopg.Error as error:
        if (refusals or rows is not None) and (isinstance(error, REFUSALS) or _of_a_trigger(error)):
            raise refusal_of(error, rows) from error
        raise error_of(error) from error


def error_of(error: psycopg.Error) -> LoadstoneError:
    """The class that tells what to do next."""
    text = str(error).strip()
    if isinstance(error, pg.DeadlockDetected | pg.SerializationFailure | pg.LockNotAvailable):
        hints = ["who holds the lock? pg_locks and pg_stat_activity tell."] if "lock" in text else []
        return Redo("LS-3024", f"the server asks to run the transaction again: {text}", hints=hints)
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return Stop(
            "LS-3021",
            f"the server is read-only: {text}",
            hints=[
                "is it a standby? name the primary: target_session_attrs=read-write in the URL finds it.",
                "is default_transaction_read_only set for the database or the role?",
            ],
        )
    if isinstance(error, pg.DiskFull | pg.OutOfMemory | pg.InsufficientResources):
        return Stop(
            "LS-3021",
            f"the server cannot store more: {text}",
            hints=["free room on the server and start the load again; it resumes."],
        )
    if isinstance(error, pg.InsufficientPrivilege):
        return Refused(
            "LS-3008",
            f"a right is missing: {text}",
            hints=[
                "`loadstone target init --sql` prints the tables and grants that a load needs.",
                "where no table may be made, --no-resume loads without control tables.",
            ],
        )
    if isinstance(error, pg.AdminShutdown | pg.CrashShutdown | pg.CannotConnectNow | pg.QueryCanceled) or (
        error.sqlstate in TIMED_OUT
    ):
        return Retry(
            "LS-3022",
            f"the server ended the session: {text}",
            hints=_ENDED,
        )
    if isinstance(error, pg.UniqueViolation):
        return Refused("LS-4003", f"a row of Loadstone's own tables stands there already: {text}")
    if error.sqlstate is None or error.sqlstate.startswith("08"):
        return Retry("LS-3022", f"the connection is lost: {text}", hints=_LOST)
    return FixSpec("LS-3023", f"PostgreSQL refuses: {text}")


def refusal_of(error: psycopg.Error, rows: TableRows | None) -> ConstraintRefusal:
    """The refusal in Oracle's words; without the values that the server's own words may hold."""
    told = error.diag
    schema, table = (told.schema_name or "").upper(), (told.table_name or "").upper()
    constraint = f"{schema}.{(told.constraint_name or '').upper()}".strip(".")
    column = (told.column_name or "").upper() or None
    code: str | None
    if _of_a_trigger(error):
        rule, code, text = "trigger", "ORA-20000", told.message_primary or ""
    elif isinstance(error, pg.UniqueViolation | pg.ExclusionViolation):
        rule, code, text = "unique", "ORA-00001", f"unique constraint ({constraint}) violated"
    elif isinstance(error, pg.NotNullViolation):
        rule, code = "not_null", "ORA-01400"
        text = f'cannot insert NULL into ("{schema}"."{table}"."{column}")'
    elif isinstance(error, pg.ForeignKeyViolation):
        rule, code = "foreign_key", "ORA-02291"
        text = f"integrity constraint ({constraint}) violated - parent key not found"
    elif isinstance(error, pg.CheckViolation):
        rule, code, text = "check", "ORA-02290", f"check constraint ({constraint}) violated"
    elif isinstance(error, pg.WithCheckOptionViolation):
        rule, code, text = "check", "ORA-01402", "view WITH CHECK OPTION where-clause violation"
    else:
        rule, code, text = "value", None, _QUOTED.sub('"..."', told.message_primary or "value refused")
        place = _COLUMN.search(told.context or "")
        column = place[1].upper() if place is not None else None
    reason = f"{code}: {text}" if code else text
    field = column if rule in ("not_null", "value") else None
    number = rows.table_no if rows is not None else 0
    return ConstraintRefusal(reason, code=code, rule=rule, field=field, table_no=number)


# Private functions


def _of_a_trigger(error: psycopg.Error) -> bool:
    """
    Whether a trigger's own code refuses the row, with whatever state it likes: RAISE, ASSERT, SELECT INTO STRICT.

    The context names the statement by its keyword, in every language of the server.
    """
    if isinstance(error, pg.RaiseException):
        return True
    state = error.diag.sqlstate or error.sqlstate or ""
    if state.startswith("P0"):
        return True
    at = (error.diag.context or "").partition("\n")[0]
    return not state.startswith(_NOT_OF_A_ROW) and _RAISED.search(at) is not None
