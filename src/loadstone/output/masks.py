"""Date masks of outgoing files: slices of a canonical moment, so that a column is written without a loop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_SLICES = {
    "YYYY": (0, 4), "YY": (2, 4), "MM": (5, 7), "DD": (8, 10), "HH24": (11, 13), "MI": (14, 16), "SS": (17, 19),
    **{f"FF{n}": (20, 20 + n) for n in range(1, 7)},
}  # fmt: skip
"""Where each element stands in ``YYYY-MM-DD HH:MI:SS.FFFFFF``."""

_ELEMENT = re.compile(r'YYYY|YY|MON|Mon|mon|MM|DDD|DD|HH24|MI|SS|FF[1-6]|"[^"]*"|[^A-Za-z"]+')


class MaskFault(ValueError):
    """
    The mask has something that no element is.

    Attributes:
        column: Where, 1-based.
    """

    def __init__(self, mask: str, at: int) -> None:
        known = "YYYY YY MM MON DD DDD HH24 MI SS FF1 to FF6, punctuation and text in double quotes"
        super().__init__(f"mask {mask!r} at {mask[at:]!r}: the elements are {known}")
        self.column = at + 1


@dataclass(frozen=True)
class Mask:
    """
    A compiled mask.

    Attributes:
        parts: Literals, and the names of elements behind a NUL.
    """

    parts: tuple[str, ...]

    def text(self, moment: date) -> str:
        """One moment."""
        at = moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())
        canonical = at.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
        return "".join(
            part if part[0] != "\0" else self._element(part[1:], canonical, at) for part in self.parts
        )

    def column(self, canonical: Any) -> Any:
        """An Arrow array of texts from one of canonical moments of 26 characters; nulls stay."""
        import pyarrow as pa
        import pyarrow.compute as pc

        made: list[Any] = []
        for part in self.parts:
            if part[0] != "\0":
                made.append(pa.scalar(part))
            elif part[1:] in _SLICES:
                first, stop = _SLICES[part[1:]]
                made.append(pc.binary_slice(canonical.cast(pa.binary()), first, stop).cast(pa.string()))
            elif part[1:].upper() == "MON":
                number = pc.utf8_slice_codeunits(canonical, 5, 7).cast(pa.int8())
                made.append(pa.array(_months(part[1:])).take(pc.subtract(number, 1)))
            else:
                day = pc.day_of_year(pc.utf8_slice_codeunits(canonical, 0, 10).cast(pa.date32()))
                made.append(pc.ascii_lpad(day.cast(pa.string()), 3, "0"))
        if all(isinstance(part, pa.Scalar) for part in made):
            return pc.if_else(pc.is_valid(canonical), "".join(self.parts), None)
        return pc.binary_join_element_wise(*made, "", null_handling="emit_null") if len(made) > 1 else made[0]

    # Private methods

    @staticmethod
    def _element(name: str, canonical: str, at: datetime) -> str:
        if name in _SLICES:
            first, stop = _SLICES[name]
            return canonical[first:stop]
        return _months(name)[at.month - 1] if name.upper() == "MON" else f"{at.timetuple().tm_yday:03}"


def compile_mask(mask: str) -> Mask:
    """
    The parts of ``mask``.

    Raises:
        MaskFault: Something in it is no element.
    """
    parts, at = [], 0
    while at < len(mask):
        found = _ELEMENT.match(mask, at)
        if found is None:
            raise MaskFault(mask, at)
        part = found[0]
        if part[0].isalpha():
            parts.append("\0" + part)
        elif part.strip('"'):
            parts.append(part[1:-1] if part[0] == '"' else part)
        at = found.end()
    return Mask(tuple(parts))


# Private functions


def _months(name: str) -> tuple[str, ...]:
    if name == "MON":
        return MONTHS
    return tuple(month.title() if name == "Mon" else month.lower() for month in MONTHS)
