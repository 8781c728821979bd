"""Errors that all transports share. What a place said may hold what was sent to it, so secrets are taken out of it."""

from __future__ import annotations

from loadstone.errors import FixFile, FixSpec, Refused, Retry
from loadstone.secrets.passwords import without_passwords


def gone(system: str, why: object) -> Retry:
    """The place does not answer, or went away."""
    return Retry(
        "LS-7411",
        f"{system} does not answer: {_safe(why)}",
        hints=["`loadstone connections test NAME` says what is wrong, step by step."],
    )


def not_the_one(system: str, why: str, *hints: str) -> FixSpec:
    """The place is not the one that it may be: another host key, certificate, or address."""
    return FixSpec("LS-7412", f"{system}: {_safe(why)}", hints=list(hints))


def login_refused(system: str, why: object) -> FixSpec:
    """User, password or key is refused."""
    return FixSpec(
        "LS-7413",
        f"{system} refuses the login: {_safe(why)}",
        hints=["are user and password or key those that the place knows?", "has the password expired?"],
    )


def no_rights(system: str, what: str, why: object) -> Refused:
    """The user may not do that."""
    return Refused(
        "LS-7414",
        f"{system}: may not use {what}: {_safe(why)}",
        hints=["ask for the right, or take another folder."],
    )


def no_file(path: str) -> FixFile:
    """There is no such file or folder."""
    return FixFile("LS-7415", f"there is no file or folder {path or '/'}", hints=["is the path right?"])


def cannot(system: str, what: str) -> Refused:
    """The protocol has no such thing."""
    return Refused("LS-7416", f"{system} cannot {_safe(what)}", hints=["take `after: leave` for its feeds."])


def changed(path: str, why: str) -> FixFile:
    """The file is not the one that was listed, or that its first part came from."""
    return FixFile(
        "LS-7417",
        f"{path} changed while it was read: {_safe(why)}",
        hints=["is the sender still writing it? a completeness rule of the feed waits for that."],
    )


def exists(path: str) -> Refused:
    """Something stands there, and would be lost."""
    return Refused("LS-7418", f"{path} is there already", hints=["move it away, or take another name."])


# Private functions


def _safe(why: object) -> str:
    return without_passwords(str(why))
