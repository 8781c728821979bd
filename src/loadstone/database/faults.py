"""Errors of the repository's database as ours."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError

from loadstone.database.locks import holder_of
from loadstone.errors import FixSpec, LoadstoneError, Retry, Stop

_REDO = {"40001", "40P01", "55P03"}
_FULL = {"53100", "53200", "53400"}


def error_of(error: DBAPIError, path: str | None = None) -> Exception:
    """
    ``Retry`` where the same call may succeed later, ``Stop`` or ``FixSpec`` where people must act; others as they are.

    Args:
        path: The file of a SQLite repository.
    """
    if isinstance(error, IntegrityError):
        return error
    text = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in _REDO or _begins(state, "08", "57P", "25P03"):
        return _lost(text)
    if "file is not a database" in text:
        return FixSpec(
            "LS-7008", "the repository's file is no SQLite database", hints=["is it the right file?"]
        )
    if "unable to open database file" in text:
        return _unwritable(text, "does the folder exist, and may this user write there?")
    if "readonly database" in text:
        return _unwritable(text, "may this user write the file and its folder?")
    if "malformed" in text:
        return _unwritable(text, "restore the file from a backup; `sqlite3 FILE .recover` saves what is readable.")
    if "database is locked" in text or "database table is locked" in text:
        return _busy(text, path)
    if state in _FULL or "disk is full" in text or "disk I/O error" in text:
        return _unwritable(text, "free room where the repository is, and start again; nothing is lost.")
    if state is None and type(error.orig).__name__ == "OperationalError":
        return _lost(text)
    return error


# Private functions


def _begins(state: str | None, *heads: str) -> bool:
    return state is not None and state.startswith(heads)


def _unwritable(text: str, hint: str) -> Stop:
    return Stop("LS-7003", f"the repository cannot be written: {text}", hints=[hint])


def _busy(text: str, path: str | None) -> LoadstoneError:
    holder = holder_of(path) if path is not None else None
    hints = [
        f"process {holder} writes it; let it finish, or end it."
        if holder
        else f"which process writes it? `fuser {path or 'FILE'}` tells; an open shell, a backup, a stopped worker?",
        "a worker that runs waits and goes on by itself.",
    ]
    return Retry(
        "LS-7002", f"the repository {path or 'file'} is busy, and stayed so while this waited: {text}", hints=hints
    )


def _lost(text: str) -> LoadstoneError:
    return Retry(
        "LS-7002",
        f"the repository does not answer: {text}",
        hints=["is its server up? a worker waits and goes on by itself."],
    )
