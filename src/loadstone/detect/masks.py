"""
Date and time masks, each in the terms of ``strftime`` and of Oracle, with the pattern that its values have.

Patterns know the bounds of months, days and hours but not the calendar: ``valid`` tells the 30th of February from a date. A mask ``1%y%m%d`` is
the century digit of old mainframes, ``1`` for 2000 to 2099.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

DATE, TIME, TIMESTAMP = "date", "time", "timestamp"

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_LONG = "january february march april may june july august september october november december".split()
_TOKENS = {
    "%Y": r"(?P<Y>(?:1[89]|20|21)\d\d)",
    "%y": r"(?P<y>\d\d)",
    "%m": r"(?P<m>0?[1-9]|1[0-2])",
    "%d": r"(?P<d>0?[1-9]|[12]\d|3[01])",
    "%j": r"(?P<j>00[1-9]|0[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])",
    "%b": rf"(?P<b>{'|'.join(_MONTHS)})",
    "%B": rf"(?P<B>{'|'.join(_LONG)})",
    "%H": r"(?:[01]?\d|2[0-3])",
    "%I": r"(?:0?[1-9]|1[0-2])",
    "%M": r"[0-5]\d",
    "%S": r"[0-5]\d",
    "%f": r"\d{1,9}",
    "%p": r"[AP]M",
    "%z": r"(?:Z|[+-]\d\d:?\d\d)",
}
_ORACLE = {
    "%Y": "YYYY", "%y": "RR", "%m": "MM", "%d": "DD", "%j": "DDD", "%b": "MON", "%B": "MONTH", "%H": "HH24", "%I": "HH12", "%M": "MI", "%S": "SS",
    "%f": "FF", "%p": "AM", "%z": "TZH:TZM",
}  # fmt: skip
_STRICT = {"%m": r"(?P<m>0[1-9]|1[0-2])", "%d": r"(?P<d>0[1-9]|[12]\d|3[01])", "%H": r"(?:[01]\d|2[0-3])"}
"""Where parts are not separated, each has all its digits."""


@dataclass(frozen=True)
class Mask:
    """A mask in ``strftime``'s terms and the kind of its values: date, time or timestamp."""

    text: str
    kind: str

    @cached_property
    def oracle(self) -> str:
        """The same for Oracle's TO_DATE or TO_TIMESTAMP."""
        if self.text == "1%y%m%d":
            return '"1"RRMMDD'
        parts = re.split(r"(%[a-zA-Z])", self.text)
        return "".join(
            _ORACLE[part] if part in _ORACLE else f'"{part}"' if re.search("[A-Za-z0-9]", part) else part
            for part in parts
        )

    @cached_property
    def pattern(self) -> str:
        """A regular expression of one value, without its named groups."""
        return re.sub(r"\?P<\w>", "?:", self._named)

    @cached_property
    def _named(self) -> str:
        packed = not re.search(r"%[mdHyY][^%]", self.text)
        found = []
        for part in re.split(r"(%[a-zA-Z])", self.text):
            if part in _TOKENS:
                found.append(_STRICT.get(part, _TOKENS[part]) if packed else _TOKENS[part])
            else:
                found.append(re.escape(part))
        return "".join(found)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._named, re.IGNORECASE)

    def day_of(self, value: str) -> date | None:
        """The day of a value; the first of January 2000 for a time; None for what the calendar does not have."""
        found = self._compiled.fullmatch(value)
        if found is None:
            return None
        parts = found.groupdict()
        if self.kind == TIME:
            return date(2000, 1, 1)
        year = int(parts["Y"]) if parts.get("Y") else _century(int(parts["y"])) if parts.get("y") else 2000
        try:
            if parts.get("j"):
                return (
                    date.fromordinal(date(year, 1, 1).toordinal() + int(parts["j"]) - 1)
                    if int(parts["j"]) < 366 or _leap(year)
                    else None
                )
            month = (
                int(parts["m"])
                if parts.get("m")
                else (
                    _MONTHS.index(parts["b"].lower()) if parts.get("b") else _LONG.index(parts["B"].lower())
                )
                + 1
            )
            return date(year, month, int(parts["d"]))
        except ValueError:
            return None

    def valid(self, values: Iterable[str]) -> bool:
        """Whether the calendar has every value."""
        return all(self.day_of(value) is not None for value in values)

    def span_days(self, values: Iterable[str]) -> int:
        """Days from the first to the last of some values, all valid."""
        days = [day.toordinal() for value in values if (day := self.day_of(value)) is not None]
        return max(days) - min(days) if days else 0


_DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%m%d%Y", "%d-%b-%Y", "%d-%b-%y", "%y%m%d", "%d%m%y", "%m%d%y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%y",
    "%d-%m-%Y", "%m-%d-%Y", "%m-%d-%y", "%d%b%Y", "%d%b%y", "%m/%d/%y", "%d/%m/%y", "%y/%m/%d", "%d.%m.%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y",
    "%d/%b/%Y", "%Y-%b-%d", "%Y%j", "%y%j", "%Y-%j", "1%y%m%d", "%y-%m-%d",
)  # fmt: skip
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H.%M.%S", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f", "%H%M%S")
_STAMPS = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M",
    "%Y-%m-%d-%H.%M.%S.%f", "%Y-%m-%d %H.%M.%S.%f", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S%f", "%d%m%Y%H%M%S",
)  # fmt: skip
_STAMP_DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d, %Y",
)
_STAMP_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%H.%M.%S")

MASKS = (
    *(Mask(text, DATE) for text in _DATES),
    *(Mask(text, TIME) for text in _CLOCKS),
    *(Mask(text, TIMESTAMP) for text in _STAMPS),
    *(Mask(f"{day} {clock}", TIMESTAMP) for day in _STAMP_DATES for clock in _STAMP_CLOCKS),
    Mask("%Y-%m-%d %H:%M:%S%z", TIMESTAMP),
    Mask("%Y-%m-%d %H:%M:%S.%f%z", TIMESTAMP),
)
"""All masks that are tried, the more common of two that may fit the same values first."""


# Private functions


def _century(year: int) -> int:
    """As Oracle's RR does from now on: below 50 is 20xx."""
    return 2000 + year if year < 50 else 1900 + year


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
