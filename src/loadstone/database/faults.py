"""Errors of the repository's database as ours."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, IntegrityError

from loadstone.errors import LoadstoneError, Retry, Stop

_REDO = {"40001", "40P01", "55P03"}
_FULL = {"53100", "53200", "53400"}


def error_of(error: DBAPIError) -> Exception:
    """``Retry`` where the same call may succeed later, ``Stop`` where people must act; others as they are."""
    if isinstance(error, IntegrityError):
        return error
    text = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state in _REDO or _begins(state, "08", "57P"):
        return _lost(text)
    if "database is locked" in text or "database table is locked" in text:
        return _lost(text)
    if state in _FULL or any(
        word in text for word in ("disk is full", "disk I/O error", "readonly database")
    ):
        return Stop(
            "LS-7003",
            f"the repository cannot be written: {text}",
            hints=["free room where the repository is, and start the worker again; nothing is lost."],
        )
    if state is None and type(error.orig).__name__ == "OperationalError":
        return _lost(text)
    return error


# Private functions


def _begins(state: str | None, *heads: str) -> bool:
    return state is not None and state.startswith(heads)


def _lost(text: str) -> LoadstoneError:
    return Retry(
        "LS-7002",
        f"the repository does not answer: {text}",
        hints=["is its server up? a worker waits and goes on by itself."],
    )
