"""
Logical records of BAI2: with their continuations 88, ended by a slash or a line, several on a line or one over several.

A text may hold commas, slashes and even ends of lines; so a record ends at a slash only where the line does, or where another record
plainly begins behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..figures import iso_date, iso_time, pointed

CODES = frozenset(("01", "02", "03", "16", "49", "88", "98", "99"))
JOINT = "\x1f"
"""Stands in a body where a continuation begins: a comma between fields, a new line within a text."""

CONTINUATIONS_MAX = 100_000

_NEXT = re.compile(r"/[ \t]+(?=(?:01|02|03|88),|16,\d{3},|49,[+-]?\d*,\d+|9[89],[+-]?\d*,\d+,\d+)")
_AMOUNT = re.compile(r"[+-]?[0-9]{1,30}")


@dataclass
class Record:
    """
    A record.

    Attributes:
        line: Where it begins. code: its two digits; empty for text that belongs to no record.
        body: What follows the code, ``JOINT`` between its continuations. physical: records that it was written as.
    """

    line: int
    code: str
    body: str
    physical: int = 1
    open: bool = False

    def fields(self) -> list[str]:
        """All fields, as if there were no text."""
        return [field.strip() for field in self.body.replace(JOINT, ",").split(",")]

    def rest(self, count: int) -> str | None:
        """The text behind the first ``count`` fields, commas and all; None where there is none."""
        fields = self.body.replace(JOINT, ",").split(",", count)
        if len(fields) <= count:
            return None
        start = len(self.body) - len(fields[count])
        return "\n".join(part.strip() for part in self.body[start:].split(JOINT)).strip() or None


def records_of(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """The records, each with its continuations."""
    held: Record | None = None
    for line, text in lines:
        for piece in _NEXT.split(text):
            piece = piece.strip()
            code, _, body = piece.partition(",")
            if not piece:
                continue
            closed = piece.endswith("/")
            if code == "88" and held is not None and held.physical < CONTINUATIONS_MAX:
                held.body += JOINT + body.removesuffix("/")
                held.physical += 1
                held.open = not closed
            elif code.removesuffix("/") in CODES and code != "88":
                if held is not None:
                    yield held
                held = Record(line, code.removesuffix("/"), body.removesuffix("/"), open=not closed)
            elif held is not None and held.open:
                held.body += f" {piece.removesuffix('/')}"
                held.open = not closed
            else:
                if held is not None:
                    yield held
                held = Record(line, "", piece)
    if held is not None:
        yield held


class Malformed(ValueError):
    """Why a record cannot be read."""


@dataclass
class Funds:
    """
    When an amount is there: the columns of ``layout.FUNDS``.

    Attributes:
        size: How many fields it took.
    """

    values: tuple[str | None, ...]
    size: int


def amount_of(text: str) -> int | None:
    """Smallest units with their sign; None where there is none. Raises ``Malformed``."""
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Malformed(f"the amount {text!r} is no digits")
    return int(text)


def funds_of(fields: list[str], at: int, places: int) -> Funds:
    """The funds type at ``fields[at]`` and what belongs to it. Raises ``Malformed``."""
    kind = fields[at] if at < len(fields) else ""
    values: list[str | None] = [kind or None, None, None, None, None, None, None]
    size = 1
    if kind == "S":
        for part in (1, 2, 3):
            values[part] = _pointed(_field(fields, at + part), places)
        size = 4
    elif kind == "V":
        values[4:6] = _moment(_field(fields, at + 1), _field(fields, at + 2))
        size = 3
    elif kind == "D":
        count = _field(fields, at + 1)
        if not re.fullmatch("[0-9]{1,4}", count):
            raise Malformed(f"the number of distributions {count!r} is no digits")
        parts = []
        for part in range(int(count)):
            days, amount = (_field(fields, at + 2 + 2 * part + which) for which in (0, 1))
            parts.append(f"{days}:{_pointed(amount, places) or ''}")
        values[6] = " ".join(parts)
        size = 2 + 2 * int(count)
    elif kind not in ("", "0", "1", "2", "Z"):
        raise Malformed(f"the funds type {kind!r} is none of 0, 1, 2, S, V, D, Z")
    return Funds(tuple(values), size)


def day_of(text: str, what: str) -> str | None:
    """A date as ISO writes it; None where there is none. Raises ``Malformed``."""
    if not text:
        return None
    found = iso_date(text)
    if found is None:
        raise Malformed(f"{what} {text!r} is no date")
    return found


def time_of(text: str) -> str | None:
    """A time; 9999 is the end of the day, as 2400 is."""
    return iso_time("2400" if text == "9999" else text)


# Private functions


def _field(fields: list[str], at: int) -> str:
    if at >= len(fields):
        raise Malformed("the record ends within its funds type")
    return fields[at]


def _pointed(text: str, places: int) -> str | None:
    amount = amount_of(text)
    return None if amount is None else pointed(amount, places)


def _moment(day: str, time: str) -> list[str | None]:
    return [day_of(day, "the value date"), time_of(time)]
