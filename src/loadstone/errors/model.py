"""Error classes, named after what the reader does next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Place:
    """
    Where an error was found; every part may be unknown.

    Attributes:
        file: Path as the user gave it.
        line: 1-based line in that file.
        column: 1-based column, in characters.
        record_no: 1-based logical record of a data file.
        field: Name of the field or column.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    record_no: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        """``file:line:column, record n, field f``, without the unknown parts."""
        head = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        parts = [head] if head else []
        if self.record_no is not None:
            parts.append(f"record {self.record_no}")
        if self.field is not None:
            parts.append(f"field {self.field}")
        return ", ".join(parts)


class LoadstoneError(Exception):
    """
    An error with a code from the catalogue, a fact, a place and hints.

    Raise a subclass: ``raise FixSpec("LS-1003", "unknown option ERROS", place, hints=[...])``.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        code: str,
        message: str,
        place: Place | None = None,
        *,
        hints: tuple[str, ...] | list[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place or Place()
        self.hints = tuple(hints)

    def __str__(self) -> str:
        """The message as the terminal shows it: code, place, fact, then HINT lines."""
        place = str(self.place)
        head = f"[{self.code}] {place}: {self.message}" if place else f"[{self.code}] {self.message}"
        return "\n".join([head, *(f"HINT: {hint}" for hint in self.hints)])


class Retry(LoadstoneError):
    """The same call may succeed later: a lost connection, a deadlock, a busy server."""

    http_status = 503


class FixFile(LoadstoneError):
    """The data file must be mended or sent again."""

    http_status = 422


class FixSpec(LoadstoneError):
    """The control file, load spec, command line or configuration must be mended."""

    http_status = 422


class Refused(LoadstoneError):
    """The call is well formed, and a rule forbids it now (a table not empty, another holder)."""

    http_status = 409


class Stop(LoadstoneError):
    """The system below failed: a full disk, a vanished database; people must act."""

    exit_code = 3
